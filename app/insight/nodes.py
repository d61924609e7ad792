"""One sample's numbers on a tape, node by node, with the local derivatives on its edges."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.engine.entries import Entries, Entry, Use
from app.engine.graph import Node
from app.engine.op import Array, write_latex
from app.engine.ops import OPS
from app.engine.tape import Tape
from app.networks.notation import POWER, PRODUCT, hold, wrap

SHARED_ROLES = ("parameter", "loss")
"""Roles of nodes that belong to no sample."""


@dataclass(frozen=True)
class NodeReading:
    """What a tape says about one sample of a batch of the given size.

    ``symbol`` stands for what the gradients are of.
    """

    tape: Tape
    sample: int = 0
    batch: int = 1
    symbol: str = "L"

    def row(self, node_id: str, array: Array) -> Array:
        """The sample's part of an array that is shaped as the node's value."""
        node = self.tape.graph[node_id]
        batched = node.role not in SHARED_ROLES and array.ndim > 0 and len(array) == self.batch
        row: Array = array[self.sample] if batched else array
        return np.asarray(row)

    def value(self, node_id: str) -> Array:
        """The node's value for the sample."""
        return self.row(node_id, self.tape.values[node_id])

    def grad(self, node_id: str) -> Array:
        """The node's gradient for the sample."""
        return self.row(node_id, self.tape.grads[node_id])

    def message(self, node: Node, position: int) -> Array:
        """What the node sent to its input at ``position``, for the sample."""
        return self.row(node.inputs[position], self.tape.messages[node.id, position])

    def local(self, node: Node, position: int) -> Array | None:
        """The derivative of the node's value by that input, shaped as the node's value.

        Of an op that mixes entries it is a single number where output and input are one, else
        ``None``.
        """
        found = self.tape.locals.get((node.id, position))
        if found is not None:
            return np.broadcast_to(np.asarray(found), self.tape.values[node.id].shape)
        if self.value(node.id).size != 1 or self.value(node.inputs[position]).size != 1:
            return None
        return self._single_local(node, position)

    def local_latex(self, node: Node, position: int) -> str:
        """The formula of that derivative."""
        op = OPS[node.op or ""]
        template = op.local_latex[min(position, len(op.local_latex) - 1)]
        tight = op.name in ("power", "divide")
        inputs = [self.tape.graph[source].latex for source in node.inputs]
        inputs = [wrap(text) if tight and hold(text) >= PRODUCT else text for text in inputs]
        symbols = [
            # What has an exponent is to get another one.
            wrap(symbol) if f"#{k}^" in template and hold(symbol) == POWER else symbol
            for k, symbol in enumerate((node.latex, *inputs))
        ]
        return write_latex(template, *symbols)

    def symbol_of_entry(self, name: str, index: tuple[int, ...]) -> str:
        """The symbol of an entry of a parameter."""
        latex = self.tape.graph[name].latex
        if self.tape.values[name].size == 1:
            return latex
        return rf"\left[{latex}\right]_{{{','.join(str(i + 1) for i in index)}}}"

    @cached_property
    def _entries(self) -> Entries:
        return Entries(self.tape)

    def _single_local(self, node: Node, position: int) -> Array:
        source = self.tape.graph[node.inputs[position]]
        use = Use(Entry(node.id, self._entry(node)), position)
        return np.array(self._entries.local(Entry(source.id, self._entry(source)), use))

    def _entry(self, node: Node) -> tuple[int, ...]:
        shape = self.tape.values[node.id].shape
        batched = node.role not in SHARED_ROLES and bool(shape) and shape[0] == self.batch
        return (self.sample, *(0 for _ in shape[1:])) if batched else tuple(0 for _ in shape)
