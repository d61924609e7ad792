"""What a gradient promises against what happens: one entry moved a little, the loss run again."""

from dataclasses import dataclass

import numpy as np

from app.engine.entries import Entry
from app.engine.program import Program
from app.engine.tape import Tape
from app.insight.holding import hold


@dataclass(frozen=True)
class Nudge:
    """An entry moved by ``delta``.

    ``predicted`` is the change of the loss that the gradient promises, ``grad * delta``;
    ``actual`` is the one that came.
    """

    value_before: float
    value_after: float
    grad: float
    predicted: float
    actual: float
    loss_before: float
    loss_after: float


def nudge(tape: Tape, entry: Entry, delta: float) -> Nudge:
    """Move ``entry`` by ``delta`` and run what follows from it again.

    ``tape`` is of a run that went forward and backward. Any node may be moved, not only leaves:
    what it was computed from then stays as it is.
    """
    graph = tape.graph
    moved = graph if graph[entry.node].op is None else hold(graph, [entry.node])
    leaves = {node.id: np.array(tape.values[node.id]) for node in moved.leaves}
    before, grad = (
        float(leaves[entry.node][entry.index]),
        float(tape.grads[entry.node][entry.index]),
    )
    leaves[entry.node][entry.index] = before + delta
    program = Program(moved, {name: value.shape for name, value in leaves.items()})
    outputs = np.array(tape.values[graph.output])
    after = program.forward(leaves).values[graph.output]
    with np.errstate(all="ignore"):
        return Nudge(
            before,
            float(leaves[entry.node][entry.index]),
            grad,
            grad * delta,
            float(np.sum(after - outputs)),
            float(np.sum(outputs)),
            float(np.sum(after)),
        )
