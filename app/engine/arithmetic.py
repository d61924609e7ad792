"""Elementwise arithmetic: what losses and expressions are made of."""

import math
import operator
from dataclasses import dataclass

import numpy as np

from app.engine.op import Array, Binding, Call, Floats, Local, LocalRule, Op, maximum, minimum


@dataclass(frozen=True)
class HuberOptions:
    """Options of huber: where the square turns into a straight line."""

    delta: float = 1.0


def _reciprocal(b: Binding) -> Local:
    s = b.scratch("reciprocal", b.inputs[1])
    return Local(s, ((np.divide, (1.0, b.inputs[1], s)),))


def _divide_by_second(b: Binding) -> Local:
    s = b.scratch("quotient")
    return Local(s, ((np.divide, (b.out, b.inputs[1], s)), (np.negative, (s, s))))


def _write_base_derivative(x: Array, p: Array, out: Array) -> None:
    # p x^(p-1), and 0 where p is 0: a constant has no slope, not even at x = 0.
    np.power(x, p - 1.0, out)
    np.multiply(out, p, out)
    out[np.broadcast_to(p == 0.0, out.shape)] = 0.0


def _write_exponent_derivative(x: Array, value: Array, out: Array) -> None:
    # x^p ln x, with its limit 0 where x^p is 0.
    np.log(x, out) if x.shape == out.shape else np.log(np.broadcast_to(x, out.shape), out)
    np.multiply(value, out, out)
    out[value == 0.0] = 0.0


def _power_base(b: Binding) -> Local:
    s = b.scratch("base")
    return Local(s, ((_write_base_derivative, (b.inputs[0], b.inputs[1], s)),))


def _power_exponent(b: Binding) -> Local:
    s = b.scratch("exponent")
    return Local(s, ((_write_exponent_derivative, (b.inputs[0], b.out, s)),))


def _write_wins(x: Array, y: Array, out: Array) -> None:
    # 1 where x is larger, 0.5 at a tie.
    np.add(x > y, x >= y, out, dtype=out.dtype, casting="unsafe")
    np.multiply(out, 0.5, out)


def _base_derivative(x: float, p: float, out: float) -> float:
    return p * math.pow(x, p - 1.0) if p else 0.0


def _sign(x: float, y: float, out: float) -> float:
    return x if math.isnan(x) else float((x > 0.0) - (x < 0.0))


def _exponent_derivative(x: float, p: float, out: float) -> float:
    return out * math.log(x) if out else 0.0


def _wins(first: int, second: int) -> LocalRule:
    def rule(b: Binding) -> Local:
        s = b.scratch(f"wins{first}")
        return Local(s, ((_write_wins, (b.inputs[first], b.inputs[second], s)),))

    return rule


def _square_slope(b: Binding) -> Local:
    s = b.scratch("slope")
    return Local(s, ((np.multiply, (b.x, 2.0, s)),), (2.0, b.x))


def _sqrt_slope(b: Binding) -> Local:
    s = b.scratch("slope")
    return Local(s, ((np.divide, (0.5, b.out, s)),))


def _log_slope(b: Binding) -> Local:
    s = b.scratch("slope")
    return Local(s, ((np.divide, (1.0, b.x, s)),))


def _abs_slope(b: Binding) -> Local:
    s = b.scratch("slope")
    return Local(s, ((np.sign, (b.x, s)),))


def _cos_slope(b: Binding) -> Local:
    s = b.scratch("slope")
    return Local(s, ((np.sin, (b.x, s)), (np.negative, (s, s))))


def _write_xlogy(x: Array, y: Array, out: Array) -> None:
    np.log(y, out)
    np.multiply(x, out, out)
    out[np.broadcast_to(x == 0.0, out.shape) & ~np.isnan(y)] = 0.0


def _write_ratio(x: Array, y: Array, out: Array) -> None:
    np.divide(x, y, out)
    out[np.broadcast_to(x == 0.0, out.shape) & ~np.isnan(y)] = 0.0


def _xlogy_first(b: Binding) -> Local:
    s = b.scratch("log")
    return Local(s, ((np.log, (b.inputs[1], s)),))


