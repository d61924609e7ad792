"""Initial parameters: distributions, shapes, biases."""

from typing import Any

import numpy as np
import pytest

from app.engine.op import Array
from app.networks.choice import Choice, resolve
from app.networks.dense import DenseSpec, Layer, initial_parameters
from app.networks.errors import NetworkError
from app.networks.initializers import INITIALIZERS

FAN_IN, FAN_OUT = 300, 500


def draw(name: str, units: int = FAN_OUT, inputs: int = FAN_IN, **options: Any) -> Array:
    layer = Layer(units, initializer=Choice(name, options))
    return initial_parameters(DenseSpec(inputs, (layer,)))["layer1.weight"]


@pytest.mark.parametrize(
    ("name", "options", "variance"),
    [
        ("glorot_uniform", {}, 2 / (FAN_IN + FAN_OUT)),
        ("glorot_normal", {}, 2 / (FAN_IN + FAN_OUT)),
        ("he_uniform", {}, 2 / FAN_IN),
        ("he_normal", {}, 2 / FAN_IN),
        ("lecun_normal", {}, 1 / FAN_IN),
        ("pytorch_default", {}, 1 / (3 * FAN_IN)),
        ("variance_scaling", {"scale": 3.0, "mode": "fan_out"}, 3 / FAN_OUT),
        ("variance_scaling", {"distribution": "uniform"}, 1 / FAN_IN),
        ("normal", {"std": 0.3}, 0.09),
        ("uniform", {"low": -3.0, "high": 3.0}, 3.0),
    ],
)
def test_variance(name: str, options: dict[str, Any], variance: float) -> None:
    weight = draw(name, **options)
    assert weight.shape == (FAN_OUT, FAN_IN)
    assert np.mean(weight) == pytest.approx(0.0, abs=5 * np.sqrt(variance / weight.size))
    assert np.var(weight) == pytest.approx(variance, rel=0.02)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {}) for name in INITIALIZERS),
        ("normal", {"mean": 0.7, "std": 0.2}),
        ("uniform", {"low": 0.5, "high": 3.0}),
        ("constant", {"value": -0.5}),
        ("variance_scaling", {"scale": 3.0, "mode": "fan_avg", "distribution": "uniform"}),
        ("orthogonal", {"gain": 3.0}),
    ],
)
@pytest.mark.parametrize(("units", "inputs"), [(500, 300), (300, 500)])
def test_promised_moments(name: str, options: dict[str, Any], units: int, inputs: int) -> None:
    initializer, chosen = resolve(INITIALIZERS, Choice(name, options), "")
    mean, variance = initializer.moments(inputs, units, chosen)
    weight = draw(name, units, inputs, **options)
    assert np.mean(weight) == pytest.approx(mean, abs=5 * np.sqrt(variance / weight.size))
    assert np.var(weight) == pytest.approx(variance, rel=0.02, abs=1e-30)


@pytest.mark.parametrize("name", ["glorot_uniform", "he_uniform", "pytorch_default"])
def test_uniform_draws_are_bounded(name: str) -> None:
    weight = draw(name)
    assert np.abs(weight).max() <= np.sqrt(3 * np.var(weight)) * 1.02


@pytest.mark.parametrize(("units", "inputs"), [(5, 5), (8, 3), (3, 8)])
def test_orthogonal_keeps_lengths(units: int, inputs: int) -> None:
    weight = draw("orthogonal", units, inputs, gain=2.0)
    short = weight.T @ weight if units >= inputs else weight @ weight.T
    np.testing.assert_allclose(short, 4.0 * np.eye(min(units, inputs)), atol=1e-12)


@pytest.mark.parametrize(("name", "value"), [("zeros", 0.0), ("ones", 1.0)])
def test_constant_fills(name: str, value: float) -> None:
    assert (draw(name) == value).all()
    assert (draw("constant", value=-0.5) == -0.5).all()


@pytest.mark.parametrize("name", INITIALIZERS)
def test_biases_start_at_zero_except_under_pytorch_default(name: str) -> None:
    spec = DenseSpec(4, (Layer(6, initializer=Choice(name)),))
    bias = initial_parameters(spec)["layer1.bias"]
    assert bool(bias.any()) == (name == "pytorch_default")
    assert np.abs(bias).max() <= 0.5


def test_a_bias_initializer_may_be_chosen() -> None:
    chosen = Choice("normal", {"std": 0.1})
    spec = DenseSpec(4, (Layer(1000),), bias_initializer=chosen)
    assert np.std(initial_parameters(spec)["layer1.bias"]) == pytest.approx(0.1, rel=0.1)
    with pytest.raises(NetworkError, match="orthogonal is for matrices"):
        DenseSpec(4, (Layer(3),), bias_initializer=Choice("orthogonal"))


@pytest.mark.parametrize(
    ("name", "options"),
    [("normal", {"std": -1.0}), ("uniform", {"low": 1.0, "high": 0.0}), ("normal", {"std": "x"})],
)
def test_bad_options_are_refused(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(NetworkError) as caught:
        DenseSpec(1, (Layer(1, initializer=Choice(name, options)),))
    assert caught.value.pointer.startswith("/layers/0/initializer")
