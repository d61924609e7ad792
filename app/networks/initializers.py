"""How parameters get their first values. A weight is (units, inputs): fan_out, fan_in."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.random import Generator
from pydantic import Field

from app.engine.op import Array, NoOptions, Shape

Draw = Callable[[Generator, Shape, int, int, Any], Array]
"""Generator, shape, fan_in, fan_out and options to an array of that shape."""
Moments = Callable[[int, int, Any], tuple[float, float]]
"""fan_in, fan_out and options to mean and variance of one entry of such a draw.

The variance may be infinite: products, since a power of floats would raise ``OverflowError``."""


@dataclass(frozen=True)
class ConstantOptions:
    """Options of constant."""

    value: Annotated[float, Field(allow_inf_nan=False)] = 0.0


@dataclass(frozen=True)
class UniformOptions:
    """Options of uniform: the interval drawn from."""

    low: Annotated[float, Field(allow_inf_nan=False)] = -1.0
    high: Annotated[float, Field(allow_inf_nan=False)] = 1.0

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low must not be above high")


@dataclass(frozen=True)
class NormalOptions:
    """Options of normal."""

    mean: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    std: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0


@dataclass(frozen=True)
class OrthogonalOptions:
    """Options of orthogonal."""

    gain: Annotated[float, Field(allow_inf_nan=False)] = 1.0


@dataclass(frozen=True)
class VarianceScalingOptions:
    """Options of variance_scaling: the variance is scale over the fan that mode names."""

    scale: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    distribution: Literal["normal", "uniform"] = "normal"


@dataclass(frozen=True)
class SigmaRule:
    """How an option sets sigma_w, the spread of a weighted sum of inputs of mean square 1.

    ``option`` = sigma_w ** ``power`` * fan_in ** ``fan_in_power`` makes fan_in Var(w) = sigma_w²
    in a square matrix, with every other option at its default.
    """

    option: str
    power: float
    fan_in_power: float = 0.0


@dataclass(frozen=True)
class Initializer:
    """One way to draw first values, and what it promises about them."""

    name: str
    label: str
    summary: str
    latex: str
    draw: Draw
    moments: Moments
    options: type = NoOptions
    sigma_w: SigmaRule | None = None


def _scaled(
    rng: Generator, shape: Shape, variance: float, distribution: Literal["normal", "uniform"]
) -> Array:
    if distribution == "normal":
        return rng.normal(0.0, math.sqrt(variance), shape)
    bound = math.sqrt(3.0 * variance)
    return rng.uniform(-bound, bound, shape)


def _scaled_variance(fan_in: int, fan_out: int, options: VarianceScalingOptions) -> float:
    fans = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
    return options.scale / fans[options.mode]


def _variance_scaling(
    rng: Generator, shape: Shape, fan_in: int, fan_out: int, options: VarianceScalingOptions
) -> Array:
    return _scaled(rng, shape, _scaled_variance(fan_in, fan_out, options), options.distribution)


def _orthogonal(
    rng: Generator, shape: Shape, fan_in: int, fan_out: int, options: OrthogonalOptions
) -> Array:
    # Saxe, McClelland and Ganguli, 2013: QR of a normal matrix, with the signs of R's diagonal
    # taken into Q so that the draw is uniform (Mezzadri, 2007).
    rows, columns = max(fan_in, fan_out), min(fan_in, fan_out)
    q, r = np.linalg.qr(rng.normal(size=(rows, columns)))
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)
    return options.gain * (q if fan_out >= fan_in else q.T).reshape(shape)


def _fixed(
    scale: float, mode: Literal["fan_in", "fan_out", "fan_avg"], uniform: bool
) -> tuple[Draw, Moments]:
    options = VarianceScalingOptions(scale, mode, "uniform" if uniform else "normal")
    return (
        lambda rng, shape, fan_in, fan_out, _: _variance_scaling(
            rng, shape, fan_in, fan_out, options
        ),
        lambda fan_in, fan_out, _: (0.0, _scaled_variance(fan_in, fan_out, options)),
    )


INITIALIZERS: dict[str, Initializer] = {
    initializer.name: initializer
    for initializer in (
        Initializer(
            "glorot_uniform",
            "Glorot uniform",
            "Keeps the variance of values and gradients level in linear layers (2010).",
            r"\operatorname{Var} w = \frac{2}{n_{in} + n_{out}}",
            *_fixed(1.0, "fan_avg", uniform=True),
        ),
        Initializer(
            "glorot_normal",
            "Glorot normal",
            "As Glorot uniform, from a normal distribution.",
            r"\operatorname{Var} w = \frac{2}{n_{in} + n_{out}}",
            *_fixed(1.0, "fan_avg", uniform=False),
        ),
        Initializer(
            "he_uniform",
            "He uniform",
            "Twice the variance per input, since ReLU cuts half of it away (2015).",
            r"\operatorname{Var} w = \frac{2}{n_{in}}",
            *_fixed(2.0, "fan_in", uniform=True),
        ),
        Initializer(
            "he_normal",
            "He normal",
            "As He uniform, from a normal distribution.",
            r"\operatorname{Var} w = \frac{2}{n_{in}}",
            *_fixed(2.0, "fan_in", uniform=False),
        ),
        Initializer(
            "lecun_normal",
            "LeCun normal",
            "Keeps the variance of values level in linear layers (1998); meant for SELU.",
            r"\operatorname{Var} w = \frac{1}{n_{in}}",
            *_fixed(1.0, "fan_in", uniform=False),
        ),
        Initializer(
            "variance_scaling",
            "Variance scaling",
            "The general rule behind Glorot, He and LeCun.",
            r"\operatorname{Var} w = \frac{scale}{n}",
            _variance_scaling,
            lambda fan_in, fan_out, o: (0.0, _scaled_variance(fan_in, fan_out, o)),
            VarianceScalingOptions,
            SigmaRule("scale", 2.0),
        ),
        Initializer(
            "orthogonal",
            "Orthogonal",
            "A random rotation: lengths survive exactly.",
            r"W^\top W = gain^2 I",
            _orthogonal,
            lambda fan_in, fan_out, o: (0.0, o.gain * o.gain / max(fan_in, fan_out)),
            OrthogonalOptions,
            SigmaRule("gain", 1.0),
        ),
        Initializer(
            "pytorch_default",
            "PyTorch default",
            "What torch.nn.Linear does; the bias is drawn too.",
            r"w \sim U\left(-\frac{1}{\sqrt{n_{in}}}, \frac{1}{\sqrt{n_{in}}}\right)",
            lambda rng, shape, fan_in, _, __: rng.uniform(
                -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in), shape
            ),
            lambda fan_in, _, __: (0.0, 1 / (3 * fan_in)),
        ),
        Initializer(
            "normal",
            "Normal",
            "A normal distribution of your choice.",
            r"w \sim \mathcal{N}(\mu, \sigma^2)",
            lambda rng, shape, _, __, o: rng.normal(o.mean, o.std, shape),
            lambda _, __, o: (o.mean, o.std * o.std),
            NormalOptions,
            SigmaRule("std", 1.0, -0.5),
        ),
        Initializer(
            "uniform",
            "Uniform",
            "An interval of your choice.",
            r"w \sim U(low, high)",
            lambda rng, shape, _, __, o: rng.uniform(o.low, o.high, shape),
            lambda _, __, o: ((o.low + o.high) / 2, (o.high - o.low) * (o.high - o.low) / 12),
            UniformOptions,
        ),
        Initializer(
            "constant",
            "Constant",
            "The same number everywhere: units of a layer then stay alike.",
            r"w = value",
            lambda _, shape, __, ___, o: np.full(shape, o.value),
            lambda _, __, o: (o.value, 0.0),
            ConstantOptions,
        ),
        Initializer(
            "zeros",
            "Zeros",
            "All 0: nothing flows back through such a weight.",
            "w = 0",
            lambda _, shape, __, ___, ____: np.zeros(shape),
            lambda _, __, ___: (0.0, 0.0),
        ),
        Initializer(
            "ones",
            "Ones",
            "All 1.",
            "w = 1",
            lambda _, shape, __, ___, ____: np.ones(shape),
            lambda _, __, ___: (1.0, 0.0),
        ),
    )
}
