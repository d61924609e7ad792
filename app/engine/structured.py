"""Ops whose outputs mix entries: the linear map and reductions; and parts of an array."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.dependence import Axis, Dependence
from app.engine.memory import stack
from app.engine.op import Array, Binding, Call, Op, Shape
from app.engine.rows import keep_rows, rows_apart, same_shape


@dataclass(frozen=True)
class ReductionOptions:
    """Options of a reduction: the last axis alone, or all axes when false."""

    last_axis: bool = False


@dataclass(frozen=True)
class SliceOptions:
    """Options of slice: the half-open range of the last axis that is kept."""

    start: int = 0
    stop: int = 1


def _linear_shape(shapes: tuple[Shape, ...], options: Mapping[str, Any]) -> Shape:
    x, weight, *bias = shapes
    if len(x) != 2 or len(weight) != 2 or x[1] != weight[1]:
        raise ValueError(f"x {list(x)} needs a weight of shape (units, {x[-1] if x else '?'})")
    if bias and bias[0] not in ((weight[0],), (1,)):
        raise ValueError(f"the bias has shape {list(bias[0])}, expected [{weight[0]}] or [1]")
    return x[0], weight[0]


def _product(left: Array, right: Array, out: Array) -> Call:
    if out.ndim > 2:
        return np.matmul, (left, right, out)
    # ``dot`` writes contiguous rows: where the batch is last in memory, those of the transpose.
    if out.flags.f_contiguous:
        return right.T.dot, (left.T, out.T)
    return left.dot, (right, out)


def _linear(b: Binding) -> list[Call]:
    x, weight, *bias = b.inputs
    calls: list[Call] = [_product(x, weight.T, b.out)]
    if bias:
        calls.append((np.add, (b.out, bias[0], b.out)))
    return calls


def _linear_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    return [_product(upstream, b.inputs[1], message)]


def _linear_to_weight(b: Binding, upstream: Array, message: Array) -> list[Call]:
    return [_product(upstream.mT, b.inputs[0], message)]


def _linear_to_bias(b: Binding, upstream: Array, message: Array) -> list[Call]:
    if b.inputs[2].shape == (1,) and upstream.shape[-1] != 1:
        return [(np.add.reduce, (upstream, (-1, -2), None, message[..., 0]))]
    ones = np.ones(upstream.shape[-2])
    if upstream.ndim > 2:
        return [(np.matmul, (ones, upstream, message))]
    return [(upstream.T.dot, (ones, message))]


def _define_linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    z: Array = x @ weight.T
    return z if bias is None else z + bias


def _linear_depends(
    shapes: tuple[Shape, ...], options: Mapping[str, Any], position: int
) -> Dependence:
    if position == 0:
        return Axis(0), None
    return None, None if shapes[position] == (1,) else Axis(0)


def _reduction_shape(shapes: tuple[Shape, ...], options: Mapping[str, Any]) -> Shape:
    if len(shapes) > 1 and (options["last_axis"] or len(set(shapes)) > 1):
        raise ValueError("several inputs need one shape and are reduced over all axes")
    return shapes[0][:-1] if options["last_axis"] else ()


def _reduction_depends(
    shapes: tuple[Shape, ...], options: Mapping[str, Any], position: int
) -> Dependence:
    return keep_rows(shapes, options, position)[:-1] if options["last_axis"] else ()


def _count(b: Binding) -> int:
    return b.x.shape[-1] if b.options["last_axis"] else b.x.size * len(b.inputs)


def _total(x: Array, weight: float, out: Array) -> list[Call]:
    """All entries times ``weight``, summed: as a product, at half of what a reduction costs."""
    flat = x.reshape(-1, order="A")
    if np.shares_memory(flat, x):
        return [(np.full(x.size, weight).dot, (flat, out))]
    return [(np.add.reduce, (x, None, None, out)), (np.multiply, (out, weight, out))]


def _sum(b: Binding) -> list[Call]:
    return _weigh(b, 1.0)


def _mean(b: Binding) -> list[Call]:
    return _weigh(b, 1.0 / _count(b))


def _weigh(b: Binding, weight: float) -> list[Call]:
    if b.options["last_axis"]:
        return [(b.x.dot, (np.full(b.x.shape[-1], weight), b.out))]
    whole = stack(b.inputs) if b.x.ndim else None
    if whole is not None:
        return _total(whole, weight, b.out)
    calls, part = _total(b.x, weight, b.out), b.scratch("part")
    for x in b.inputs[1:]:
        calls += [*_total(x, weight, part), (np.add, (b.out, part, b.out))]
    return calls


def _view_single(x: Array, options: Mapping[str, Any]) -> Array | None:
    # A single entry is its own sum and mean.
    return x[..., 0] if options["last_axis"] and x.shape[-1] == 1 else None


def _reduces_rows(shape: Shape, options: Mapping[str, Any]) -> bool:
    return len(shape) == 2 and bool(options["last_axis"])


def _spread(b: Binding, upstream: Array) -> Array:
    return upstream[..., None] if b.options["last_axis"] else upstream


def _sum_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    return [(np.copyto, (message, _spread(b, upstream)))]


def _mean_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    return [(np.divide, (_spread(b, upstream), float(_count(b)), message))]


def _define_sum(*x: Array, last_axis: bool) -> Array:
    if last_axis:
        return np.asarray(np.sum(x[0], axis=-1))
    return np.asarray(sum(np.sum(part) for part in x))


def _define_mean(*x: Array, last_axis: bool) -> Array:
    count = x[0].shape[-1] if last_axis else sum(part.size for part in x)
    return np.asarray(_define_sum(*x, last_axis=last_axis) / count)


def _slice_shape(shapes: tuple[Shape, ...], options: Mapping[str, Any]) -> Shape:
    start, stop = options["start"], options["stop"]
    if not 0 <= start < stop <= shapes[0][-1]:
        raise ValueError(f"the last axis has no entries {start} to {stop - 1}")
    return (*shapes[0][:-1], stop - start)


def _slice_depends(
    shapes: tuple[Shape, ...], options: Mapping[str, Any], position: int
) -> Dependence:
    last = len(shapes[0]) - 1
    return *keep_rows(shapes, options, position)[:-1], Axis(last, options["start"])


def _keep(x: Array, options: Mapping[str, Any]) -> Array:
    kept: Array = x[..., options["start"] : options["stop"]]
    return kept


def _slice_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    kept = _keep(message, b.options)
    return [(message.fill, (0.0,)), (np.copyto, (kept, upstream))]


def _define_slice(x: Array, start: int, stop: int) -> Array:
    return np.asarray(x[..., start:stop])


def _stop(b: Binding, upstream: Array, message: Array) -> list[Call]:
    # Not upstream times 0, which would let NaN and infinity through.
    return [(message.fill, (0.0,))]


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
        depends=_linear_depends,
        by_row=rows_apart,
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
        depends=_reduction_depends,
        view=_view_single,
        by_row=_reduces_rows,
        affine=True,
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
        depends=_reduction_depends,
        view=_view_single,
        by_row=_reduces_rows,
        affine=True,
        options=ReductionOptions,
    ),
    Op(
        name="slice",
        label="slice",
        summary="A range of the entries of the last axis, such as one gate of several.",
        latex="#1",
        local_latex=("1",),
        forward=lambda b: [],
        definition=_define_slice,
        vjps=(_slice_to_x,),
        shape=_slice_shape,
        depends=_slice_depends,
        view=_keep,
        by_row=rows_apart,
        affine=True,
        options=SliceOptions,
    ),
    Op(
        name="stop_gradient",
        label="stop gradient",
        summary="Hands the value on and lets no gradient back: where backpropagation is truncated.",
        latex="#1",
        local_latex=("0",),
        forward=lambda b: [],
        definition=lambda x: x,
        view=lambda x, options: x,
        by_row=rows_apart,
        affine=True,
        vjps=(_stop,),
        shape=same_shape,
        depends=lambda shapes, options, position: None,
        symbol="✂",
    ),
)
