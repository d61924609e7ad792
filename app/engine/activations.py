"""Activation functions. Stable for every finite argument; NaN and infinity pass through."""

import math
import operator
from dataclasses import dataclass

import numpy as np

from app.engine.op import Array, Binding, Call, Floats, Local, Op, maximum, minimum

SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
"""Klambauer et al., "Self-Normalizing Neural Networks", 2017."""


@dataclass(frozen=True)
class LeakyReluOptions:
    """Options of leaky_relu."""

    negative_slope: float = 0.01


@dataclass(frozen=True)
class EluOptions:
    """Options of elu."""

    alpha: float = 1.0


def _relu(b: Binding) -> list[Call]:
    return [maximum(b.x, 0.0, b.out)]


def _relu_slope(b: Binding) -> Local:
    # The sign of the output, and not a mask, so that NaN stays NaN.
    s = b.scratch("slope")
    return Local(s, ((np.sign, (b.out, s)),))


def _relu_float(x: float) -> float:
    return 0.0 if x < 0.0 else x


def _leaky_relu(b: Binding) -> list[Call]:
    t, slope = b.scratch("negative"), b.options["negative_slope"]
    return [
        minimum(b.x, 0.0, t),
        (np.multiply, (t, slope, t)),
        maximum(b.x, 0.0, b.out),
        (np.add, (b.out, t, b.out)),
    ]


def _leaky_relu_slope(b: Binding) -> Local:
    s, slope = b.scratch("slope"), b.options["negative_slope"]
    calls: tuple[Call, ...] = (
        (np.heaviside, (b.x, 0.0, s)),
        (np.multiply, (s, 1.0 - slope, s)),
        (np.add, (s, slope, s)),
    )
    return Local(s, calls)


def _scaled_elu(b: Binding, alpha: float, scale: float) -> list[Call]:
    t = b.scratch("negative")
    calls: list[Call] = [
        minimum(b.x, 0.0, t),
        (np.expm1, (t, t)),
        (np.multiply, (t, alpha, t)),
        maximum(b.x, 0.0, b.out),
        (np.add, (b.out, t, b.out)),
    ]
    if scale != 1.0:
        calls.append((np.multiply, (b.out, scale, b.out)))
    return calls


def _scaled_elu_slope(b: Binding, alpha: float, scale: float) -> Local:
    # Positive side: 1. Negative side and zero: alpha exp(x), which is what expm1 left plus alpha.
    s, t, positive = b.scratch("slope"), b.scratch("negative"), b.scratch("positive")
    calls: tuple[Call, ...] = (
        (np.heaviside, (b.x, 0.0, positive)),
        (np.add, (t, alpha, s)),
        (np.multiply, (positive, 1.0 - alpha, positive)),
        (np.add, (s, positive, s)),
        (np.multiply, (s, scale, s)),
    )
    return Local(s, calls)


def _sigmoid_of(x: Array, out: Array, exp: Array, denominator: Array) -> list[Call]:
    # exp(min(x, 0)) / (1 + exp(-|x|)) never overflows and is accurate in both tails.
    return [
        (np.abs, (x, exp)),
        (np.negative, (exp, exp)),
        (np.exp, (exp, exp)),
        (np.add, (exp, 1.0, denominator)),
        minimum(x, 0.0, out),
        (np.exp, (out, out)),
        (np.divide, (out, denominator, out)),
    ]


def _sigmoid(b: Binding) -> list[Call]:
    return _sigmoid_of(b.x, b.out, b.scratch("exp"), b.scratch("denominator"))


def _sigmoid_slope(b: Binding) -> Local:
    s, exp, denominator = b.scratch("slope"), b.scratch("exp"), b.scratch("denominator")
    calls: tuple[Call, ...] = (
        (np.divide, (exp, denominator, s)),
        (np.divide, (s, denominator, s)),
    )
    return Local(s, calls)


def _sigmoid_float(x: float) -> float:
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    tail = math.exp(x)
    return tail / (1.0 + tail)


def _silu(b: Binding) -> list[Call]:
    share = b.scratch("share")
    return [
        *_sigmoid_of(b.x, share, b.scratch("exp"), b.scratch("denominator")),
        (np.multiply, (b.x, share, b.out)),
    ]


def _silu_slope(b: Binding) -> Local:
    s, share = b.scratch("slope"), b.scratch("share")
    exp, denominator = b.scratch("exp"), b.scratch("denominator")
    calls: tuple[Call, ...] = (
        (np.divide, (exp, denominator, s)),
        (np.divide, (s, denominator, s)),
        (np.multiply, (b.x, s, s)),
        (np.add, (s, share, s)),
    )
    return Local(s, calls)


