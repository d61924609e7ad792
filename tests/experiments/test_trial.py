"""A trial's measures are those of the gradients that autograd finds for the same numbers."""

from dataclasses import replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad, jacobian

from app.engine.op import Array
from app.experiments.jacobian import count_work, list_spectra
from app.experiments.measures import MEASURES, find_factors, find_root_mean_square
from app.experiments.trial import Inputs, Trial, build_program, draw_leaves, run_trial
from app.networks import dense, recurrent
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.networks.recurrent import RecurrentSpec
from tests.networks import recurrent_reference, reference

DENSE = DenseSpec(3, (Layer(5, Choice("tanh")), Layer(4, Choice("relu")), Layer(2)), seed=11)


def rms(array: Any) -> float:
    return float(np.sqrt(np.mean(np.square(array))))


def test_a_dense_network_by_autograd() -> None:
    trial = Trial(DENSE, 6)
    measures = run_trial(trial)
    leaves = draw_leaves(trial, build_program(trial))
    spec = replace(DENSE, loss=Choice("weighted_sum"), reduction="sum")
    weights = {name: leaves[name] for name in dense.parameter_shapes(spec)}
    x, y = leaves["x"], leaves["y"]
    grads = grad(lambda p: reference.compute_loss(spec, p, x, y))(weights)
    for number in range(1, 4):
        found = measures["grad_weight_rms"][number - 1]
        assert found == pytest.approx(rms(grads[f"layer{number}.weight"]), rel=1e-12)
    z = x @ weights["layer1.weight"].T + weights["layer1.bias"]

    def from_first(z: Array) -> Any:
        above = DenseSpec(5, DENSE.layers[1:], Choice("weighted_sum"), "sum")
        renamed = {
            name.replace("layer2", "layer1").replace("layer3", "layer2"): value
            for name, value in weights.items()
            if "layer1" not in name
        }
        return reference.compute_loss(above, renamed, anp.tanh(z), y)

    assert measures["grad_z_rms"][0] == pytest.approx(rms(grad(from_first)(z)), rel=1e-12)
    assert measures["z_mean"][0] == pytest.approx(z.mean())
    assert measures["z_variance"][0] == pytest.approx(z.var())
    assert measures["a_variance"][0] == pytest.approx(np.tanh(z).var())
    assert measures["grad_a_rms"][2] == rms(y) == pytest.approx(measures["grad_z_rms"][2])
    z2 = np.tanh(z) @ weights["layer2.weight"].T
    assert measures["dead"][1] == np.mean(z2 <= 0)
    assert measures["saturated"][0] == np.mean(1 - np.tanh(z) ** 2 < 0.01)


@pytest.mark.parametrize("loss_at", ["last", "every"])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_recurrent_network_by_autograd(cell: str, loss_at: Any) -> None:
    steps = 4
    spec = RecurrentSpec(2, 3, 2, cell, loss_at=loss_at, seed=5)
    trial = Trial(spec, 6, time_steps=steps)
    program = build_program(trial)
    measures = run_trial(trial, program)
    leaves = draw_leaves(trial, program)
    weights = {name: leaves[name] for name in recurrent.parameter_shapes(spec)}
    times = recurrent.supervised_steps(spec, steps)
    y = np.stack([leaves[f"time{t}.y"] for t in times], axis=1)
    y = y if loss_at == "every" else y[:, 0]
    x = np.stack([leaves[f"time{t}.x"] for t in range(1, steps + 1)], axis=1)
    zeros = np.zeros((6, 3))
    posed = replace(spec, loss=Choice("weighted_sum"), reduction="sum")
    h, c = recurrent_reference.advance(spec, weights, x[:, 0], zeros, zeros)
    if loss_at == "last":
        to_state = grad(
            lambda h: recurrent_reference.compute_loss(posed, weights, (x[:, 1:], y, h, c))
        )
        assert measures["grad_a_rms"][0] == pytest.approx(rms(to_state(h)), rel=1e-10)
    total = grad(lambda p: recurrent_reference.compute_loss(posed, p, (x, y, zeros, zeros)))(
        weights
    )
    shares = sum(program.tape.messages[f"time{t}.z_hh", 1] for t in range(1, steps + 1))
    np.testing.assert_allclose(shares, total["cell.weight_hh"], rtol=1e-10, atol=1e-13)
    assert measures["a_mean"][0] == pytest.approx(np.mean(h))
    assert {len(values) for values in measures.values()} == {steps}
    assert tuple(measures) == MEASURES


def test_gates_are_what_goes_into_activations() -> None:
    trial = Trial(RecurrentSpec(2, 3, 1, "gru", seed=1), 4, time_steps=2)
    program = build_program(trial)
    measures = run_trial(trial, program)
    for time in (1, 2):
        parts = [program.tape.values[f"time{time}.z_{letter}"] for letter in "rzn"]
        assert measures["z_variance"][time - 1] == pytest.approx(np.var(parts))
        grads = [program.tape.grads[f"time{time}.z_{letter}"] for letter in "rzn"]
        assert measures["grad_z_rms"][time - 1] == pytest.approx(rms(grads))


