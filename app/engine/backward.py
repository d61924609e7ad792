"""The backward calls of a graph: the only place in the project that differentiates.

Every node's gradient is the sum of the messages from its uses. Where a whole family over time
sends its messages to one and the same node, such as a shared weight, their sum is taken in one
product over all time steps, and the single messages are for the record.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.engine.binding import Bindings
from app.engine.graph import Graph, Node
from app.engine.layout import Layout, allocate, allocate_padded
from app.engine.memory import stack
from app.engine.op import Array, Binding, Call, Local, Shape, VjpRule
from app.engine.ops import OPS
from app.engine.schedule import Task, schedule
from app.engine.tape import Edge

Name = tuple[str, Hashable, int]
"""What is worked out: ``grad`` of a node, ``message`` of a node to one of its inputs, or the
``total`` of the messages of a family to the input that all of it shares."""


@dataclass
class Calls:
    """Backward calls by when they have to run.

    ``seeded`` depend on the seed alone, ``needed`` lead to gradients of parameters, and
    ``recorded`` fill what is left of the tape.
    """

    seeded: list[Call] = field(default_factory=list)
    needed: list[Call] = field(default_factory=list)
    recorded: list[Call] = field(default_factory=list)


class Backward:
    """The backward calls of a graph, and the buffers of all that they fill."""

    def __init__(
        self,
        graph: Graph,
        shapes: Mapping[str, Shape],
        layout: Layout,
        bindings: Bindings,
    ) -> None:
        self.calls = Calls()
        self.grads: dict[str, Array] = {}
        self.messages: dict[Edge, Array] = {}
        self.locals: dict[Edge, Array | float] = {}
        self._graph = graph
        self._shapes = shapes
        self._layout = layout
        self._bindings = bindings
        self._totals: dict[Name, Array] = {}
        self._locals: dict[Hashable, Local] = {}
        self._blocks: dict[Hashable, Array] = {}
        self._constant: set[Name] = set()
        self._leads = self._find_leads()
        for group in schedule(self._list_tasks()):
            kind, _, position = group[0].name
            if kind == "total":
                self._bind_total(group[0].name)
                continue
            nodes = [graph[str(task.name[1])] for task in reversed(group)]
            if kind == "grad":
                self._bind_grads(nodes)
            else:
                self._bind_messages(nodes, position)

    def _find_leads(self) -> set[str]:
        """The nodes on the way to a parameter."""
        leads: set[str] = set()
        for node in self._graph:
            if node.role == "parameter" or not leads.isdisjoint(node.inputs):
                leads.add(node.id)
        return leads

    def _list_tasks(self) -> list[Task[Name]]:
        tasks: list[Task[Name]] = []
        family, output = self._bindings.family, self._graph.output
        for node in reversed(self._graph.nodes):
            if node.constant is not None:
                continue
            wanted = node.id in self._leads
            grad: Name = ("grad", node.id, -1)
            apart = node.id if node.id == output else family[node.id]
            own: tuple[Hashable, ...] = ("grad", apart, wanted)
            for need in self._contributions(node.id):
                if need[0] == "total" and need not in self._totals:
                    self._totals[need] = np.zeros(0)
                    members = self._bindings.members[need[1]]
                    grads = tuple(("grad", member.id, -1) for member in members)
                    tasks.append(Task(need, need, grads))
            tasks.append(Task(grad, own, self._contributions(node.id)))
            for position, source in enumerate(node.inputs):
                if self._graph[source].constant is None:
                    reached = node.id in self._graph.reached
                    alike = family[node.id], position, source in self._leads, reached
                    tasks.append(Task(("message", node.id, position), alike, (grad,)))
        return tasks

    def _contributions(self, node_id: str) -> tuple[Name, ...]:
        """What the node's gradient is the sum of."""
        if node_id == self._graph.output:
            return ()
        found: dict[Name, None] = {}
        for user, position in self._graph.consumers[node_id]:
            if user.id not in self._graph.reached:
                continue
            family = self._bindings.family[user.id]
            shared = self._bindings.shares(family, position)
            found["total" if shared else "message", family if shared else user.id, position] = None
        return tuple(found)

    def _read(self, name: Name) -> Array:
        kind, owner, position = name
        return self._totals[name] if kind == "total" else self.messages[str(owner), position]

    def _add(self, calls: Sequence[Call], wanted: bool, constant: bool = False) -> None:
        if not wanted:
            self.calls.recorded += calls
        elif constant:
            self.calls.seeded += calls
        else:
            self.calls.needed += calls

    def _bind_grads(self, nodes: list[Node]) -> None:
        names = [self._contributions(node.id) for node in nodes]
        parts = [[self._read(name) for name in own] for own in names]
        for node, own, found in zip(nodes, names, parts, strict=True):
            if self._constant.issuperset(own):
                self._constant.add(("grad", node.id, -1))
            # With a single part the gradient is that part, in one and the same buffer.
            alone = len(found) == 1
            self.grads[node.id] = found[0] if alone else self._place_grad(node)
        if len(nodes) > 1 and len({len(own) for own in parts}) == 1 and len(parts[0]) > 1:
            grad = stack([self.grads[node.id] for node in nodes])
            columns = [stack(column) for column in zip(*parts, strict=True)]
            stacked = [column for column in columns if column is not None]
            if grad is not None and len(stacked) == len(columns):
                self._bind_sum(nodes, stacked, grad)
                return
        for node, found in zip(nodes, parts, strict=True):
            if len(found) > 1:
                self._bind_sum([node], found, self.grads[node.id])

    def _bind_sum(self, nodes: list[Node], parts: list[Array], grad: Array) -> None:
        calls: list[Call] = [(np.add, (parts[0], parts[1], grad))]
        calls += [(np.add, (grad, part, grad)) for part in parts[2:]]
        constant = all(("grad", node.id, -1) in self._constant for node in nodes)
        self._add(calls, nodes[0].id in self._leads, constant)

    def _place_grad(self, node: Node) -> Array:
        fixed = self._layout.parameter_grad.get(node.id)
        return self._allocate("grad", node, node.id) if fixed is None else fixed

    def _allocate(self, kind: Hashable, node: Node, like: str) -> Array:
        """A buffer of the shape of ``like``; those of a family lie side by side."""
        owner, shape = node.id, self._shapes[like]
        if len(self._bindings.family_of(node.id)) == 1 and node.inputs.count(like) == 1:
            # From one to each of a family, as the loss sends them to all time steps.
            owner, kind = like, ("from", node.id)
        members = self._bindings.family_of(owner)
        if len(members) == 1:
            return allocate(shape)
        key = kind, self._bindings.family[owner], shape
        if key not in self._blocks:
            self._blocks[key] = np.zeros((len(members), *shape))
        slot: Array = self._blocks[key][self._bindings.number[owner], ...]
        return slot

    def _bind_messages(self, nodes: list[Node], position: int) -> None:
        if nodes[0].id not in self._graph.reached:
            # Not 0 times the local derivative, which may be infinite.
            for node in nodes:
                self._bind_local([node], position, wanted=False)
                source = node.inputs[position]
                self.messages[node.id, position] = np.zeros(self._shapes[source])
            return
        shared = ("total", self._bindings.family[nodes[0].id], position) in self._totals
        upstream = None if shared else stack([self.grads[node.id] for node in nodes])
        if upstream is None or len(self._bindings.bind_group(nodes)) > 1:
            for node in nodes:
                self._bind_message([node], position, self.grads[node.id], shared)
        else:
            self._bind_message(nodes, position, upstream, shared)

    def _bind_message(
        self, nodes: list[Node], position: int, upstream: Array, shared: bool
    ) -> None:
        """Bind the messages of one node, or of a whole family, to their inputs."""
        op, source = OPS[nodes[0].op or ""], nodes[0].inputs[position]
        wanted = source in self._leads and not shared
        local = self._bind_local(nodes, position, wanted)
        messages, target = self._place_messages(nodes, position, local, shared)
        for node, message in zip(nodes, messages, strict=True):
            self.messages[node.id, position] = message
        affine = op.affine if local is None else isinstance(local.value, float)
        constant = affine and all(("grad", node.id, -1) in self._constant for node in nodes)
        if constant:
            self._constant.update(("message", node.id, position) for node in nodes)
        if target is not None:
            binding = self._bindings.bind_group(nodes)[0]
            calls = _send(local or op.vjp(position), binding, upstream, target)
            self._add(calls, wanted, constant)

    def _place_messages(
        self, nodes: list[Node], position: int, local: Local | None, shared: bool
    ) -> tuple[list[Array], Array | None]:
        """The message of each node, and what to write them into: ``None`` if nothing is to be."""
        node, source = nodes[0], nodes[0].inputs[position]
        fixed = None
        if not shared and len(self._contributions(source)) == 1:
            fixed = self._layout.parameter_grad.get(source)
        fold = self._layout.folds.get(node.id)
        if fold is not None and position == 0:
            message, whole = allocate_padded(self._shapes[source])
            return [message], whole
        if fold is not None and fixed is not None:
            return [fixed], fold.weight_grad if position == 1 else None
        if fixed is not None:
            return [fixed], fixed
        unit = local is not None and isinstance(local.value, float) and local.value == 1.0
        if unit and self._shapes[source] == self._shapes[node.id]:
            return [self.grads[each.id] for each in nodes], None
        messages = [self._allocate(position, each, source) for each in nodes]
        return messages, stack(messages)

    def _bind_local(self, nodes: list[Node], position: int, wanted: bool) -> Local | None:
        """The local derivative of one node, or of a whole family; ``None`` if there is none."""
        family = self._bindings.family[nodes[0].id]
        op, whole = OPS[nodes[0].op or ""], self._bindings.whole.get(family)
        if not op.elementwise:
            return None
        key = (nodes[0].id if whole is None else family), position, wanted
        if key not in self._locals:
            binding = self._bindings.of[nodes[0].id] if whole is None else whole
            self._locals[key] = self._settle(op.locals[position](binding), nodes[0])
            self._add(self._locals[key].calls, wanted)
        local = self._locals[key]
        parts = [self._bindings.take_rows(node, local.value) for node in nodes]
        for node, part in zip(nodes, parts, strict=True):
            self.locals[node.id, position] = part
        return Local(parts[0]) if len(nodes) == 1 else local

    def _settle(self, local: Local, node: Node) -> Local:
        """The same with a number for the value of a constant."""
        for source in node.inputs:
            constant = self._graph[source].constant
            if constant is not None and local.value is self._layout.values[source]:
                return Local(constant)
        return local

    def _bind_total(self, name: Name) -> None:
        """Bind the sum of a family's messages to the input that all of it shares."""
        _, family, position = name
        nodes = self._bindings.members[family]
        op, source = OPS[nodes[0].op or ""], nodes[0].inputs[position]
        whole, wanted = self._bindings.whole[family], source in self._leads
        upstream = stack([self.grads[node.id] for node in nodes])
        if upstream is None:
            upstream = np.zeros_like(whole.out)
            for node, rows in zip(nodes, np.split(upstream, len(nodes)), strict=True):
                self._add([(np.copyto, (rows, self.grads[node.id]))], wanted)
        fixed = self._layout.parameter_grad.get(source)
        if fixed is None or len(self._contributions(source)) > 1:
            fixed = allocate(self._shapes[source])
        self._totals[name] = fixed
        local = self._bind_local(nodes, position, wanted)
        self._add(_send(local or op.vjp(position), whole, upstream, fixed), wanted)


def _send(rule: Local | VjpRule, binding: Binding, upstream: Array, message: Array) -> list[Call]:
    """The calls that write the message of ``upstream`` to an input."""
    if not isinstance(rule, Local):
        return rule(binding, upstream, message)
    if upstream.shape == message.shape:
        return [(np.multiply, (upstream, rule.value, message))]
    # What was broadcast is summed over.
    product = np.zeros_like(upstream)
    added = product.ndim - message.ndim
    axes = tuple(
        axis
        for axis, size in enumerate(product.shape)
        if axis < added or (message.shape[axis - added] == 1 and size != 1)
    )
    kept = message.reshape((1,) * added + message.shape)
    return [
        (np.multiply, (upstream, rule.value, product)),
        (np.add.reduce, (product, axes, None, kept, True)),
    ]
