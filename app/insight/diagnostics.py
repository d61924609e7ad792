"""The health of a run: where numbers stop being finite, and which units have stopped learning."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.engine.op import Array
from app.engine.tape import Tape

SATURATED_SLOPE = 0.01
"""A unit counts as saturated where its slope is below this share of 1 and not exactly 0."""


@dataclass(frozen=True)
class NonFinite:
    """The first node, in the order of computation, with a NaN or an infinity."""

    node: str
    phase: Literal["forward", "backward"]


@dataclass(frozen=True)
class LayerHealth:
    """Shares of a layer's (sample, unit) entries, and the range of its weight gradient.

    ``dead``: the slope is exactly 0; ``saturated``: the slope is below 0.01 in size but not 0.
    Both are ``None`` where the activation mixes units. The gradients are sizes of the non-zero
    finite entries, ``None`` when there is none.
    """

    layer: int
    dead: float | None
    saturated: float | None
    smallest_grad: float | None
    largest_grad: float | None


@dataclass(frozen=True)
class Health:
    """What is wrong with a run, if anything."""

    finite: bool
    first_non_finite: NonFinite | None
    layers: list[LayerHealth]


def examine(tape: Tape) -> Health:
    """The health of a run that went forward and backward."""
    first = find_non_finite(tape)
    numbers = sorted({node.layer for node in tape.graph if node.layer})
    return Health(first is None, first, [_examine_layer(tape, number) for number in numbers])


def find_non_finite(tape: Tape) -> NonFinite | None:
    """The first node whose value, or else whose gradient, is not finite."""
    for node in tape.graph:
        if not np.isfinite(tape.values[node.id]).all():
            return NonFinite(node.id, "forward")
    for node in reversed(tape.graph.nodes):
        if node.id in tape.grads and not np.isfinite(tape.grads[node.id]).all():
            return NonFinite(node.id, "backward")
    return None


def _examine_layer(tape: Tape, number: int) -> LayerHealth:
    activations = tape.values[f"layer{number}.a"]
    local = tape.locals.get((f"layer{number}.a", 0))
    dead = saturated = None
    if local is not None:
        slope = np.abs(np.broadcast_to(np.asarray(local), activations.shape))
        dead = float(np.mean(slope == 0))
        saturated = float(np.mean((slope > 0) & (slope < SATURATED_SLOPE)))
    smallest, largest = _range(tape.grads[f"layer{number}.weight"])
    return LayerHealth(number, dead, saturated, smallest, largest)


def _range(grad: Array) -> tuple[float | None, float | None]:
    sizes = np.abs(grad[np.isfinite(grad) & (grad != 0)])
    return (float(sizes.min()), float(sizes.max())) if sizes.size else (None, None)
