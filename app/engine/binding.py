"""Nodes bound to their buffers, one by one and as whole families over time."""

from collections.abc import Hashable, Mapping
from operator import itemgetter
from typing import Any

from app.engine.graph import Graph, Node
from app.engine.layout import Layout
from app.engine.memory import stack
from app.engine.op import Array, Binding, Call, Shape
from app.engine.ops import OPS
from app.engine.peers import cut
from app.engine.schedule import Task, schedule
from app.engine.shapes import fill_options


class Bindings:
    """What every op of a graph reads and writes.

    Nodes of equal name, op and shapes at different times are a family. Where the buffers of a
    family lie side by side, it has a binding as a ``whole``, of which its nodes' are the rows.
    Peers have one as well, for their local derivatives.
    """

    def __init__(self, graph: Graph, shapes: Mapping[str, Shape], layout: Layout) -> None:
        self._graph = graph
        self._shapes = shapes
        self._layout = layout
        self.family: dict[str, Hashable] = {node.id: self._name_family(node) for node in graph}
        self.members: dict[Hashable, list[Node]] = {}
        for node in graph:
            self.members.setdefault(self.family[node.id], []).append(node)
        self.number: dict[str, int] = {}
        """Which of its family a node is."""
        self.of: dict[str, Binding] = {}
        self.whole: dict[Hashable, Binding] = {}
        self._of_peers: dict[str, Binding] = {}
        for family, nodes in self.members.items():
            self.number.update({node.id: number for number, node in enumerate(nodes)})
            if nodes[0].op is not None:
                self._bind(family, nodes)

    def list_forward(self) -> list[Call]:
        """The calls that compute every node from its inputs."""
        computed = {node.id for node in self._graph if node.op is not None}
        tasks = [
            Task(node.id, self.family[node.id], tuple(computed.intersection(node.inputs)))
            for node in self._graph
            if node.id in computed
        ]
        calls: list[Call] = []
        for group in schedule(tasks):
            nodes = [self._graph[task.name] for task in group]
            if nodes[0].id not in self._layout.views:
                whole = self.find_whole(nodes)
                for binding in [whole] if whole else [self.of[node.id] for node in nodes]:
                    calls += OPS[nodes[0].op or ""].forward(binding)
        return calls

    def family_of(self, node_id: str) -> list[Node]:
        """All nodes of the node's family."""
        return self.members[self.family[node_id]]

    def find_whole(self, nodes: list[Node]) -> Binding | None:
        """The binding as a whole of a family, if these are several nodes and all of it."""
        family = self.family[nodes[0].id]
        complete = 1 < len(nodes) == len(self.members[family])
        return self.whole.get(family) if complete else None

    def find_joint(self, node: Node) -> tuple[Hashable, Binding]:
        """What the node's local derivative is worked out with: its family, its peers, or itself.

        With a name for all that have the same one.
        """
        family, peers = self.family[node.id], self._layout.peers.get(node.id)
        if peers is not None:
            first = peers.nodes[0].id
            return first, self._of_peers[first]
        return (family, self.whole[family]) if family in self.whole else (node.id, self.of[node.id])

    def take_part(self, node: Node, array: Array) -> Array:
        """The node's part of an array that belongs to what ``find_joint`` finds."""
        whole, out = self.whole.get(self.family[node.id]), self.of[node.id].out
        peers = self._layout.peers.get(node.id)
        if peers is not None:
            return cut(array, peers.starts[node.id], out.shape)
        if whole is None or array.ndim != out.ndim or len(array) != len(whole.out):
            return array
        start = self.number[node.id] * len(out)
        rows: Array = array[start : start + len(out)]
        return rows

    def _name_family(self, node: Node) -> Hashable:
        name = node.id.removeprefix(f"time{node.time}.")
        if node.time is None or name == node.id:
            return node.id
        inputs = tuple(self._shapes[source] for source in node.inputs)
        return name, node.op, repr(fill_options(node)), inputs, self._shapes[node.id]

    def _bind(self, family: Hashable, nodes: list[Node]) -> None:
        values, options = self._layout.values, fill_options(nodes[0])
        whole = self._bind_whole(nodes) if len(nodes) > 1 else None
        if whole is not None:
            self.whole[family] = whole
        for number, node in enumerate(nodes):
            out, inputs = values[node.id], tuple(values[source] for source in node.inputs)
            if node.id in self._layout.folds:
                fold = self._layout.folds[node.id]
                inputs = fold.x, fold.weight
            if node.id in self._layout.peers:
                self.of[node.id] = self._bind_peer(node, inputs, options)
            elif whole is None:
                self.of[node.id] = Binding(out, inputs, options)
            else:
                rows = slice(number * len(out), (number + 1) * len(out))
                self.of[node.id] = Binding(out, inputs, options, whole, itemgetter(rows))

    def _bind_peer(
        self, node: Node, inputs: tuple[Array, ...], options: Mapping[str, Any]
    ) -> Binding:
        peers, out = self._layout.peers[node.id], self._layout.values[node.id]
        joint = Binding(peers.out, (peers.x,), options)
        joint = self._of_peers.setdefault(peers.nodes[0].id, joint)
        start, shape = peers.starts[node.id], out.shape
        return Binding(out, inputs, options, joint, lambda whole: cut(whole, start, shape))

    def _bind_whole(self, nodes: list[Node]) -> Binding | None:
        """The nodes as one with all their rows, or ``None`` where that would be something else."""
        first, values = nodes[0], self._layout.values
        op, options, shape = OPS[first.op or ""], fill_options(first), self._shapes[first.id]
        shapes = [self._shapes[source] for source in first.inputs]
        out = stack([values[node.id] for node in nodes]) if shape else None
        if out is None:
            return None
        if not op.elementwise and (op.by_row is None or not op.by_row(shapes[0], options)):
            return None
        inputs: list[Array] = []
        for position in range(len(shapes)):
            sources = [node.inputs[position] for node in nodes]
            by_row = position == 0 if not op.elementwise else None
            found = self._read_rows(sources, shapes[position], shape, by_row)
            if found is None:
                return None
            inputs.append(found)
        if op.output_shape(tuple(array.shape for array in inputs), options) != out.shape:
            return None
        return Binding(out, tuple(inputs), options)

    def _read_rows(
        self, sources: list[str], shape: Shape, out: Shape, by_row: bool | None
    ) -> Array | None:
        # An elementwise op takes both: rows of its own, or what broadcasts over all rows.
        shared = len(set(sources)) == 1
        broadcasts = len(shape) < len(out) or shape[0] == 1
        values = self._layout.values
        if shared and (by_row is False or (by_row is None and broadcasts)):
            return values[sources[0]]
        full = by_row is True or (by_row is None and len(shape) == len(out))
        if shared or not full or shape[0] != out[0]:
            return None
        return stack([values[source] for source in sources])
