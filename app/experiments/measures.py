"""What is measured of one run, by layer or by time step."""

from collections.abc import Iterable

import numpy as np

from app.engine.op import Array
from app.engine.ops import ACTIVATIONS
from app.engine.tape import Tape
from app.insight.diagnostics import SATURATED_SLOPE
from app.networks.dense import DenseSpec, node_of_activation

MEASURES = (
    "grad_z_rms",
    "grad_a_rms",
    "grad_weight_rms",
    "z_mean",
    "z_variance",
    "a_mean",
    "a_variance",
    "saturated",
    "dead",
)
"""Root mean squares of gradients; mean and variance of values over samples and units together;
shares of the entries whose slope is below 0.01 but not 0, and of those where it is 0."""

Measures = dict[str, Array]
"""A vector per measure: an entry per layer or time step."""


def measure_dense(tape: Tape, spec: DenseSpec) -> Measures:
    """The measures of every layer of a dense network."""
    rows = []
    for number, layer in enumerate(spec.layers, start=1):
        weight = tape.grads[f"layer{number}.weight"]
        activations = (node_of_activation(layer, number),)
        rows.append(_measure(tape, (f"layer{number}.z",), f"layer{number}.a", weight, activations))
    return _by_measure(rows)


def measure_recurrent(tape: Tape, steps: int) -> Measures:
    """The measures of every time step's cell.

    ``a`` is the state h, ``z`` whatever goes into an activation function or gate of the cell. A
    step's gradient of weights is what it sends to ``cell.weight_hh``.
    """
    activated: dict[int, list[tuple[str, str]]] = {}
    for node in tape.graph:
        if node.op in ACTIVATIONS and node.time and not node.id.endswith(".output.a"):
            source = tape.graph[node.inputs[0]]
            if source.role == "preactivation":
                activated.setdefault(node.time, []).append((source.id, node.id))
    rows = []
    for time in range(1, steps + 1):
        sources, activations = zip(*activated[time], strict=True)
        weight = tape.messages[f"time{time}.z_hh", 1]
        rows.append(_measure(tape, sources, f"time{time}.h", weight, activations))
    return _by_measure(rows)


def find_root_mean_square(*arrays: Array) -> float:
    """The root mean square of all entries together, whatever their size."""
    largest = max(float(np.abs(array).max(initial=0.0)) for array in arrays)
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    count = sum(array.size for array in arrays)
    squares = sum(float(np.square(array / largest).sum()) for array in arrays)
    return largest * float(np.sqrt(squares / count))


def find_factors(grad_z_rms: Array) -> Array:
    """The mean square gradient of each entry over that of the next; the last has none (NaN)."""
    with np.errstate(all="ignore"):
        factors = (grad_z_rms[:-1] / grad_z_rms[1:]) ** 2
    return np.append(factors, np.nan)


def _measure(
    tape: Tape, z: Iterable[str], a: str, grad_weight: Array, activations: Iterable[str]
) -> tuple[float, ...]:
    with np.errstate(all="ignore"):
        values = np.concatenate([tape.values[node].ravel() for node in z])
        shown = tape.values[a]
        slopes = [_find_slopes(tape, node) for node in activations]
        return (
            find_root_mean_square(*(tape.grads[node] for node in z)),
            find_root_mean_square(tape.grads[a]),
            find_root_mean_square(grad_weight),
            float(values.mean()),
            float(values.var()),
            float(shown.mean()),
            float(shown.var()),
            *_share(slopes),
        )


def _find_slopes(tape: Tape, activation: str) -> Array:
    local = tape.locals.get((activation, 0))
    if local is None:
        return np.array([np.nan])
    return np.broadcast_to(np.abs(np.asarray(local)), tape.values[activation].shape).ravel()


def _share(slopes: list[Array]) -> tuple[float, float]:
    """Saturated and dead; NaN where an activation mixes units and a unit has no slope."""
    every = np.concatenate(slopes)
    if np.isnan(every).any():
        return np.nan, np.nan
    return float(np.mean((every > 0) & (every < SATURATED_SLOPE))), float(np.mean(every == 0))


def _by_measure(rows: list[tuple[float, ...]]) -> Measures:
    return dict(zip(MEASURES, np.array(rows).T, strict=True))
