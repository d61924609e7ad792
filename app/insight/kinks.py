"""Places where a function has no derivative, and which of them a step runs over."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from app.engine.entries import Entry
from app.engine.graph import Graph, GraphBuilder, Node
from app.engine.op import Array
from app.engine.ops import OPS
from app.engine.program import Program
from app.engine.shapes import fill_options

NEAR = 1e-6
BEND = 1e-3
"""A kink is where slopes this near on both sides of it differ by more than this."""


@dataclass(frozen=True)
class _Watch:
    """A node whose first input, less its second if it has two, should not pass ``at``."""

    node: Node
    at: float


class Kinks:
    """Watches the arguments of all ops that have kinks, or ties, on the way to the output."""

    def __init__(self, graph: Graph) -> None:
        self._watches: list[_Watch] = []
        for node in graph:
            if node.op is None or node.id not in graph.reached:
                continue
            op, options = OPS[node.op], fill_options(node)
            if op.ties:
                self._watches.append(_Watch(node, 0.0))
            for at in op.kinks:
                if _bends(op.name, tuple(options.items()), at):
                    self._watches.append(_Watch(node, at))

    def read(self, values: Mapping[str, Array]) -> list[Array]:
        """The watched arguments, as they are now."""
        arguments = []
        for watch in self._watches:
            first, *second = (values[source] for source in watch.node.inputs)
            arguments.append(first - second[0] if second else np.array(first))
        return arguments

    def find_crossed(self, *readings: list[Array]) -> Entry | None:
        """The first entry, in the order of the graph, whose argument moved onto or over a kink."""
        for watch, *arguments in zip(self._watches, *readings, strict=True):
            low, high = np.minimum.reduce(arguments), np.maximum.reduce(arguments)
            crossed = (low <= watch.at) & (watch.at <= high) & (low < high)
            if crossed.any():
                place = np.unravel_index(int(np.argmax(crossed)), crossed.shape)
                return Entry(watch.node.id, tuple(int(i) for i in place))
        return None


@lru_cache(maxsize=64)
def _bends(op: str, options: tuple[tuple[str, Any], ...], at: float) -> bool:
    """Whether the slope jumps at ``at`` with these options: that of elu does not with alpha 1."""
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    program = Program(graph.build(graph.apply("out", op, "x", **dict(options))), {"x": (2,)})
    program.forward({"x": [at - NEAR, at + NEAR]})
    left, right = program.backward().grads["x"]
    return bool(abs(right - left) > BEND)
