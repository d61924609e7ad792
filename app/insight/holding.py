"""Graphs in which some values are held: they no longer follow from what they were computed from."""

from collections.abc import Iterable
from dataclasses import replace

from app.engine.graph import Graph
from app.engine.ops import OPS
from app.engine.shapes import fill_options
from app.engine.tape import Tape


def hold(graph: Graph, node_ids: Iterable[str]) -> Graph:
    """The same graph with these nodes as leaves."""
    held = set(node_ids)
    nodes = (replace(n, op=None, inputs=(), options={}) if n.id in held else n for n in graph)
    return Graph(tuple(nodes), graph.output)


def find_cuts(tape: Tape) -> list[str]:
    """The nodes that hand a value on but no gradient back.

    Their gradients are those of the graph in which they are held.
    """
    cuts = []
    for node in tape.graph:
        if node.op is not None:
            shapes = tuple(tape.values[source].shape for source in node.inputs)
            options, op = fill_options(node), OPS[node.op]
            if all(op.dependence(shapes, options, k) is None for k in range(len(shapes))):
                cuts.append(node.id)
    return cuts
