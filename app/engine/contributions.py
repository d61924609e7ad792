"""Whose messages a gradient is the sum of, and in which order to work them out."""

from collections.abc import Hashable

from app.engine.binding import Bindings
from app.engine.graph import Graph
from app.engine.schedule import Task

Name = tuple[str, Hashable, int]
"""What is worked out: the ``grad`` of a node, the ``message`` of a node to one of its inputs, or
the ``total`` of the messages of a family to the input that all of it shares."""


class Contributions:
    """What flows backward through a graph whose ops are bound by ``bindings``.

    Where a whole family over time sends its messages to one and the same node, such as a shared
    weight, that node's gradient is made from their total, which is one product over all time
    steps; the single messages are for the record.
    """

    def __init__(self, graph: Graph, bindings: Bindings) -> None:
        self._graph = graph
        self._bindings = bindings
        self._shared: dict[tuple[Hashable, int], bool] = {}
        self.leads: set[str] = set()
        """The nodes on the way from a parameter: their gradients are what training needs."""
        for node in graph:
            if node.role == "parameter" or not self.leads.isdisjoint(node.inputs):
                self.leads.add(node.id)

    def to(self, node_id: str) -> tuple[Name, ...]:
        """What the node's gradient is the sum of; nothing for the output, whose own is the seed."""
        if node_id == self._graph.output:
            return ()
        found: dict[Name, None] = {}
        for user, position in self._graph.consumers[node_id]:
            if user.id not in self._graph.reached:
                continue
            family = self._bindings.family[user.id]
            if self.is_shared(family, position):
                found["total", family, position] = None
            else:
                found["message", user.id, position] = None
        return tuple(found)

    def is_shared(self, family: Hashable, position: int) -> bool:
        """Whether a family that is bound as a whole has one and the same node as this input."""
        if (family, position) not in self._shared:
            nodes = self._bindings.members[family]
            same = len({node.inputs[position] for node in nodes}) == 1
            reached = self._graph.reached.issuperset(node.id for node in nodes)
            whole = family in self._bindings.whole
            self._shared[family, position] = whole and same and reached
        return self._shared[family, position]

    def list_tasks(self) -> list[Task[Name]]:
        """Everything to be worked out, from the output back to the leaves."""
        tasks: dict[Name, Task[Name]] = {}
        for node in reversed(self._graph.nodes):
            if node.constant is not None:
                continue
            grad: Name = ("grad", node.id, -1)
            needs, family = self.to(node.id), self._bindings.family[node.id]
            for need in needs:
                if need[0] == "total" and need not in tasks:
                    members = self._bindings.members[need[1]]
                    grads = tuple(("grad", member.id, -1) for member in members)
                    tasks[need] = Task(need, need, grads)
            # Only what is alike in these respects may be bound as one.
            alike = family, node.id in self.leads, node.id == self._graph.output
            tasks[grad] = Task(grad, alike, needs)
            for position, source in enumerate(node.inputs):
                if self._graph[source].constant is None:
                    name: Name = ("message", node.id, position)
                    reached = node.id in self._graph.reached
                    kind = family, position, source in self.leads, reached
                    tasks[name] = Task(name, kind, (grad,))
        return list(tasks.values())