def _write_normal_cdf(x: Array, out: Array) -> None:
    # NumPy has no erf; the standard library's is exact but scalar.
    flat = [0.5 * math.erfc(-value / math.sqrt(2.0)) for value in x.ravel().tolist()]
    out[...] = np.reshape(flat, x.shape)


def _gelu(b: Binding) -> list[Call]:
    cdf = b.scratch("cdf")
    return [(_write_normal_cdf, (b.x, cdf)), (np.multiply, (b.x, cdf, b.out))]


def _gelu_slope(b: Binding) -> Local:
    # The density is zero in double precision past 40, where x * x could overflow.
    s, cdf, density = b.scratch("slope"), b.scratch("cdf"), b.scratch("density")
    calls: tuple[Call, ...] = (
        (np.abs, (b.x, density)),
        minimum(density, 40.0, density),
        (np.multiply, (density, density, density)),
        (np.multiply, (density, -0.5, density)),
        (np.exp, (density, density)),
        (np.multiply, (density, 1.0 / math.sqrt(2.0 * math.pi), density)),
        (np.multiply, (b.x, density, s)),
        (np.add, (s, cdf, s)),
    )
    return Local(s, calls)


def _define_gelu(x: Array) -> Array:
    # Abramowitz and Stegun 7.1.6: a series for erf without cancellation, valid on the plane.
    t = x / np.sqrt(2.0)
    term = total = 2.0 / np.sqrt(np.pi) * t * np.exp(-t * t)
    for n in range(1, 200):
        term = term * 2.0 * t * t / (2 * n + 1)
        total = total + term
    return np.asarray(0.5 * x * (1.0 + total))


def _softplus(b: Binding) -> list[Call]:
    return [(np.logaddexp, (b.x, 0.0, b.out))]


def _softplus_slope(b: Binding) -> Local:
    s = b.scratch("slope")
    return Local(s, tuple(_sigmoid_of(b.x, s, b.scratch("exp"), b.scratch("denominator"))))


def _tanh_slope(b: Binding) -> Local:
    s = b.scratch("slope")
    return Local(s, ((np.multiply, (b.out, b.out, s)), (np.subtract, (1.0, s, s))))


def _hard_tanh(b: Binding) -> list[Call]:
    return [maximum(b.x, -1.0, b.out), minimum(b.out, 1.0, b.out)]


def _hard_tanh_slope(b: Binding) -> Local:
    s = b.scratch("slope")
    calls: tuple[Call, ...] = (
        (np.abs, (b.x, s)),
        (np.subtract, (1.0, s, s)),
        (np.heaviside, (s, 0.0, s)),
    )
    return Local(s, calls)


def _sin_slope(b: Binding) -> Local:
    s = b.scratch("slope")
    return Local(s, ((np.cos, (b.x, s)),))


def _define_elu(x: Array, alpha: float = 1.0) -> Array:
    return np.where(x.real > 0, x, alpha * (np.exp(x) - 1.0))


