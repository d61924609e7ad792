"""What is computed: an immutable list of nodes in topological order."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from app.engine.errors import EngineError
from app.engine.op import write_latex
from app.engine.ops import OPS

Role = Literal[
    "input", "target", "parameter", "preactivation", "activation", "state", "loss", "value"
]


@dataclass(frozen=True)
class Node:
    """One value of the graph. A leaf has no op; a constant is a leaf with its number."""

    id: str
    op: str | None
    inputs: tuple[str, ...]
    role: Role
    latex: str
    layer: int | None = None
    time: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    constant: float | None = None


@dataclass(frozen=True)
class Graph:
    """Nodes in topological order, and the id of the one whose gradient is asked for.

    Raises ``EngineError`` when an id is used twice, an op is unknown, or a node stands before one
    of its inputs.
    """

    nodes: tuple[Node, ...]
    output: str

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for node in self.nodes:
            if node.id in seen:
                raise EngineError(f"two nodes have the id {node.id}")
            if node.op is not None and node.op not in OPS:
                raise EngineError(f"{node.id}: no op is called {node.op}; known: {sorted(OPS)}")
            for source in node.inputs:
                if source not in seen:
                    raise EngineError(f"{node.id}: its input {source} does not stand before it")
            seen.add(node.id)
        if self.output not in seen:
            raise EngineError(f"the output {self.output} is not a node")

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    def __getitem__(self, node_id: str) -> Node:
        return self._by_id[node_id]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The nodes that get their value from outside."""
        return tuple(n for n in self.nodes if n.op is None and n.constant is None)

    @cached_property
    def parameters(self) -> tuple[Node, ...]:
        """The leaves that learning moves."""
        return tuple(n for n in self.nodes if n.role == "parameter")

    @cached_property
    def reached(self) -> frozenset[str]:
        """The nodes that the output is computed from, itself included."""
        found = {self.output}
        for node in reversed(self.nodes):
            if node.id in found:
                found.update(node.inputs)
        return frozenset(found)

    @cached_property
    def consumers(self) -> dict[str, tuple[tuple[Node, int], ...]]:
        """For each node, who uses it and at which input position."""
        uses: dict[str, list[tuple[Node, int]]] = {node.id: [] for node in self.nodes}
        for node in self.nodes:
            for position, source in enumerate(node.inputs):
                uses[source].append((node, position))
        return {node_id: tuple(found) for node_id, found in uses.items()}


class GraphBuilder:
    """Collects nodes one by one and writes their formulas from those of their inputs."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._prefix = ""
        self._time: int | None = None
        self._layer: int | None = None

    @contextmanager
    def at(self, time: int, layer: int | None = None) -> Iterator[None]:
        """Puts the nodes added inside at a time step: their ids begin with ``time{time}.``.

        They belong to ``layer`` unless they say another.
        """
        self._prefix, self._time, self._layer = f"time{time}.", time, layer
        try:
            yield
        finally:
            self._prefix, self._time, self._layer = "", None, None

    def leaf(
        self,
        node_id: str,
        role: Role,
        latex: str,
        layer: int | None = None,
    ) -> str:
        """Add a value that comes from outside; returns its id."""
        place = (self._layer if layer is None else layer, self._time)
        return self._add(Node(self._prefix + node_id, None, (), role, latex, *place))

    def constant(self, node_id: str, value: float, latex: str) -> str:
        """Add a number that never changes, once for all time steps; returns its id."""
        node = Node(node_id, None, (), "value", latex, constant=value)
        return node_id if self._nodes.get(node_id) == node else self._add(node)

    def apply(
        self,
        node_id: str,
        op: str,
        *inputs: str,
        role: Role = "value",
        latex: str | None = None,
        layer: int | None = None,
        **options: Any,
    ) -> str:
        """Add ``op`` of ``inputs``; returns its id."""
        if op not in OPS:
            raise EngineError(f"{node_id}: no op is called {op}; known: {sorted(OPS)}")
        if latex is None:
            latex = write_latex(OPS[op].latex, "", *(self._nodes[i].latex for i in inputs))
        place = (self._layer if layer is None else layer, self._time)
        return self._add(Node(self._prefix + node_id, op, inputs, role, latex, *place, options))

    def build(self, output: str) -> Graph:
        """The graph of everything added so far."""
        return Graph(tuple(self._nodes.values()), output)

    def _add(self, node: Node) -> str:
        if node.id in self._nodes:
            raise EngineError(f"two nodes have the id {node.id}")
        self._nodes[node.id] = node
        return node.id
