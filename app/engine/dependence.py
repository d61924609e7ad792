"""Which entries of an op's output are computed from which entries of its inputs, axis by axis."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Shape = tuple[int, ...]
Index = tuple[int, ...]
Box = tuple[slice, ...]
"""A range of indices per axis, each with its start and stop."""


@dataclass(frozen=True)
class Axis:
    """An axis of an input; its entry ``start + i`` belongs to entry ``i`` of an output's axis."""

    number: int
    start: int = 0


Dependence = tuple[Axis | None, ...] | None
"""Per axis of the output: the input's axis whose index it shares, or ``None`` where all entries of
the output's axis read the same of the input. An input's axis that is not named is read as a whole.
``None`` as a whole: nothing is read."""

Depends = Callable[[tuple[Shape, ...], Mapping[str, Any], int], Dependence]
"""The dependence on an input, given the input shapes, the options and the input's position."""


def align(shape: Shape, out: Shape) -> Dependence:
    """The dependence of an elementwise op on an input of ``shape``: what broadcasting makes it."""
    added = len(out) - len(shape)
    return tuple(
        Axis(axis - added) if axis >= added and shape[axis - added] == size else None
        for axis, size in enumerate(out)
    )


def find_read(dependence: Dependence, shape: Shape, index: Index) -> Box | None:
    """Which entries of an input of ``shape`` the output's entry ``index`` reads."""
    if dependence is None:
        return None
    box = [slice(0, size) for size in shape]
    for axis, i in zip(dependence, index, strict=True):
        if axis is not None:
            box[axis.number] = slice(axis.start + i, axis.start + i + 1)
    return tuple(box)


def find_fed(dependence: Dependence, out: Shape, index: Index) -> Box | None:
    """Which entries of an output of shape ``out`` read the input's entry ``index``."""
    if dependence is None:
        return None
    box = []
    for axis, size in zip(dependence, out, strict=True):
        if axis is None:
            box.append(slice(0, size))
            continue
        i = index[axis.number] - axis.start
        if not 0 <= i < size:
            return None
        box.append(slice(i, i + 1))
    return tuple(box)


def sum_fed(
    dependence: Dependence, numbers: NDArray[Any], shape: Shape, out: Shape
) -> NDArray[Any]:
    """Per entry of an input of ``shape``, the sum of ``numbers`` over the entries that read it.

    ``numbers`` has an axis per axis of ``out``, and so has the answer per axis of ``shape``; an
    axis of length 1 stands for one whose entries are all alike.
    """
    if dependence is None:
        return np.zeros((1,) * len(shape), dtype=numbers.dtype)
    order: list[int] = []
    for place, (axis, size) in enumerate(zip(dependence, out, strict=True)):
        if axis is None:
            alike = numbers.shape[place] == 1
            numbers = numbers * size if alike else numbers.sum(place, keepdims=True)
        else:
            order.append(axis.number)
            if size != shape[axis.number]:
                numbers = _spread(numbers, place, axis.start, size, shape[axis.number])
    shared = tuple(place for place, axis in enumerate(dependence) if axis is None)
    kept = np.transpose(numbers.squeeze(shared), np.argsort(order))
    return np.expand_dims(kept, tuple(set(range(len(shape))) - set(order)))


def _spread(numbers: NDArray[Any], place: int, start: int, size: int, full: int) -> NDArray[Any]:
    """``numbers`` as a range of an axis of length ``full``, with 0 before and after it."""
    shape = (*numbers.shape[:place], full, *numbers.shape[place + 1 :])
    spread = np.zeros(shape, dtype=numbers.dtype)
    spread[(slice(None),) * place + (slice(start, start + size),)] = numbers
    return spread
