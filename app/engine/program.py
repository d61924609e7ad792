"""A graph bound to shapes: buffers allocated once, calls prebound, run as often as wanted.

This is the only place that differentiates. Everything that is trained, drawn or explained reads
the tape that a program writes.
"""

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
from numpy.typing import ArrayLike

from app.engine.errors import EngineError, ShapeError
from app.engine.graph import Graph, Node
from app.engine.op import Array, Binding, Call, Local, Op, Shape
from app.engine.ops import OPS
from app.engine.tape import Tape


def _allocate(shape: Shape) -> Array:
    # Batch last in memory: a layer's weights then multiply contiguous columns.
    return np.zeros(shape[::-1]).T


class Program:
    """Runs ``graph`` forward and backward for leaves of the given ``shapes``.

    ``parameters`` and ``parameter_grads`` are flat vectors; the values and gradients of all
    parameter nodes are views of them, in the graph's order. A program is not to be shared between
    threads. Raises ``ShapeError`` when shapes do not fit together.
    """

    def __init__(self, graph: Graph, shapes: Mapping[str, Shape]) -> None:
        self.graph = graph
        self.tape = Tape(graph)
        self.shapes = _infer_shapes(graph, shapes)
        self.parameters, values = self._flat_views()
        self.parameter_grads, self._grad_views = self._flat_views()
        self._bindings: dict[str, Binding] = {}
        self._forward: list[Call] = []
        self._backward: list[Call] = []
        self._missing = {node.id for node in graph.leaves}
        for node in graph:
            self.tape.values[node.id] = values.get(node.id, _allocate(self.shapes[node.id]))
            self._bind_forward(node)
        for node in reversed(graph.nodes):
            if node.constant is None:
                self._bind_backward(node)

    def load(self, values: Mapping[str, ArrayLike]) -> None:
        """Copy ``values`` into the leaves named; the others keep what they have.

        Raises ``ShapeError`` for a wrong shape and ``EngineError`` for a node that is no leaf.
        """
        for node_id, value in values.items():
            if node_id not in self.shapes or self.graph[node_id] not in self.graph.leaves:
                known = [node.id for node in self.graph.leaves]
                raise EngineError(f"{node_id} is not a leaf; the leaves are {known}")
            array = np.asarray(value, dtype=np.float64)
            if array.shape != self.shapes[node_id]:
                expected = f"shape {list(self.shapes[node_id])}"
                raise ShapeError(node_id, expected, array.shape)
            np.copyto(self.tape.values[node_id], array)
            self._missing.discard(node_id)

    def forward(self, values: Mapping[str, ArrayLike] | None = None) -> Tape:
        """Load ``values`` and compute every node from its inputs."""
        self.load(values or {})
        if self._missing:
            raise EngineError(f"no value was given for {sorted(self._missing)}")
        # Overflow and NaN are results here; they are reported, not warned about.
        with np.errstate(all="ignore"):
            for call, arguments in self._forward:
                call(*arguments)
        return self.tape

    def backward(self, seed: ArrayLike = 1.0) -> Tape:
        """Send the gradient of the output back to every node; ``seed`` is the output's own."""
        np.copyto(self.tape.grads[self.graph.output], seed)
        with np.errstate(all="ignore"):
            for call, arguments in self._backward:
                call(*arguments)
        return self.tape

    def _flat_views(self) -> tuple[Array, dict[str, Array]]:
        sizes = [int(np.prod(self.shapes[node.id])) for node in self.graph.parameters]
        flat = np.zeros(sum(sizes))
        ends = np.cumsum(sizes)
        views = {
            node.id: flat[end - size : end].reshape(self.shapes[node.id])
            for node, size, end in zip(self.graph.parameters, sizes, ends, strict=True)
        }
        return flat, views

    def _bind_forward(self, node: Node) -> None:
        value = self.tape.values[node.id]
        if node.constant is not None:
            value.fill(node.constant)
        if node.op is None:
            return
        op = OPS[node.op]
        inputs = tuple(self.tape.values[source] for source in node.inputs)
        binding = Binding(value, inputs, {**asdict(op.options()), **node.options})
        self._bindings[node.id] = binding
        self._forward += op.forward(binding)

    def _bind_backward(self, node: Node) -> None:
        self._bind_grad(node)
        if node.op is None:
            return
        for position, source in enumerate(node.inputs):
            if self.graph[source].constant is None:
                self._bind_message(node, OPS[node.op], position)

    def _bind_grad(self, node: Node) -> None:
        uses = self.graph.consumers[node.id]
        messages = [self.tape.messages[user.id, position] for user, position in uses]
        # With a single message the gradient is that message, in one and the same buffer.
        if node.id == self.graph.output or not messages:
            grad = self._grad_views.get(node.id, _allocate(self.shapes[node.id]))
        elif len(messages) == 1:
            grad = messages[0]
        else:
            grad = self._grad_views.get(node.id, _allocate(self.shapes[node.id]))
            self._backward.append((np.add, (messages[0], messages[1], grad)))
            self._backward += [(np.add, (grad, message, grad)) for message in messages[2:]]
        self.tape.grads[node.id] = grad

    def _bind_message(self, node: Node, op: Op, position: int) -> None:
        source = node.inputs[position]
        upstream, binding = self.tape.grads[node.id], self._bindings[node.id]
        fixed = None
        if len(self.graph.consumers[source]) == 1 and source != self.graph.output:
            fixed = self._grad_views.get(source)
        if not op.elementwise:
            message = _allocate(self.shapes[source]) if fixed is None else fixed
            self._backward += op.vjp(position)(binding, upstream, message)
        else:
            local = op.locals[position](binding)
            self._backward += local.calls
            self.tape.locals[node.id, position] = local.value
            message = self._multiply(upstream, local, self.shapes[source], fixed)
        self.tape.messages[node.id, position] = message

    def _multiply(self, upstream: Array, local: Local, shape: Shape, fixed: Array | None) -> Array:
        """Bind upstream times local derivative, summed over the axes that were broadcast."""
        unit = isinstance(local.value, float) and local.value == 1.0
        if unit and upstream.shape == shape and fixed is None:
            return upstream
        message = _allocate(shape) if fixed is None else fixed
        if upstream.shape == shape:
            self._backward.append((np.multiply, (upstream, local.value, message)))
            return message
        product = _allocate(upstream.shape)
        self._backward.append((np.multiply, (upstream, local.value, product)))
        added = len(upstream.shape) - len(shape)
        axes = tuple(
            axis
            for axis, size in enumerate(upstream.shape)
            if axis < added or (shape[axis - added] == 1 and size != 1)
        )
        kept = message.reshape((1,) * added + shape)
        self._backward.append((np.add.reduce, (product, axes, None, kept, True)))
        return message


def _infer_shapes(graph: Graph, leaf_shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for node in graph:
        if node.constant is not None:
            shapes[node.id] = ()
        elif node.op is None:
            if node.id not in leaf_shapes:
                raise EngineError(f"no shape was given for the leaf {node.id}")
            shapes[node.id] = tuple(leaf_shapes[node.id])
        else:
            op = OPS[node.op]
            inputs = tuple(shapes[source] for source in node.inputs)
            try:
                shapes[node.id] = op.output_shape(inputs, {**asdict(op.options()), **node.options})
            except ValueError as error:
                raise ShapeError(node.id, str(error), inputs[0]) from error
    return shapes
