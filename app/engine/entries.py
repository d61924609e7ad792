"""The graph behind a tape taken apart into single numbers: who reads whom, and how strongly."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from math import prod

import numpy as np

from app.engine.dependence import Box, Dependence, Index, find_fed, find_read
from app.engine.op import Array, Binding, Op
from app.engine.ops import OPS
from app.engine.shapes import fill_options
from app.engine.tape import Tape

KEPT_MESSAGES = 1_024


@dataclass(frozen=True)
class Entry:
    """One number of a node; ``index`` has an index per axis of the node's value."""

    node: str
    index: Index


@dataclass(frozen=True)
class Use:
    """A computation of ``entry`` from another entry, its node's input at ``position``."""

    entry: Entry
    position: int


class Entries:
    """What a tape says about single entries.

    Reads the tape's buffers when asked, so it is of no use after the program's next run.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.shapes = {node.id: tape.values[node.id].shape for node in tape.graph}
        self._dependence = cache(self._find_dependence)
        self._bind = lru_cache(KEPT_MESSAGES)(self._bind_entry)
        self._send = lru_cache(KEPT_MESSAGES)(self._send_one)

    def value(self, entry: Entry) -> float:
        """The number itself."""
        return float(self.tape.values[entry.node][entry.index])

    def grad(self, entry: Entry) -> float:
        """The derivative of the graph's output by it."""
        return float(self.tape.grads[entry.node][entry.index])

    def dependence(self, node_id: str, position: int) -> Dependence:
        """Which entries of a node depend on which entries of one of its inputs."""
        return self._dependence(node_id, position)

    def list_uses(self, entry: Entry) -> Iterator[Use]:
        """Everything on the way to the output that is computed from ``entry``."""
        for node_id, position, box in self._find_users(entry):
            for index in product(*map(_range, box)):
                yield Use(Entry(node_id, index), position)

    def count_uses(self, entry: Entry) -> int:
        """How many uses there are."""
        boxes = (box for _, _, box in self._find_users(entry))
        return sum(prod(axis.stop - axis.start for axis in box) for box in boxes)

    def list_read(self, entry: Entry, position: int) -> list[Index]:
        """The indices of the entries of an input that ``entry`` is computed from."""
        shape = self._input_shapes(entry.node)[position]
        box = find_read(self.dependence(entry.node, position), shape, entry.index)
        return [] if box is None else list(product(*map(_range, box)))

    def local(self, entry: Entry, use: Use) -> float:
        """The local derivative of ``use.entry`` by ``entry``.

        Where an op mixes entries, this is what its own rule sends to ``entry`` for an upstream
        gradient of 1 at ``use.entry`` and 0 everywhere else.
        """
        node = self.tape.graph[use.entry.node]
        if self._op(node.id).elementwise:
            local = np.asarray(self.tape.locals[node.id, use.position])
            return float(np.broadcast_to(local, self.shapes[node.id])[use.entry.index])
        message, start = self._send(use.entry, use.position)
        place = tuple(i - first for i, first in zip(entry.index, start, strict=True))
        return float(message[place])

    def _op(self, node_id: str) -> Op:
        return OPS[self.tape.graph[node_id].op or ""]

    def _input_shapes(self, node_id: str) -> tuple[tuple[int, ...], ...]:
        return tuple(self.shapes[source] for source in self.tape.graph[node_id].inputs)

    def _find_dependence(self, node_id: str, position: int) -> Dependence:
        options = fill_options(self.tape.graph[node_id])
        return self._op(node_id).dependence(self._input_shapes(node_id), options, position)

    def _find_users(self, entry: Entry) -> Iterator[tuple[str, int, Box]]:
        graph = self.tape.graph
        if entry.node == graph.output:
            return
        for user, position in graph.consumers[entry.node]:
            if user.id in graph.reached:
                dependence = self.dependence(user.id, position)
                box = find_fed(dependence, self.shapes[user.id], entry.index)
                if box is not None:
                    yield user.id, position, box

    def _send_one(self, entry: Entry, position: int) -> tuple[Array, Index]:
        """What goes to an input for a gradient of 1 at ``entry``; where in the input it stands."""
        binding, upstream, starts = self._bind(entry)
        message = np.zeros_like(binding.inputs[position], order="C")
        with np.errstate(all="ignore"):
            for call, arguments in self._op(entry.node).vjp(position)(binding, upstream, message):
                call(*arguments)
        return message, starts[position]

    def _bind_entry(self, entry: Entry) -> tuple[Binding, Array, list[Index]]:
        """The op bound to no more than it takes to compute ``entry``, and a gradient of 1 there."""
        node, op = self.tape.graph[entry.node], self._op(entry.node)
        values, options = [self.tape.values[source] for source in node.inputs], fill_options(node)
        boxes = self._choose_boxes(entry)
        inputs = tuple(value[box] for value, box in zip(values, boxes, strict=True))
        shape = op.output_shape(tuple(part.shape for part in inputs), options)
        upstream = np.zeros(shape)
        # An axis is either cut down to the entry's own index or left as it is.
        full = self.shapes[node.id]
        place = zip(entry.index, shape, full, strict=True)
        upstream[tuple(i if size == of else 0 for i, size, of in place)] = 1.0
        binding = Binding(np.zeros(shape), inputs, options)
        if not op.affine:
            with np.errstate(all="ignore"):
                for call, arguments in op.forward(binding):
                    call(*arguments)
        return binding, upstream, [tuple(axis.start for axis in box) for box in boxes]

    def _choose_boxes(self, entry: Entry) -> list[Box]:
        """The smallest parts of the inputs from which the op computes ``entry`` as it does."""
        node, op = self.tape.graph[entry.node], self._op(entry.node)
        shapes, options = self._input_shapes(node.id), fill_options(node)
        whole: list[Box] = [tuple(slice(0, size) for size in shape) for shape in shapes]
        least = [
            find_read(self.dependence(node.id, position), shape, entry.index) or whole[position]
            for position, shape in enumerate(shapes)
        ]
        parts = tuple(tuple(axis.stop - axis.start for axis in box) for box in least)
        try:
            alone = prod(op.output_shape(parts, options)) == 1
        except ValueError:
            alone = False
        if alone:
            return least
        if op.by_row is not None and op.by_row(shapes[0], options):
            row = slice(entry.index[0], entry.index[0] + 1)
            return [(row, *whole[0][1:]), *whole[1:]]
        return whole


def _range(axis: slice) -> range:
    return range(axis.start, axis.stop)
