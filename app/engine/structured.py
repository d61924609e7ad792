"""Ops whose outputs mix entries: the linear map, reductions and the softmax family."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.op import Array, Binding, Call, Op, Shape


@dataclass(frozen=True)
class ReductionOptions:
    """Options of a reduction: the last axis alone, or all axes when false."""

    last_axis: bool = False


def _linear_shape(shapes: tuple[Shape, ...], options: Mapping[str, Any]) -> Shape:
    x, weight, *bias = shapes
    if len(x) != 2 or len(weight) != 2 or x[1] != weight[1]:
        raise ValueError(f"x {list(x)} needs a weight of shape (units, {x[-1] if x else '?'})")
    if bias and bias[0] not in ((weight[0],), (1,)):
        raise ValueError(f"the bias has shape {list(bias[0])}, expected [{weight[0]}] or [1]")
    return x[0], weight[0]


def _linear(b: Binding) -> list[Call]:
    x, weight, *bias = b.inputs
    calls: list[Call] = [(weight.dot, (x.T, b.out.T))]
    if bias:
        calls.append((np.add, (b.out, bias[0], b.out)))
    return calls


def _linear_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    return [(b.inputs[1].T.dot, (upstream.T, message.T))]


def _linear_to_weight(b: Binding, upstream: Array, message: Array) -> list[Call]:
    if message.flags.c_contiguous:
        return [(upstream.T.dot, (b.inputs[0], message))]
    return [(b.inputs[0].T.dot, (upstream, message.T))]


def _linear_to_bias(b: Binding, upstream: Array, message: Array) -> list[Call]:
    if b.inputs[2].shape == (1,) and upstream.shape[1] != 1:
        return [(np.add.reduce, (upstream, (0, 1), None, message.reshape(())))]
    return [(np.add.reduce, (upstream, 0, None, message))]


def _define_linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    z: Array = x @ weight.T
    return z if bias is None else z + bias


def _reduction_shape(shapes: tuple[Shape, ...], options: Mapping[str, Any]) -> Shape:
    return shapes[0][:-1] if options["last_axis"] else ()


def _count(b: Binding) -> int:
    return b.x.shape[-1] if b.options["last_axis"] else b.x.size


def _sum(b: Binding) -> list[Call]:
    return [(np.add.reduce, (b.x, -1 if b.options["last_axis"] else None, None, b.out))]


def _mean(b: Binding) -> list[Call]:
    return [*_sum(b), (np.divide, (b.out, float(_count(b)), b.out))]


def _spread(b: Binding, upstream: Array) -> Array:
    return upstream[..., None] if b.options["last_axis"] else upstream


def _sum_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    return [(np.copyto, (message, _spread(b, upstream)))]


def _mean_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    return [(np.divide, (_spread(b, upstream), float(_count(b)), message))]


def _define_sum(x: Array, last_axis: bool) -> Array:
    return np.asarray(np.sum(x, axis=-1 if last_axis else None))


def _define_mean(x: Array, last_axis: bool) -> Array:
    return np.asarray(np.mean(x, axis=-1 if last_axis else None))


def _shares(b: Binding, out: Array) -> list[Call]:
    # The largest entry is taken out first, so that no exponential overflows.
    column = b.scratch("column", b.x[..., :1])
    return [
        (np.maximum.reduce, (b.x, -1, None, column, True)),
        (np.subtract, (b.x, column, out)),
        (np.exp, (out, out)),
        (np.add.reduce, (out, -1, None, column, True)),
        (np.divide, (out, column, out)),
    ]


def _softmax(b: Binding) -> list[Call]:
    return _shares(b, b.out)


def _softmax_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    column = b.scratch("column", b.x[..., :1])
    return [
        (np.multiply, (upstream, b.out, message)),
        (np.add.reduce, (message, -1, None, column, True)),
        (np.subtract, (upstream, column, message)),
        (np.multiply, (message, b.out, message)),
    ]


def _log_softmax(b: Binding) -> list[Call]:
    column, shares = b.scratch("column", b.x[..., :1]), b.scratch("shares")
    return [
        (np.maximum.reduce, (b.x, -1, None, column, True)),
        (np.subtract, (b.x, column, b.out)),
        (np.exp, (b.out, shares)),
        (np.add.reduce, (shares, -1, None, column, True)),
        (np.divide, (shares, column, shares)),
        (np.log, (column, column)),
        (np.subtract, (b.out, column, b.out)),
    ]


def _log_softmax_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    column, shares = b.scratch("column", b.x[..., :1]), b.scratch("shares")
    return [
        (np.add.reduce, (upstream, -1, None, column, True)),
        (np.multiply, (shares, column, message)),
        (np.subtract, (upstream, message, message)),
    ]


def _same_shape(shapes: tuple[Shape, ...], options: Mapping[str, Any]) -> Shape:
    return shapes[0]


def _define_softmax(x: Array) -> Array:
    return np.asarray(np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True))


def _define_log_softmax(x: Array) -> Array:
    return np.asarray(x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True)))


STRUCTURED_OPS = (
    Op(
        name="linear",
        label="Wx + b",
        summary="A layer's weighted sums: x of shape (batch, inputs), weight (units, inputs).",
        latex="#2 #1 + #3",
        local_latex=("#2", "#1", "1"),
        forward=_linear,
        definition=_define_linear,
        vjps=(_linear_to_x, _linear_to_weight, _linear_to_bias),
        shape=_linear_shape,
    ),
    Op(
        name="sum",
        label="Σ",
        summary="The sum of the entries.",
        latex=r"\sum #1",
        local_latex=("1",),
        forward=_sum,
        definition=_define_sum,
        vjps=(_sum_to_x,),
        shape=_reduction_shape,
        options=ReductionOptions,
    ),
    Op(
        name="mean",
        label="mean",
        summary="The mean of the entries.",
        latex=r"\operatorname{mean} #1",
        local_latex=(r"\frac{1}{N}",),
        forward=_mean,
        definition=_define_mean,
        vjps=(_mean_to_x,),
        shape=_reduction_shape,
        options=ReductionOptions,
    ),
    Op(
        name="softmax",
        label="Softmax",
        summary="Turns a layer's z into shares of one whole. Every share depends on every z.",
        latex=r"\operatorname{softmax}(#1)",
        local_latex=(r"\operatorname{diag}(#0) - #0 #0^\top",),
        forward=_softmax,
        definition=_define_softmax,
        vjps=(_softmax_to_x,),
        shape=_same_shape,
        activation=True,
    ),
    Op(
        name="log_softmax",
        label="ln softmax",
        summary="The logarithms of the softmax shares.",
        latex=r"\ln \operatorname{softmax}(#1)",
        local_latex=(r"I - \mathbf{1} e^{#0}",),
        forward=_log_softmax,
        definition=_define_log_softmax,
        vjps=(_log_softmax_to_x,),
        shape=_same_shape,
    ),
)
