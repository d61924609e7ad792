"""Means over a normal variable: against closed forms, and against adaptive quadrature."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from app.engine.ops import ACTIVATIONS
from app.experiments.gaussian import Gaussian
from app.networks.choice import Choice
from tests.networks import reference

ELEMENTWISE = [name for name, op in ACTIVATIONS.items() if op.elementwise]


def average(name: str, mean: float, variance: float, **options: Any) -> tuple[float, float, float]:
    means = Gaussian(Choice(name, options)).average(mean, variance)
    return means.value, means.square, means.slope_square


@pytest.mark.parametrize("variance", [1e-12, 0.3, 1.0, 7.0, 1e6])
def test_kinked_activations_are_exact(variance: float) -> None:
    deviation = math.sqrt(variance)
    half_normal = deviation / math.sqrt(2 * math.pi)
    np.testing.assert_allclose(
        average("relu", 0.0, variance), (half_normal, variance / 2, 0.5), rtol=1e-13
    )
    np.testing.assert_allclose(
        average("leaky_relu", 0.0, variance, negative_slope=0.2),
        (0.8 * half_normal, 0.52 * variance, 0.52),
        rtol=1e-13,
    )
    inside = 2 * norm.cdf(1 / deviation) - 1
    density = norm.pdf(1 / deviation)
    square = variance * (inside - 2 * density / deviation) + (1 - inside)
    value, *others = average("hard_tanh", 0.0, variance)
    assert value == pytest.approx(0.0, abs=1e-14)
    np.testing.assert_allclose(others, (square, inside), rtol=1e-9 if variance > 1e5 else 1e-12)


def test_relu_of_a_normal_variable_that_is_not_centered() -> None:
    mean, deviation = 0.7, 1.3
    upper, density = norm.cdf(mean / deviation), norm.pdf(mean / deviation)
    value = mean * upper + deviation * density
    square = (mean**2 + deviation**2) * upper + mean * deviation * density
    np.testing.assert_allclose(
        average("relu", mean, deviation**2), (value, square, upper), rtol=1e-13
    )


@pytest.mark.parametrize("variance", [0.04, 1.0, 90.0, 2500.0])
def test_the_sine_is_known_for_every_variance(variance: float) -> None:
    value, square, slope = average("sin", 0.0, variance)
    assert value == pytest.approx(0.0, abs=1e-14)
    assert square == pytest.approx((1 - math.exp(-2 * variance)) / 2, rel=1e-11)
    assert slope == pytest.approx((1 + math.exp(-2 * variance)) / 2, rel=1e-11)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (-0.4, 0.2), (0.5, 6.0)])
def test_every_activation_agrees_with_adaptive_quadrature(
    name: str, mean: float, deviation: float
) -> None:
    function = reference.ACTIVATIONS[name]
    kinks = [(kink - mean) / deviation for kink in ACTIVATIONS[name].kinks]
    edges = [-9.0, *(k for k in sorted([*kinks, -mean / deviation]) if abs(k) < 9.0), 9.0]

    def integrate(of: Callable[[float], float]) -> float:
        def weigh(t: float) -> float:
            return of(mean + deviation * t) * float(norm.pdf(t))

        parts = [quad(weigh, *edge, epsabs=1e-12, limit=500)[0] for edge in pairwise(edges)]
        return float(sum(parts))

    def at(z: float) -> float:
        return float(np.ravel(function(np.array([[z]])))[0])

    def slope(z: float) -> float:
        return (at(z + 1e-5) - at(z - 1e-5)) / 2e-5

    expected = integrate(at), integrate(lambda z: at(z) ** 2), integrate(lambda z: slope(z) ** 2)
    found = average(name, mean, deviation**2)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", ["relu", "tanh", "softplus"])
def test_without_spread_the_mean_is_the_value(name: str) -> None:
    z = 0.3
    value = float(reference.ACTIVATIONS[name](np.array(z)))
    np.testing.assert_allclose(average(name, z, 0.0)[:2], (value, value**2), rtol=1e-13)


def test_what_is_not_finite_has_no_mean() -> None:
    assert all(math.isnan(number) for number in average("tanh", 0.0, math.inf))
    assert average("relu", 0.0, 1e300)[2] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("name", "steepest"),
    [("tanh", 1.0), ("sigmoid", 0.25), ("relu", 1.0), ("hard_tanh", 1.0), ("gelu", 1.12890445)],
)
def test_the_steepest_slope(name: str, steepest: float) -> None:
    assert Gaussian(Choice(name)).find_steepest() == pytest.approx(steepest, rel=1e-6)
