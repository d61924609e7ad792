"""What is true of every op that acts on each row alone."""

from collections.abc import Mapping
from typing import Any

from app.engine.dependence import Axis, Shape


def rows_apart(shape: Shape, options: Mapping[str, Any]) -> bool:
    """Whether there are rows at all that could be kept apart."""
    return len(shape) == 2


def same_shape(shapes: tuple[Shape, ...], options: Mapping[str, Any]) -> Shape:
    """The shape of the first input."""
    return shapes[0]


def keep_rows(
    shapes: tuple[Shape, ...], options: Mapping[str, Any], position: int
) -> tuple[Axis | None, ...]:
    """The dependence of a row on the whole of the same row of the input."""
    return *(Axis(number) for number in range(len(shapes[0]) - 1)), None
