"""Where in memory every value stands, chosen so that few and large calls can fill them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.graph import Graph, Node
from app.engine.op import Array, Shape
from app.engine.ops import OPS
from app.engine.peers import Peers, cut, find_peers
from app.engine.shapes import fill_options

NARROW = 48
"""Up to so many units, weights and bias are multiplied in one product."""


@dataclass(frozen=True)
class Fold:
    """A linear map whose bias is one more column of weights, for a column of ones in x."""

    x: Array
    weight: Array
    weight_grad: Array


class Layout:
    """The buffers of all values, and of the gradients of parameters.

    ``parameters`` and ``parameter_grads`` are flat vectors, of which the values and gradients of
    the parameter nodes are views. The values of nodes that do the same at different times lie one
    after the other, batch first; elsewhere the batch comes last in memory, so that a layer's
    weights multiply contiguous columns.
    """

    def __init__(self, graph: Graph, shapes: Mapping[str, Shape]) -> None:
        self._graph = graph
        self._shapes = shapes
        self.values: dict[str, Array] = {}
        self.parameter_grad: dict[str, Array] = {}
        self.views: set[str] = set()
        self.folds: dict[str, Fold] = {}
        self.peers: dict[str, Peers] = {}
        self._blocks: dict[str, Array] = {}
        folded = self._choose_folds()
        self._place_parameters(folded)
        self._place_tracks()
        padded = {node.inputs[0] for node in folded}
        self._place_peers(padded)
        self._place_others(padded)
        for node in folded:
            x, weight = (self._blocks[source] for source in node.inputs[:2])
            self.folds[node.id] = Fold(x, weight, self._blocks[f"grad of {node.inputs[1]}"])

    def _choose_folds(self) -> list[Node]:
        """The linear nodes that are alone in using their weight and bias, and narrow enough."""
        chosen: list[Node] = []
        for node in self._graph:
            if node.op != "linear" or len(node.inputs) != 3 or node.time is not None:
                continue
            x, weight, bias = node.inputs
            units = self._shapes[node.id][1]
            fits = units <= NARROW and self._shapes[bias] == (units,)
            plain = self._graph[x].role != "parameter" and not self._may_be_view(self._graph[x])
            own = all(
                self._graph[source].role == "parameter"
                and len(self._graph.consumers[source]) == 1
                and source != self._graph.output
                for source in (weight, bias)
            )
            if fits and plain and own and self._graph[x].time is None:
                chosen.append(node)
        return chosen

    def _may_be_view(self, node: Node) -> bool:
        return node.op is not None and OPS[node.op].view is not None

    def _place_parameters(self, folded: list[Node]) -> None:
        bias_of = {node.inputs[1]: node.inputs[2] for node in folded}
        within = set(bias_of.values())
        sizes = [int(np.prod(self._shapes[node.id])) for node in self._graph.parameters]
        self.parameters, self.parameter_grads = np.zeros(sum(sizes)), np.zeros(sum(sizes))
        start = 0
        for node in self._graph.parameters:
            if node.id in within:
                continue
            shape = self._shapes[node.id]
            bias = bias_of.get(node.id)
            if bias is not None:
                shape = shape[0], shape[1] + 1
            stop = start + int(np.prod(shape))
            for flat, places, name in (
                (self.parameters, self.values, node.id),
                (self.parameter_grads, self.parameter_grad, f"grad of {node.id}"),
            ):
                block = flat[start:stop].reshape(shape)
                places[node.id] = block
                if bias is not None:
                    self._blocks[name] = block
                    places[node.id], places[bias] = block[:, :-1], block[:, -1]
            start = stop

    def _place_tracks(self) -> None:
        """Lay the values of equal name and shape at different times side by side."""
        tracks: dict[tuple[str, Shape], list[Node]] = {}
        for node in self._graph:
            shape = self._shapes[node.id]
            if node.time is not None and node.id not in self.values and len(shape) in (1, 2):
                name = node.id.removeprefix(f"time{node.time}.")
                tracks.setdefault((name, shape), []).append(node)
        for (_, shape), nodes in tracks.items():
            if len(nodes) == 1:
                continue
            buffer = np.zeros((len(nodes), *shape))
            nodes.sort(key=lambda node: node.time or 0)
            for node, value in zip(nodes, buffer, strict=True):
                self.values[node.id] = value

    def _place_peers(self, padded: set[str]) -> None:
        for peers in find_peers(self._graph, self._shapes, padded, self.values):
            for node in peers.nodes:
                shape, start = self._shapes[node.id], peers.starts[node.id]
                self.values[node.id] = cut(peers.out, start, shape)
                self.values[node.inputs[0]] = cut(peers.x, start, shape)
                self.peers[node.id] = peers
                if node.id in padded:
                    self._blocks[node.id] = cut(peers.out, start, (shape[0], shape[1] + 1))
                    self._blocks[node.id][:, -1] = 1.0

    def _place_others(self, padded: set[str]) -> None:
        for node in self._graph:
            if node.op is not None and (view := OPS[node.op].view) is not None:
                part = view(self.values[node.inputs[0]], fill_options(node))
                if part is not None and len(node.inputs) == 1:
                    self.values[node.id] = part
                    self.views.add(node.id)
            if node.id in padded and node.id not in self.values:
                self.values[node.id], self._blocks[node.id] = allocate_padded(self._shapes[node.id])
            elif node.id not in self.values:
                self.values[node.id] = allocate(self._shapes[node.id])
            if node.constant is not None:
                self.values[node.id].fill(node.constant)


def allocate(shape: Shape) -> Array:
    """A buffer with the batch last in memory."""
    return np.zeros(shape[::-1]).T


def allocate_padded(shape: Shape) -> tuple[Array, Array]:
    """A buffer of ``shape``, and the whole of it with one more column, of ones."""
    whole = allocate((shape[0], shape[1] + 1))
    whole[:, -1] = 1.0
    return whole[:, :-1], whole
