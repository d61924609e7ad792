"""Mean-field theory: against published numbers, and against what is measured."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.experiments import flow as flows
from app.experiments.fixed_point import find_depth_scale, find_fixed_point, name_phase
from app.experiments.flow import measure_flow
from app.experiments.gaussian import Gaussians
from app.experiments.theory import Theory, predict_dense
from app.experiments.trial import Inputs, Trial
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.networks.recurrent import RecurrentSpec


def stack_layers(
    activation: str, scale: float, *, width: int = 100, depth: int = 20, sigma_b: float = 0.0
) -> DenseSpec:
    initializer = Choice("variance_scaling", {"scale": scale, "distribution": "uniform"})
    layer = Layer(width, Choice(activation), initializer=initializer)
    bias = Choice("normal", {"std": sigma_b}) if sigma_b else None
    return DenseSpec(width, (layer,) * depth, bias_initializer=bias)


def predict(*arguments: Any, **options: Any) -> Theory:
    return predict_dense(stack_layers(*arguments, **options), 1.0)


@pytest.mark.parametrize(
    ("activation", "scale"), [("tanh", 1.5), ("relu", 2.0)], ids=["tanh", "relu"]
)
def test_measured_factors_agree_with_predicted_ones(activation: str, scale: float) -> None:
    trial = Trial(stack_layers(activation, scale, width=512, depth=30), batch=16)
    flow = measure_flow(trial, 20, 0)
    predicted = np.array([entry.factor for entry in flow.theory.predictions[:-1]])
    ratios = flow.factors[:-1] / predicted
    assert np.exp(np.mean(np.log(ratios))) == pytest.approx(1.0, abs=0.03)
    np.testing.assert_allclose(ratios, 1.0, atol=0.15)
    # Where tanh's q has not settled, the layers differ by more than the tolerance.
    assert (predicted.max() / predicted.min() > 1.5) == (activation == "tanh")


@pytest.mark.parametrize("activation", ["sigmoid", "gelu", "selu", "leaky_relu", "sin"])
def test_scales_are_predicted_too(activation: str) -> None:
    spec = stack_layers(activation, 1.7, width=200, depth=4, sigma_b=0.4)
    flow = measure_flow(Trial(spec, 16, Inputs("uniform", 0.5)), 10, 0)
    for name, measured in (("z_variance", "z_variance"), ("grad_z_rms", "grad_z_rms")):
        predicted = [getattr(entry, name) for entry in flow.theory.predictions]
        np.testing.assert_allclose(flow.measures[measured].mean, predicted, rtol=0.08)


@pytest.mark.parametrize("options", [{"layer_norm": True}, {"residual": True}, {}])
@pytest.mark.parametrize(("activation", "scale"), [("tanh", 4.0), ("sigmoid", 0.5)])
def test_cures_are_predicted(activation: str, scale: float, options: Any) -> None:
    plain = stack_layers(activation, scale, width=300, depth=6)
    spec = replace(plain, layers=tuple(replace(layer, **options) for layer in plain.layers))
    flow = measure_flow(Trial(spec, 16), 10, 0)
    predicted = np.array([entry.factor for entry in flow.theory.predictions[:-1]])
    np.testing.assert_allclose(flow.factors[:-1], predicted, rtol=0.1)
    for name in ("z_variance", "grad_z_rms"):
        expected = [getattr(entry, name) for entry in flow.theory.predictions]
        np.testing.assert_allclose(flow.measures[name].mean, expected, rtol=0.08)


def test_layer_normalization_tames_any_scale_of_relu() -> None:
    wild = Layer(50, Choice("relu"), initializer=Choice("normal", {"std": 7.0}))
    spec = DenseSpec(50, (replace(wild, layer_norm=True),) * 9)
    theory = predict_dense(spec, 1.0)
    assert theory.chi == pytest.approx(1.0, rel=1e-6)
    assert theory.q == pytest.approx(49 * 50 / 2, rel=1e-6)
    assert predict_dense(replace(spec, layers=(wild,) * 9), 1.0).chi > 1000


def test_residual_connections_have_no_fixed_point() -> None:
    layer = Layer(50, Choice("tanh"), residual=True)
    theory = predict_dense(DenseSpec(50, (layer,) * 9), 1.0)
    assert theory.unknown is not None
    assert "residual" in theory.unknown
    assert theory.predictions[-1].z_variance > theory.predictions[0].z_variance
    assert all(1.0 < entry.factor < 2.0 for entry in theory.predictions[:-1])


def test_widths_count_forward_and_backward() -> None:
    initializer = Choice("normal", {"std": 0.1})
    layers = tuple(Layer(units, initializer=initializer) for units in (100, 25, 400))
    theory = predict_dense(DenseSpec(50, layers), 2.0)
    variances = [entry.z_variance for entry in theory.predictions]
    np.testing.assert_allclose(variances, [1.0, 1.0, 0.25])
    factors = [entry.factor for entry in theory.predictions[:-1]]
    np.testing.assert_allclose(factors, [0.25, 4.0])


def test_the_edge_of_chaos_of_tanh_is_at_sigma_w_1() -> None:
    # Poole et al. 2016: without biases q* is 0 and chi_1 is sigma_w² up to there.
    below, edge, above = (predict("tanh", scale) for scale in (0.9, 1.0, 1.1))
    assert (below.q, edge.q) == (0.0, 0.0)
    assert below.chi == pytest.approx(0.9)
    assert [name_phase(theory.chi) for theory in (below, edge, above)] == [
        "ordered",
        "critical",
        "chaotic",
    ]
    assert above.q > 0


def test_the_fixed_point_is_one() -> None:
    theory = predict("tanh", 2.25, sigma_b=0.3)
    assert (theory.sigma_w, theory.sigma_b) == pytest.approx((1.5, 0.3))
    last = theory.predictions[-1].z_variance
    assert theory.q == pytest.approx(last, rel=1e-5)
    again = predict_dense(stack_layers("tanh", 2.25, sigma_b=0.3), (theory.q - 0.09) / 2.25)
    for entry in again.predictions[:-1]:
        assert entry.z_variance == pytest.approx(theory.q, rel=1e-12)
        assert entry.factor == pytest.approx(theory.chi, rel=1e-12)


def test_relu_under_he_keeps_any_variance() -> None:
    theory = predict("relu", 2.0)
    assert theory.q == pytest.approx(2.0)
    assert theory.chi == pytest.approx(1.0, abs=1e-14)
    assert find_depth_scale(theory.chi) == math.inf
    assert predict("relu", 1.9).q == 0.0
    growing = predict("relu", 2.2)
    assert growing.q == math.inf
    assert growing.chi == pytest.approx(1.1)
    assert find_depth_scale(growing.chi) == pytest.approx(1 / math.log(1.1))


def test_selu_settles_at_variance_one() -> None:
    # Klambauer et al. 2017: mean 0 and variance 1 are a fixed point with LeCun's variance.
    assert predict("selu", 1.0).predictions[-1].z_variance == pytest.approx(1.0, abs=1e-12)


def test_a_fixed_point_that_repels_is_not_found() -> None:
    assert find_fixed_point(lambda q: 1.01 * q, 1.0) == math.inf
    assert find_fixed_point(lambda q: 0.999 * q, 1.0) == 0.0
    assert find_fixed_point(lambda q: q / (1 + q), 1.0) == 0.0
    assert find_fixed_point(lambda q: 2 * q / (1 + q), 0.01) == pytest.approx(1.0)
    assert find_fixed_point(math.sqrt, 0.2) == pytest.approx(1.0)


def test_variances_past_the_range_do_not_raise() -> None:
    assert predict_dense(stack_layers("relu", 2.0), 1e300).q == pytest.approx(2e300)
    wild = Choice("normal", {"std": 1e200})
    theory = predict_dense(DenseSpec(5, (Layer(5, initializer=wild),) * 4), 1.0)
    assert theory.predictions[0].z_variance == math.inf
    assert math.isnan(theory.predictions[1].z_variance)


def test_what_is_not_known_is_said() -> None:
    ones = DenseSpec(5, (Layer(5, initializer=Choice("ones")), Layer(5), Layer(5)))
    theory = predict_dense(ones, 1.0)
    assert theory.unknown == "layer 1: the theory is of weights whose mean is 0"
    assert math.isnan(theory.predictions[0].z_variance)
    assert math.isnan(theory.predictions[1].factor)
    mixing = DenseSpec(5, (Layer(5, Choice("softmax")), Layer(5), Layer(5)))
    assert predict_dense(mixing, 1.0).unknown is not None
    short = predict_dense(DenseSpec(5, (Layer(5), Layer(3))), 1.0)
    assert short.unknown is not None
    assert math.isnan(short.q)
    assert short.predictions[0].factor == pytest.approx(3 / 4)


def test_theories_that_share_their_means_say_the_same() -> None:
    recurrent = RecurrentSpec(3, 50, 2, activation=Choice("tanh"))
    trials = [
        *(Trial(stack_layers("tanh", 1.5, depth=depth), 4) for depth in (4, 8, 6)),
        Trial(stack_layers("relu", 2.0, depth=5), 4),
        *(Trial(recurrent, 4, time_steps=steps) for steps in (3, 7)),
    ]
    shared = Gaussians()
    for trial in [*trials, *trials]:
        assert repr(flows.predict(trial, shared)) == repr(flows.predict(trial))
