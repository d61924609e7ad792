"""Layers that do the same thing, so that their local derivatives can be worked out by one call."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from app.engine.graph import Graph, Node
from app.engine.op import Array, Shape
from app.engine.ops import OPS
from app.engine.shapes import fill_options

ENTRIES = 4_096
"""So many numbers lie in one stretch at most: on larger ones a call costs less than the memory."""
LINE = 8
"""A part begins at a multiple of so many numbers: at a cache line."""


@dataclass(frozen=True)
class Peers:
    """Nodes of one elementwise op, whose outputs and inputs are parts of one stretch each."""

    nodes: tuple[Node, ...]
    out: Array
    x: Array
    starts: Mapping[str, int]
    """By node: where its part begins, in both."""


def find_peers(
    graph: Graph, shapes: Mapping[str, Shape], padded: Collection[str], placed: Collection[str]
) -> list[Peers]:
    """Nodes of equal op and options that may lie side by side, batch last, and room for them.

    An output in ``padded`` gets room for one more column. What is ``placed`` stays where it is.
    """
    taken = set(placed)
    found: dict[str, list[list[Node]]] = {}
    for node in graph:
        op = OPS.get(node.op or "")
        if op is None or not op.elementwise or len(node.inputs) != 1 or node.id in taken:
            continue
        source = graph[node.inputs[0]]
        free = source.op is not None and source.id not in taken and source.id not in padded
        if not free or op.view is not None or OPS[source.op or ""].view is not None:
            continue
        groups = found.setdefault(f"{node.op} {fill_options(node)!r}", [[]])
        if sum(_count(shapes, each, padded) for each in (*groups[-1], node)) > ENTRIES:
            groups.append([])
        groups[-1].append(node)
        taken.update((node.id, source.id))
    groups = [group for alike in found.values() for group in alike if len(group) > 1]
    return [_make_room(group, shapes, padded) for group in groups]


def cut(stretch: Array, start: int, shape: Shape) -> Array:
    """The part of a stretch from ``start`` on, as an array of ``shape`` with the batch last."""
    return stretch[start : start + prod(shape)].reshape(shape[::-1]).T


def _make_room(nodes: list[Node], shapes: Mapping[str, Shape], padded: Collection[str]) -> Peers:
    starts, end = {}, 0
    for node in nodes:
        starts[node.id] = end
        end += _count(shapes, node, padded)
    return Peers(tuple(nodes), np.zeros(end), np.zeros(end), starts)


def _count(shapes: Mapping[str, Shape], node: Node, padded: Collection[str]) -> int:
    shape = shapes[node.id]
    size = prod(shape) + (shape[0] if node.id in padded else 0)
    return -(-size // LINE) * LINE
