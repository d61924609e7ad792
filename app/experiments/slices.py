"""A network's loss over two of its parameters, at many values of them in one run.

The values differ from row to row of the batch, which a weight cannot do. So the graph is changed:
behind the linear map of a chosen weight, what the weight is more than before times its input is
added to its unit, with the amount as a column beside the samples. The ops are the engine's own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.engine.entries import Entry
from app.engine.graph import Graph, Node
from app.engine.op import Array
from app.engine.program import Program
from app.networks.dense import DenseSpec, build_graph
from app.networks.document import Document
from app.networks.kinds import cut_graph

ROWS = 4_096
"""So many rows of samples are run at once; they stay in the processor's cache."""


@dataclass(frozen=True)
class Slice:
    """Two entries of parameters of a dense network, each named by its node."""

    document: Document
    spec: DenseSpec
    entries: tuple[Entry, Entry]

    @property
    def center(self) -> tuple[float, float]:
        """The values of both as they are."""
        first, second = (float(self.document.parameters[e.node][e.index]) for e in self.entries)
        return first, second


def shift_graph(graph: Graph, entries: Sequence[Entry]) -> Graph:
    """``graph`` with a leaf ``shift{k}``, (rows, 1), for what is added to each of ``entries``, and
    a leaf ``unit{k}``, (units, 1), that has a 1 at its unit."""
    nodes: list[Node] = []
    renamed: dict[str, str] = {}
    for node in graph:
        nodes.append(replace(node, inputs=tuple(renamed.get(i, i) for i in node.inputs)))
        for k, entry in enumerate(entries):
            if node.op != "linear" or entry.node not in node.inputs:
                continue
            shift, unit = f"shift{k}", f"unit{k}"
            nodes += [_leaf(shift), _leaf(unit)]
            if node.inputs.index(entry.node) == 1:
                part = {"start": entry.index[1], "stop": entry.index[1] + 1}
                source = renamed.get(node.inputs[0], node.inputs[0])
                nodes.append(_apply(f"picked{k}", "slice", source, **part))
                nodes.append(_apply(f"moved{k}", "multiply", f"picked{k}", shift))
                shift = f"moved{k}"
            nodes.append(_apply(f"placed{k}", "linear", shift, unit))
            nodes.append(_apply(f"shifted{k}", "add", renamed.get(node.id, node.id), f"placed{k}"))
            renamed[node.id] = f"shifted{k}"
    return Graph(tuple(nodes), graph.output)


def _leaf(node_id: str) -> Node:
    return Node(node_id, None, (), "input", node_id)


def _apply(node_id: str, op: str, *inputs: str, **options: int) -> Node:
    return Node(node_id, op, inputs, "value", node_id, options=options)


def measure_slice(
    part: Slice,
    leaves: Mapping[str, Array],
    points: Array,
    pause: Callable[[], None] = lambda: None,
) -> Array:
    """The loss at each of ``points``, (points, 2) values of both entries, over all samples.

    ``leaves`` are the samples, the first axis counting them. ``pause`` is called between runs.
    """
    whole = build_graph(part.spec)
    graph = shift_graph(cut_graph(whole, ("loss.sample",)), part.entries)
    samples = len(leaves["x"])
    at_once = max(1, min(len(points), ROWS // samples))
    rows = at_once * samples
    tiled = {name: np.tile(value, (at_once, 1)) for name, value in leaves.items()}
    fixed = {**tiled, **part.document.parameters}
    for k, entry in enumerate(part.entries):
        fixed[f"unit{k}"] = _mark_unit(part, entry)
    shapes = {name: value.shape for name, value in fixed.items()}
    program = Program(graph, {**shapes, "shift0": (rows, 1), "shift1": (rows, 1)})
    program.load(fixed)
    shifts = points - np.array(part.center)
    losses = np.empty(len(points))
    for start in range(0, len(points), at_once):
        pause()
        some = shifts[start : start + at_once]
        # The last ones may be fewer; what stands in for the rest is not read.
        full = np.concatenate([some, np.zeros((at_once - len(some), 2))])
        columns = np.repeat(full, samples, axis=0)
        tape = program.forward({"shift0": columns[:, :1], "shift1": columns[:, 1:]})
        by_point = tape.values["loss.sample"].reshape(at_once, samples)[: len(some)]
        with np.errstate(all="ignore"):
            reduced = by_point.mean(axis=1) if part.spec.reduction == "mean" else by_point.sum(1)
        losses[start : start + len(some)] = reduced
    return losses


def _mark_unit(part: Slice, entry: Entry) -> Array:
    number = int(entry.node.removeprefix("layer").split(".")[0])
    layer = part.spec.layers[number - 1]
    if entry.node.endswith("bias") and layer.shared_bias:
        return np.ones((layer.units, 1))
    return np.eye(layer.units)[:, entry.index[0], None]