def _xlogy_second(b: Binding) -> Local:
    s = b.scratch("ratio")
    return Local(s, ((_write_ratio, (b.inputs[0], b.inputs[1], s)),))


def _huber_slope_calls(b: Binding, slope: Array) -> list[Call]:
    delta = b.options["delta"]
    return [maximum(b.x, -delta, slope), minimum(slope, delta, slope)]


def _huber(b: Binding) -> list[Call]:
    # With s = clip(x, -delta, delta), both branches are s (x - s / 2).
    s = b.scratch("slope")
    return [
        *_huber_slope_calls(b, s),
        (np.multiply, (s, -0.5, b.out)),
        (np.add, (b.out, b.x, b.out)),
        (np.multiply, (b.out, s, b.out)),
    ]


def _define_huber(x: Array, delta: float) -> Array:
    sign = np.where(x.real > 0, 1.0, -1.0)
    inside = np.abs(x.real) <= delta
    return np.where(inside, 0.5 * x * x, delta * (sign * x - 0.5 * delta))


def _define_maximum(x: Array, y: Array) -> Array:
    return np.where(x.real > y.real, x, y)


def _define_minimum(x: Array, y: Array) -> Array:
    return np.where(x.real < y.real, x, y)


ARITHMETIC_OPS = (
    Op(
        name="add",
        label="+",
        summary="The sum of two values; each gets the whole upstream gradient.",
        latex="#1 + #2",
        local_latex=("1", "1"),
        forward=lambda b: [(np.add, (*b.inputs, b.out))],
        definition=lambda x, y: x + y,
        locals=(lambda b: Local(1.0), lambda b: Local(1.0)),
        floats=Floats(operator.add, (1.0, 1.0), "{x} + {y}"),
    ),
    Op(
        name="subtract",
        label="−",
        summary="The difference of two values.",
        latex="#1 - #2",
        local_latex=("1", "-1"),
        forward=lambda b: [(np.subtract, (*b.inputs, b.out))],
        definition=lambda x, y: x - y,
        locals=(lambda b: Local(1.0), lambda b: Local(-1.0)),
        floats=Floats(operator.sub, (1.0, -1.0), "{x} - {y}"),
    ),
    Op(
        name="multiply",
        label="×",
        summary="The product of two values; each gets the gradient times the other.",
        latex=r"#1 \cdot #2",
        local_latex=("#2", "#1"),
        forward=lambda b: [(np.multiply, (*b.inputs, b.out))],
        definition=lambda x, y: x * y,
        locals=(lambda b: Local(b.inputs[1]), lambda b: Local(b.inputs[0])),
        floats=Floats(operator.mul, (2, 1), "{x} * {y}"),
    ),
    Op(
        name="divide",
        label="÷",
        summary="The quotient of two values.",
        latex=r"\frac{#1}{#2}",
        local_latex=(r"\frac{1}{#2}", r"-\frac{#1}{#2^2}"),
        forward=lambda b: [(np.divide, (*b.inputs, b.out))],
        definition=lambda x, y: x / y,
        locals=(_reciprocal, _divide_by_second),
        floats=Floats(
            operator.truediv,
            (lambda x, y, out: 1.0 / y, lambda x, y, out: -out / y),
            "{x} / {y}",
            ("1.0 / {y}", "-{out} / {y}"),
        ),
    ),
    Op(
        name="power",
        label="power",
        summary="The first value raised to the second.",
        latex="{#1}^{#2}",
        local_latex=(r"#2\,{#1}^{#2 - 1}", r"{#1}^{#2} \ln #1"),
        forward=lambda b: [(np.power, (*b.inputs, b.out))],
        definition=lambda x, y: x**y,
        locals=(_power_base, _power_exponent),
        floats=Floats(math.pow, (_base_derivative, _exponent_derivative)),
    ),
    Op(
        name="maximum",
        label="max",
        summary="The larger of two values takes the gradient; a tie splits it in half.",
        latex=r"\max(#1, #2)",
        local_latex=("[#1 > #2]", "[#2 > #1]"),
        forward=lambda b: [maximum(b.inputs[0], b.inputs[1], b.out)],
        definition=_define_maximum,
        locals=(_wins(0, 1), _wins(1, 0)),
        ties=True,
    ),
    Op(
        name="minimum",
        label="min",
        summary="The smaller of two values takes the gradient; a tie splits it in half.",
        latex=r"\min(#1, #2)",
        local_latex=("[#1 < #2]", "[#2 < #1]"),
        forward=lambda b: [minimum(b.inputs[0], b.inputs[1], b.out)],
        definition=_define_minimum,
        locals=(_wins(1, 0), _wins(0, 1)),
        ties=True,
    ),
    Op(
        name="negative",
        label="negation",
        summary="The value with its sign turned.",
        latex="-#1",
        local_latex=("-1",),
        forward=lambda b: [(np.negative, (b.x, b.out))],
        definition=lambda x: -x,
        locals=(lambda b: Local(-1.0),),
        floats=Floats(operator.neg, (-1.0,), "-{x}"),
    ),
    Op(
        name="square",
        label="square",
        summary="The value times itself.",
        latex="(#1)^2",
        local_latex=("2(#1)",),
        forward=lambda b: [(np.multiply, (b.x, b.x, b.out))],
        definition=lambda x: x * x,
        locals=(_square_slope,),
        floats=Floats(lambda x: x * x, (lambda x, y, out: 2.0 * x,), "{x} * {x}", ("2.0 * {x}",)),
    ),
    Op(
        name="sqrt",
        label="square root",
        summary="The square root.",
        latex=r"\sqrt{#1}",
        local_latex=(r"\frac{1}{2 #0}",),
        forward=lambda b: [(np.sqrt, (b.x, b.out))],
        definition=np.sqrt,
        locals=(_sqrt_slope,),
        floats=Floats(math.sqrt, (lambda x, y, out: 0.5 / out,), "", ("0.5 / {out}",)),
    ),
    Op(
        name="abs",
        label="absolute value",
        summary="The value without its sign; the slope at 0 is taken as 0.",
        latex="|#1|",
        local_latex=(r"\operatorname{sign}(#1)",),
        forward=lambda b: [(np.abs, (b.x, b.out))],
        definition=lambda x: np.where(x.real > 0, x, -x),
        locals=(_abs_slope,),
        kinks=(0.0,),
        floats=Floats(abs, (_sign,)),
    ),
    Op(
        name="exp",
        label="exp",
        summary="e raised to the value; its own derivative.",
        latex="e^{#1}",
        local_latex=("#0",),
        forward=lambda b: [(np.exp, (b.x, b.out))],
        definition=np.exp,
        locals=(lambda b: Local(b.out),),
        floats=Floats(math.exp, (0,)),
    ),
    Op(
        name="log",
        label="ln",
        summary="The natural logarithm.",
        latex=r"\ln #1",
        local_latex=(r"\frac{1}{#1}",),
        forward=lambda b: [(np.log, (b.x, b.out))],
        definition=np.log,
        locals=(_log_slope,),
        floats=Floats(math.log, (lambda x, y, out: 1.0 / x,), "", ("1.0 / {x}",)),
    ),
    Op(
        name="cos",
        label="cosine",
        summary="The cosine.",
        latex=r"\cos(#1)",
        local_latex=(r"-\sin(#1)",),
        forward=lambda b: [(np.cos, (b.x, b.out))],
        definition=np.cos,
        locals=(_cos_slope,),
        floats=Floats(math.cos, (lambda x, y, out: -math.sin(x),)),
    ),
    Op(
        name="xlogy",
        label="x ln y",
        summary="The first value times the logarithm of the second; 0 where the first is 0.",
        latex=r"#1 \ln #2",
        local_latex=(r"\ln #2", r"\frac{#1}{#2}"),
        forward=lambda b: [(_write_xlogy, (*b.inputs, b.out))],
        definition=lambda x, y: x * np.log(y),
        locals=(_xlogy_first, _xlogy_second),
    ),
    Op(
        name="huber",
        label="Huber",
        summary="Half the square near 0, a straight line past delta (Huber, 1964).",
        latex=r"\operatorname{huber}(#1)",
        local_latex=(r"\operatorname{clip}(#1, -\delta, \delta)",),
        forward=_huber,
        definition=_define_huber,
        locals=(lambda b: Local(b.scratch("slope")),),
        options=HuberOptions,
    ),
)
