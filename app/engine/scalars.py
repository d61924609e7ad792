"""Graphs of single numbers, run on Python's own floats: arrays of one number cost five times that.

Every value and every local derivative is a slot of one list. All of backpropagation is then
``grads[source] += grads[node] * slots[local]``, edge by edge. What runs often is written out.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TypeVar

import numpy as np

from app.engine.arrays import ArrayRun, walk
from app.engine.errors import EngineError
from app.engine.graph import Graph, Node
from app.engine.op import Array, Call, Shape
from app.engine.ops import OPS
from app.engine.quiet import make_quiet
from app.engine.straight import NODES, RUNS, Derivative, Step, write_backward, write_forward
from app.engine.tape import Edge, Tape

Key = TypeVar("Key", bound=Hashable)


class ScalarRun:
    """Runs a graph whose values are all single numbers.

    Where floats raise an error, as in a division by 0, the run is done on arrays instead, so that
    it has the infinity or NaN that it should have.
    """

    def __init__(self, graph: Graph, shapes: Mapping[str, Shape]) -> None:
        self._graph = graph
        self._shapes = shapes
        ids = [node.id for node in graph.parameters]
        self.parameters, self.parameter_grads = np.zeros(len(ids)), np.zeros(len(ids))
        others = [node for node in graph if node.role != "parameter"]
        # What is computed comes last, every node after its inputs.
        ids += [n.id for n in sorted(others, key=lambda n: n.op is not None)]
        # Slot 0 is the second input of ops that have none.
        self._place = {node_id: place for place, node_id in enumerate(ids, start=1)}
        self._slots = [float("nan")] + [0.0] * len(ids)
        self._nothing = [0.0] * len(self._slots)
        self._grads = list(self._nothing)
        self._steps: list[Step] = []
        self._derivatives: list[Derivative] = []
        self._edges: list[tuple[int, int, int]] = []
        self._local: dict[Edge, int] = {}
        self._texts: dict[int, str] = {}
        self._forwards = self._backwards = 0
        self._straight_forward: Callable[[list[float]], None] | None = None
        self._straight_backward: Callable[[list[float], list[float], float], None] | None = None
        self._arrays: ArrayRun | None = None
        self._on_arrays = False
        self._quiet = make_quiet()
        for node in graph:
            self._bind_value(node)
        self._bind_edges()
        self.tape = self._make_tape()

    @staticmethod
    def suits(graph: Graph, shapes: Mapping[str, Shape]) -> bool:
        """Whether all values are single numbers, and all ops know how to do with them."""
        plain = all(shape == () for shape in shapes.values())
        return plain and all(n.op is None or OPS[n.op].floats is not None for n in graph)

    def load(self, node_id: str, value: Array) -> None:
        """Set a leaf."""
        place = self._place[node_id]
        self._slots[place] = float(value)
        if place <= len(self.parameters):
            self.parameters[place - 1] = value

    def forward(self) -> None:
        """Compute every node from its inputs."""
        slots = self._slots
        slots[1 : len(self.parameters) + 1] = self.parameters.tolist()
        self._on_arrays = False
        self._forwards += 1
        if self._forwards == RUNS and len(self._place) <= NODES:
            self._straight_forward = write_forward(self._steps, self._texts)
        try:
            if self._straight_forward is not None:
                self._straight_forward(slots)
                return
            for place, call, first, second in self._steps:
                slots[place] = call(slots[first], slots[second]) if second else call(slots[first])
        except (ArithmeticError, ValueError):
            self._run_arrays()

    def backward(self, seed: Array | float, record: bool) -> None:  # noqa: ARG002
        """Send ``seed``, the gradient of the output, back to every node; all is on record."""
        self._backwards += 1
        if self._backwards == RUNS and len(self._place) <= NODES:
            self._straight_backward = self._write_backward()
        if not self._on_arrays:
            try:
                if self._straight_backward is None:
                    self._walk_derivatives()
                else:
                    self._straight_backward(self._slots, self._grads, float(seed))
            except (ArithmeticError, ValueError):
                self._run_arrays()
        if self._on_arrays or self._straight_backward is None:
            self._walk_edges(float(seed))
        self.parameter_grads[:] = self._grads[1 : len(self.parameters) + 1]

    def differentiate(self, then: tuple[Call, ...]) -> Array:
        """Run forward and back from 1, and ``then``; returns the output."""
        self.forward()
        self.backward(1.0, record=False)
        self._quiet.run(walk, then)
        return self.tape.values[self._graph.output]

    def _walk_derivatives(self) -> None:
        slots = self._slots
        for place, call, first, second, out in self._derivatives:
            slots[place] = call(slots[first], slots[second], slots[out])

    def _walk_edges(self, seed: float) -> None:
        slots, grads = self._slots, self._grads
        grads[:] = self._nothing
        grads[self._place[self._graph.output]] = seed
        for node, source, local in self._edges:
            grads[source] += grads[node] * slots[local]

    def _write_backward(self) -> Callable[[list[float], list[float], float], None]:
        output = self._place[self._graph.output]
        count, lists = len(self._place), (self._derivatives, self._edges)
        return write_backward(count, output, *lists, self._texts)

    def _bind_value(self, node: Node) -> None:
        place = self._place[node.id]
        if node.constant is not None:
            self._slots[place] = node.constant
        if node.op is None:
            return
        floats = OPS[node.op].floats
        if floats is None:
            raise EngineError(f"{node.id}: {node.op} is not for single numbers")
        first, second = ([self._place[source] for source in node.inputs] + [0])[:2]
        self._steps.append((place, floats.forward, first, second))
        self._texts[place] = floats.text
        texts = floats.local_texts or ("",) * len(floats.locals)
        for position, (source, local) in enumerate(zip(node.inputs, floats.locals, strict=True)):
            if self._graph[source].constant is not None:
                continue
            if isinstance(local, int):
                self._local[node.id, position] = (place, first, second)[local]
                continue
            slot = self._local[node.id, position] = len(self._slots)
            if isinstance(local, float):
                self._slots.append(local)
                self._texts[slot] = str(local)
            else:
                self._derivatives.append((slot, local, first, second, place))
                self._texts[slot] = texts[position]
                self._slots.append(0.0)

    def _bind_edges(self) -> None:
        for node in reversed(self._graph.nodes):
            for position, source in enumerate(node.inputs):
                edge = node.id, position
                if edge in self._local and node.id in self._graph.reached:
                    places = self._place[node.id], self._place[source]
                    self._edges.append((*places, self._local[edge]))

    def _make_tape(self) -> Tape:
        own = {n.id: self._place[n.id] for n in self._graph if n.constant is None}
        return Tape(
            self._graph,
            Numbers(self._slots, self._place),
            Numbers(self._grads, own),
            Messages(self._graph, self._grads, self._slots, self._place, self._local),
            Numbers(self._slots, self._local),
        )

    def _run_arrays(self) -> None:
        """Do the run on arrays, and take over its values and local derivatives."""
        self._on_arrays = True
        if self._arrays is None:
            self._arrays = ArrayRun(self._graph, self._shapes)
        for node in self._graph.leaves:
            self._arrays.load(node.id, self.tape.values[node.id])
        self._arrays.forward()
        self._arrays.backward(1.0, record=True)
        tape = self._arrays.tape
        for node_id, place in self._place.items():
            self._slots[place] = float(tape.values[node_id])
        for edge, place in self._local.items():
            self._slots[place] = float(tape.locals[edge])


class Numbers(Mapping[Key, Array]):
    """Entries of a list by name, as arrays without axes."""

    def __init__(self, numbers: list[float], places: Mapping[Key, int]) -> None:
        self._numbers = numbers
        self._places = places

    def __getitem__(self, key: Key) -> Array:
        return np.array(self._numbers[self._places[key]])

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Messages(Numbers[Edge]):
    """What went back along each edge: the upstream gradient times the local derivative."""

    def __init__(
        self,
        graph: Graph,
        grads: list[float],
        slots: list[float],
        places: Mapping[str, int],
        local: Mapping[Edge, int],
    ) -> None:
        super().__init__(slots, local)
        self._graph = graph
        self._grads = grads
        self._nodes = places

    def __getitem__(self, edge: Edge) -> Array:
        local = self._numbers[self._places[edge]]
        if edge[0] not in self._graph.reached:
            return np.array(0.0)
        return np.array(self._grads[self._nodes[edge[0]]] * local)