def test_singular_values_of_dense_layers() -> None:
    spec = replace(DENSE, layers=(*DENSE.layers, Layer(3, Choice("softmax"))))
    trial = Trial(spec, 3)
    program = build_program(trial)
    run_trial(trial, program)
    values = program.tape.values
    spectra = list_spectra(trial, program.tape)
    assert len(spectra) == 4
    assert count_work(trial) == 3 * 25 + 4 * 25 + 2 * 16 + 2 * 9
    below = "x"
    for number, (layer, spectrum) in enumerate(zip(spec.layers, spectra, strict=True), start=1):
        weight, bias = values[f"layer{number}.weight"], values[f"layer{number}.bias"]
        bend = reference.ACTIVATIONS[layer.activation.name]
        local = jacobian(lambda a, w=weight, b=bias, f=bend: f((anp.dot(w, a) + b)[None])[0])
        expected = np.linalg.svd(local(values[below][0]), compute_uv=False)
        assert spectrum.largest == pytest.approx(expected[0], rel=1e-10)
        assert spectrum.smallest == pytest.approx(expected[-1], rel=1e-7, abs=1e-12)
        assert spectrum.mean_square == pytest.approx(np.mean(expected**2), rel=1e-10)
        below = f"layer{number}.a"


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_singular_values_through_time(cell: str) -> None:
    spec = RecurrentSpec(2, 3, 1, cell, truncate=1, seed=3)
    trial = Trial(spec, 2, time_steps=3)
    program = build_program(trial)
    run_trial(trial, program)
    values = program.tape.values
    spectra = list_spectra(trial, program.tape)
    letters = "hc" if cell == "lstm" else "h"
    assert count_work(trial) == 3 * (3 * len(letters)) ** 3
    weights = {name: values[name] for name in recurrent.parameter_shapes(spec)}
    for time, spectrum in enumerate(spectra, start=1):
        state = np.concatenate([values[f"time{time - 1}.{letter}"][0] for letter in letters])
        x = values[f"time{time}.x"][:1]

        def advance(state: Any, x: Array = x) -> Any:
            h, c = state[None, :3], state[None, 3:]
            h, c = recurrent_reference.advance(spec, weights, x, h, c)
            return anp.concatenate([h[0], c[0]])

        expected = np.linalg.svd(jacobian(advance)(state), compute_uv=False)
        assert spectrum.largest == pytest.approx(expected[0], rel=1e-10)
        assert spectrum.smallest == pytest.approx(expected[-1], rel=1e-8)


def test_orthogonal_linear_layers_are_exact() -> None:
    layer = Layer(8, initializer=Choice("orthogonal", {"gain": 1.5}))
    trial = Trial(DenseSpec(8, (layer,) * 12), 4)
    program = build_program(trial)
    measures = run_trial(trial, program)
    np.testing.assert_allclose(find_factors(measures["grad_z_rms"])[:-1], 2.25, rtol=1e-12)
    for spectrum in list_spectra(trial, program.tape):
        assert spectrum.largest == pytest.approx(1.5)
        assert spectrum.smallest == pytest.approx(1.5)


def test_a_trial_is_a_function_of_its_seed() -> None:
    trial = Trial(DENSE, 4)
    program = build_program(trial)
    first, other = run_trial(trial, program), run_trial(trial.with_seed(12), program)
    again = run_trial(trial)
    for name in MEASURES:
        assert first[name].tobytes() == again[name].tobytes()
    assert (first["grad_z_rms"] != other["grad_z_rms"]).all()
    drawn = dense.initial_parameters(replace(DENSE, seed=12))
    leaves = draw_leaves(trial.with_seed(12), program)
    assert all((leaves[name] == value).all() for name, value in drawn.items())


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_inputs_have_the_variance_asked_for(distribution: Any) -> None:
    wide = Trial(DenseSpec(400, (Layer(1),)), 400, Inputs(distribution, 0.25))
    x = draw_leaves(wide, build_program(wide))["x"]
    assert x.mean() == pytest.approx(0.0, abs=0.01)
    assert x.var() == pytest.approx(0.25, rel=0.02)


def test_numbers_past_the_range_are_measured() -> None:
    huge = np.array([3e200, 4e200])
    assert find_root_mean_square(huge) == pytest.approx(np.sqrt(12.5) * 1e200)
    assert find_root_mean_square(np.array([np.inf, 1.0])) == np.inf
    assert np.isnan(find_root_mean_square(np.array([1.0]), np.array([np.nan])))
    layer = Layer(4, initializer=Choice("normal", {"std": 1e200}))
    measures = run_trial(Trial(DenseSpec(4, (layer,) * 3), 2))
    assert measures["grad_z_rms"][2] < 10
    assert not np.isfinite(measures["z_variance"]).any()