ACTIVATION_OPS = (
    Op(
        name="identity",
        label="Identity",
        summary="Hands z on unchanged.",
        latex="#1",
        local_latex=("1",),
        forward=lambda b: [],
        definition=lambda x: x,
        view=lambda x, options: x,
        locals=(lambda b: Local(1.0),),
        activation=True,
        floats=Floats(operator.pos, (1.0,), "{x}"),
    ),
    Op(
        name="relu",
        label="ReLU",
        summary="Keeps what is positive and cuts the rest to 0. The slope at 0 is taken as 0.",
        latex=r"\operatorname{ReLU}(#1)",
        local_latex=(r"\operatorname{ReLU}'(#1)",),
        forward=_relu,
        definition=lambda x: np.where(x.real > 0, x, 0.0),
        locals=(_relu_slope,),
        activation=True,
        kinks=(0.0,),
        floats=Floats(
            _relu_float,
            (lambda x, y, out: out if math.isnan(out) else float(out > 0.0),),
            "0.0 if {x} < 0.0 else {x}",
            ("1.0 if {out} > 0.0 else 0.0 if {out} == {out} else {out}",),
        ),
    ),
    Op(
        name="leaky_relu",
        label="Leaky ReLU",
        summary="Like ReLU, but lets a small share of what is negative through.",
        latex=r"\operatorname{LeakyReLU}(#1)",
        local_latex=(r"\operatorname{LeakyReLU}'(#1)",),
        forward=_leaky_relu,
        definition=lambda x, negative_slope: np.where(x.real > 0, x, negative_slope * x),
        locals=(_leaky_relu_slope,),
        options=LeakyReluOptions,
        activation=True,
        kinks=(0.0,),
    ),
    Op(
        name="elu",
        label="ELU",
        summary="Linear when positive, an exponential that levels out at -alpha when negative.",
        latex=r"\operatorname{ELU}(#1)",
        local_latex=(r"\operatorname{ELU}'(#1)",),
        forward=lambda b: _scaled_elu(b, b.options["alpha"], 1.0),
        definition=_define_elu,
        locals=(lambda b: _scaled_elu_slope(b, b.options["alpha"], 1.0),),
        options=EluOptions,
        activation=True,
        kinks=(0.0,),
    ),
    Op(
        name="selu",
        label="SELU",
        summary="An ELU whose two constants keep mean 0 and variance 1 from layer to layer.",
        latex=r"\operatorname{SELU}(#1)",
        local_latex=(r"\operatorname{SELU}'(#1)",),
        forward=lambda b: _scaled_elu(b, SELU_ALPHA, SELU_SCALE),
        definition=lambda x: SELU_SCALE * _define_elu(x, SELU_ALPHA),
        locals=(lambda b: _scaled_elu_slope(b, SELU_ALPHA, SELU_SCALE),),
        activation=True,
        kinks=(0.0,),
    ),
    Op(
        name="gelu",
        label="GELU",
        summary="z times the share of a standard normal distribution that lies below z.",
        latex=r"\operatorname{GELU}(#1)",
        local_latex=(r"\operatorname{GELU}'(#1)",),
        forward=_gelu,
        definition=_define_gelu,
        locals=(_gelu_slope,),
        activation=True,
    ),
    Op(
        name="silu",
        label="SiLU",
        summary="z times its own sigmoid, also called swish.",
        latex=r"#1\,\sigma(#1)",
        local_latex=(r"\operatorname{SiLU}'(#1)",),
        forward=_silu,
        definition=lambda x: x / (1.0 + np.exp(-x)),
        locals=(_silu_slope,),
        activation=True,
    ),
    Op(
        name="softplus",
        label="Softplus",
        summary="A smooth ReLU; its slope is the sigmoid.",
        latex=r"\ln(1 + e^{#1})",
        local_latex=(r"\sigma(#1)",),
        forward=_softplus,
        definition=lambda x: np.log(1.0 + np.exp(x)),
        locals=(_softplus_slope,),
        activation=True,
    ),
    Op(
        name="sigmoid",
        label="Sigmoid",
        summary="Squeezes z between 0 and 1. Its slope is never above 1/4.",
        latex=r"\sigma(#1)",
        local_latex=(r"#0\,(1 - #0)",),
        forward=_sigmoid,
        definition=lambda x: 1.0 / (1.0 + np.exp(-x)),
        locals=(_sigmoid_slope,),
        activation=True,
        floats=Floats(_sigmoid_float, (lambda x, y, out: out * _sigmoid_float(-x),)),
    ),
    Op(
        name="tanh",
        label="tanh",
        summary="Squeezes z between -1 and 1. Its slope is never above 1.",
        latex=r"\tanh(#1)",
        local_latex=(r"1 - #0^2",),
        forward=lambda b: [(np.tanh, (b.x, b.out))],
        definition=np.tanh,
        locals=(_tanh_slope,),
        activation=True,
        floats=Floats(
            math.tanh, (lambda x, y, out: 1.0 - out * out,), "", ("1.0 - {out} * {out}",)
        ),
    ),
    Op(
        name="hard_tanh",
        label="Hard tanh",
        summary="Cuts z off at -1 and 1; the slope at both ends is taken as 0.",
        latex=r"\operatorname{clip}(#1, -1, 1)",
        local_latex=(r"[\,|#1| < 1\,]",),
        forward=_hard_tanh,
        definition=lambda x: np.where(np.abs(x.real) < 1, x, np.sign(x.real)),
        locals=(_hard_tanh_slope,),
        activation=True,
        kinks=(-1.0, 1.0),
    ),
    Op(
        name="sin",
        label="Sine",
        summary="The sine of z.",
        latex=r"\sin(#1)",
        local_latex=(r"\cos(#1)",),
        forward=lambda b: [(np.sin, (b.x, b.out))],
        definition=np.sin,
        locals=(_sin_slope,),
        activation=True,
        floats=Floats(math.sin, (lambda x, y, out: math.cos(x),)),
    ),
)
