"""Where in memory gradients and messages stand."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from app.engine.binding import Bindings
from app.engine.contributions import Contributions
from app.engine.graph import Node
from app.engine.layout import Layout, allocate, allocate_padded
from app.engine.memory import stack
from app.engine.op import Array, Shape


class Places:
    """Buffers for gradients and messages; those of a family lie side by side.

    What is alone in a parameter's gradient has its place in the flat vector of all of them.
    """

    def __init__(
        self,
        shapes: Mapping[str, Shape],
        layout: Layout,
        bindings: Bindings,
        contributions: Contributions,
    ) -> None:
        self._shapes = shapes
        self._layout = layout
        self._bindings = bindings
        self._contributions = contributions
        self._blocks: dict[Hashable, Array] = {}

    def place_grad(self, node: Node) -> Array:
        """A buffer for a gradient that is a sum of its own."""
        fixed = self._layout.parameter_grad.get(node.id)
        return self._allocate("grad", node, node.id) if fixed is None else fixed

    def place_total(self, source: str) -> Array:
        """A buffer for the total of the messages of a family to ``source``."""
        fixed = self._find_fixed(source)
        return allocate(self._shapes[source]) if fixed is None else fixed

    def place_messages(
        self, nodes: Sequence[Node], position: int, unit: bool, shared: bool
    ) -> tuple[list[Array] | None, Array | None]:
        """A buffer per node for its message, and one view of them to write.

        ``unit``: the local derivative is 1; the messages may then be the gradients themselves, and
        there are no buffers. ``shared``: they are not what the gradient is made of.
        """
        node, source = nodes[0], nodes[0].inputs[position]
        fixed = None if shared else self._find_fixed(source)
        fold = self._layout.folds.get(node.id)
        if fold is not None and position == 0:
            message, whole = allocate_padded(self._shapes[source])
            return [message], whole
        if fold is not None and fixed is not None:
            # The gradient of the bias is a column of that of the weight.
            return [fixed], fold.weight_grad if position == 1 else None
        if fixed is not None:
            return [fixed], fixed
        if unit and self._shapes[source] == self._shapes[node.id]:
            return None, None
        messages = [self._allocate(position, each, source) for each in nodes]
        return messages, stack(messages)

    def place_apart(self, nodes: Sequence[Node], position: int) -> Array:
        """One buffer for a whole family's messages to one input, a message after the other."""
        return np.zeros((len(nodes), *self._shapes[nodes[0].inputs[position]]))

    def _find_fixed(self, source: str) -> Array | None:
        alone = len(self._contributions.to(source)) == 1
        return self._layout.parameter_grad.get(source) if alone else None

    def _allocate(self, kind: Hashable, node: Node, like: str) -> Array:
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
