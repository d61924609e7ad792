"""The health of a run: where numbers stop being finite, and which units have stopped learning."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.engine.op import Array
from app.engine.ops import ACTIVATIONS
from app.engine.tape import Tape

SATURATED_SLOPE = 0.01
"""A unit counts as saturated where its slope is below this share of 1 and not exactly 0."""


@dataclass(frozen=True)
class NonFinite:
    """The first node, in the order of computation, with a NaN or an infinity.

    ``layer`` and ``time`` say where it belongs, if anywhere.
    """

    node: str
    phase: Literal["forward", "backward"]
    layer: int | None
    time: int | None


@dataclass(frozen=True)
class LayerHealth:
    """Shares of a layer's (sample, unit) entries, and the range of its weight gradients.

    ``dead``: the slope is exactly 0; ``saturated``: the slope is below 0.01 in size but not 0.
    Both are ``None`` where the activation mixes units. A recurrent cell counts the entries of all
    its activations at all time steps. The gradients are sizes of the non-zero finite entries,
    ``None`` when there is none.
    """

    layer: int
    label: str
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
    numbers = sorted({node.layer for node in tape.graph.parameters if node.layer})
    return Health(first is None, first, [_examine_layer(tape, number) for number in numbers])


def examine_forward(tape: Tape) -> Health:
    """The health of a run that only went forward: nothing is said about slopes and gradients."""
    first = _find_in_values(tape)
    return Health(first is None, first, [])


def find_non_finite(tape: Tape) -> NonFinite | None:
    """The first node whose value, or else whose gradient, is not finite."""
    found = _find_in_values(tape)
    if found is not None:
        return found
    for node in reversed(tape.graph.nodes):
        if node.id in tape.grads and not np.isfinite(tape.grads[node.id]).all():
            return NonFinite(node.id, "backward", node.layer, node.time)
    return None


def _find_in_values(tape: Tape) -> NonFinite | None:
    for node in tape.graph:
        if not np.isfinite(tape.values[node.id]).all():
            return NonFinite(node.id, "forward", node.layer, node.time)
    return None


def _examine_layer(tape: Tape, number: int) -> LayerHealth:
    weights = [node for node in tape.graph.parameters if node.layer == number]
    slopes = []
    for node in tape.graph:
        local = tape.locals.get((node.id, 0))
        if node.layer == number and node.op in ACTIVATIONS and local is not None:
            slope = np.broadcast_to(np.asarray(local), tape.values[node.id].shape)
            slopes.append(np.abs(slope).ravel())
    dead = saturated = None
    if slopes:
        slope = np.concatenate(slopes)
        dead = float(np.mean(slope == 0))
        saturated = float(np.mean((slope > 0) & (slope < SATURATED_SLOPE)))
    grads = [tape.grads[node.id] for node in weights if ".weight" in node.id]
    smallest, largest = _range(grads)
    label = weights[0].id.split(".")[0]
    return LayerHealth(number, label, dead, saturated, smallest, largest)


def _range(grads: list[Array]) -> tuple[float | None, float | None]:
    smallest, largest = np.inf, 0.0
    for grad in grads:
        sizes = np.abs(grad)
        if not np.isfinite(sizes.max(initial=0.0)):
            sizes = sizes[np.isfinite(sizes)]
        largest = max(largest, sizes.max(initial=0.0))
        if not sizes.min(initial=np.inf):
            sizes = sizes[sizes > 0]
        smallest = min(smallest, sizes.min(initial=np.inf))
    return (float(smallest), float(largest)) if largest else (None, None)
