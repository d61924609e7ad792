"""The backward calls of a graph: the only place in the project that differentiates.

Every node's gradient is the sum of the messages from its uses.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.engine.binding import Bindings
from app.engine.contributions import Contributions, Name
from app.engine.graph import Graph, Node
from app.engine.layout import Layout
from app.engine.memory import stack
from app.engine.op import Array, Binding, Call, Local, Shape, VjpRule
from app.engine.ops import OPS
from app.engine.places import Places
from app.engine.schedule import schedule
from app.engine.tape import Edge


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
        self, graph: Graph, shapes: Mapping[str, Shape], layout: Layout, bindings: Bindings
    ) -> None:
        self.calls = Calls()
        self.grads: dict[str, Array] = {}
        self.messages: dict[Edge, Array] = {}
        self.locals: dict[Edge, Array | float] = {}
        self._graph = graph
        self._shapes = shapes
        self._values = layout.values
        self._bindings = bindings
        self._flow = Contributions(graph, bindings)
        self._places = Places(shapes, layout, bindings, self._flow)
        self._totals: dict[Name, Array] = {}
        self._locals: dict[Hashable, Local] = {}
        self._worked_out: set[Hashable] = set()
        self._constant: set[Name] = set()
        for group in schedule(self._flow.list_tasks()):
            kind, owner, position = group[0].name
            nodes = [graph[str(task.name[1])] for task in reversed(group) if kind != "total"]
            if kind == "total":
                self._bind_total(owner, position)
            elif kind == "grad":
                self._bind_grads(nodes)
            else:
                self._bind_messages(nodes, position)

    def _add(self, calls: Sequence[Call], wanted: bool, constant: bool = False) -> None:
        if not wanted:
            self.calls.recorded += calls
        elif constant:
            self.calls.seeded += calls
        else:
            self.calls.needed += calls

    def _bind_grads(self, nodes: list[Node]) -> None:
        names = [self._flow.to(node.id) for node in nodes]
        parts = [[self._read(name) for name in own] for own in names]
        for node, own, found in zip(nodes, names, parts, strict=True):
            if self._constant.issuperset(own):
                self._constant.add(("grad", node.id, -1))
            # With a single part the gradient is that part, in one and the same buffer.
            alone = len(found) == 1
            self.grads[node.id] = found[0] if alone else self._places.place_grad(node)
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
        self._add(calls, nodes[0].id in self._flow.leads, constant)

    def _read(self, name: Name) -> Array:
        kind, owner, position = name
        return self._totals[name] if kind == "total" else self.messages[str(owner), position]

    def _bind_messages(self, nodes: list[Node], position: int) -> None:
        shared = self._flow.is_shared(self._bindings.family[nodes[0].id], position)
        whole = self._bindings.find_whole(nodes)
        upstream = None if whole is None else stack([self.grads[node.id] for node in nodes])
        if nodes[0].id not in self._graph.reached:
            self._bind_nothing(nodes, position)
        elif whole is None or upstream is None or (shared and OPS[nodes[0].op or ""].elementwise):
            for node in nodes:
                binding, grad = self._bindings.of[node.id], self.grads[node.id]
                self._bind_message([node], position, binding, grad, shared=shared)
        elif shared:
            self._bind_messages_apart(nodes, position, whole, upstream)
        else:
            self._bind_message(nodes, position, whole, upstream)

    def _bind_nothing(self, nodes: list[Node], position: int) -> None:
        for node in nodes:
            # Not 0 times the local derivative, which may be infinite.
            self.messages[node.id, position] = np.zeros(self._shapes[node.inputs[position]])
            self._bind_local([node], position, wanted=False)

    def _bind_message(
        self,
        nodes: list[Node],
        position: int,
        binding: Binding,
        upstream: Array,
        *,
        shared: bool = False,
    ) -> None:
        """Bind the messages of one node, or of a whole family, to their inputs."""
        op = OPS[nodes[0].op or ""]
        wanted = nodes[0].inputs[position] in self._flow.leads and not shared
        steady = all(("grad", node.id, -1) in self._constant for node in nodes)
        local = self._bind_local(nodes, position, wanted, steady)
        unit = local is not None and isinstance(local.value, float) and local.value == 1.0
        messages, target = self._places.place_messages(nodes, position, unit, shared)
        for number, node in enumerate(nodes):
            message = self.grads[node.id] if messages is None else messages[number]
            self.messages[node.id, position] = message
        affine = op.affine if local is None else isinstance(local.value, float)
        constant = affine and steady
        if constant:
            self._constant.update(("message", node.id, position) for node in nodes)
        if steady and wanted and local is not None and local.product is not None:
            factor, value = local.product
            scaled = np.zeros_like(upstream)
            self._add([(np.multiply, (upstream, factor, scaled))], wanted, constant=True)
            local, upstream = Local(value), scaled
        if target is not None:
            calls = _send(local or op.vjp(position), binding, upstream, target)
            self._add(calls, wanted, constant)

    def _bind_messages_apart(
        self, nodes: list[Node], position: int, whole: Binding, upstream: Array
    ) -> None:
        """Bind the single messages of a family to the input that all of it shares."""

        def part(array: Array) -> Array:
            return array.reshape(len(nodes), -1, *array.shape[1:])

        messages = self._places.place_apart(nodes, position)
        binding = Binding(part(whole.out), (part(whole.x), *whole.inputs[1:]), whole.options)
        rule = OPS[nodes[0].op or ""].vjp(position)
        self._add(rule(binding, part(upstream), messages), wanted=False)
        for node, message in zip(nodes, messages, strict=True):
            self.messages[node.id, position] = message

    def _bind_total(self, family: Hashable, position: int) -> None:
        """Bind the sum of a family's messages to the input that all of it shares."""
        nodes, whole = self._bindings.members[family], self._bindings.whole[family]
        source = nodes[0].inputs[position]
        wanted = source in self._flow.leads
        upstream = stack([self.grads[node.id] for node in nodes])
        if upstream is None:
            upstream = np.zeros_like(whole.out)
            for node, rows in zip(nodes, np.split(upstream, len(nodes)), strict=True):
                self._add([(np.copyto, (rows, self.grads[node.id]))], wanted)
        total = self._places.place_total(source)
        self._totals["total", family, position] = total
        local = self._bind_local(nodes, position, wanted)
        rule = local or OPS[nodes[0].op or ""].vjp(position)
        self._add(_send(rule, whole, upstream, total), wanted)

    def _bind_local(
        self, nodes: list[Node], position: int, wanted: bool, steady: bool = False
    ) -> Local | None:
        """The local derivative of one node, or of a whole family; ``None`` if there is none.

        For a ``steady`` upstream gradient, its product is enough where it has one.
        """
        op = OPS[nodes[0].op or ""]
        if not op.elementwise:
            return None
        joint, binding = self._bindings.find_joint(nodes[0])
        key = joint, position
        if key not in self._locals:
            self._locals[key] = self._settle(op.locals[position](binding), nodes[0])
        local = self._locals[key]
        wanted = wanted and not (steady and local.product)
        if (*key, wanted) not in self._worked_out:
            self._worked_out.add((*key, wanted))
            self._add(local.calls, wanted)
        parts = [self._take_part(node, local) for node in nodes]
        for node, part in zip(nodes, parts, strict=True):
            self.locals[node.id, position] = part.value
        return parts[0] if len(nodes) == 1 else local

    def _take_part(self, node: Node, local: Local) -> Local:
        """The node's own part of a local derivative that it may share with others."""
        product = local.product
        if product is not None:
            product = product[0], self._bindings.take_part(node, product[1])
        value = local.value
        if not isinstance(value, float):
            value = self._bindings.take_part(node, value)
        return Local(value, (), product)

    def _settle(self, local: Local, node: Node) -> Local:
        """The same with a number for the value of a constant."""
        for source in node.inputs:
            constant = self._graph[source].constant
            if constant is not None and local.value is self._values[source]:
                return Local(constant)
        return local


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
