"""A graph bound to shapes: buffers allocated once, calls prebound, run as often as wanted.

Everything that is trained, drawn or explained reads the tape that a program writes.
"""

from collections.abc import Mapping, Sequence
from contextvars import Context
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from app.engine.backward import Backward
from app.engine.binding import Bindings
from app.engine.errors import EngineError, ShapeError
from app.engine.graph import Graph
from app.engine.layout import Layout
from app.engine.op import Call, Shape
from app.engine.shapes import infer_shapes
from app.engine.tape import Tape


class Program:
    """Runs ``graph`` forward and backward for leaves of the given ``shapes``.

    ``parameters`` and ``parameter_grads`` are flat vectors; the values and gradients of all
    parameter nodes are views of them. A program is not to be shared between threads. Raises
    ``ShapeError`` when shapes do not fit together.
    """

    def __init__(self, graph: Graph, shapes: Mapping[str, Shape]) -> None:
        self.graph = graph
        self.shapes = infer_shapes(graph, shapes)
        layout = Layout(graph, self.shapes)
        self.parameters, self.parameter_grads = layout.parameters, layout.parameter_grads
        self.tape = Tape(graph, layout.values)
        bindings = Bindings(graph, self.shapes, layout)
        calls = Backward(graph, self.shapes, layout, bindings, self.tape).calls
        self._forward = _freeze(bindings.list_forward())
        self._seeded, self._backward = _freeze(calls.seeded), _freeze(calls.needed)
        self._recorded = _freeze(calls.recorded)
        self._seed: ArrayLike | None = None
        self._leaves = {node.id for node in graph.leaves}
        self._missing = set(self._leaves)
        # Overflow and NaN are results here; they are reported, not warned about. Entering a context
        # of its own costs a twentieth of np.errstate.
        context = Context()
        context.run(np.seterr, all="ignore")
        self._quietly = context.run

    def load(self, values: Mapping[str, ArrayLike]) -> None:
        """Copy ``values`` into the leaves named; the others keep what they have.

        Raises ``ShapeError`` for a wrong shape and ``EngineError`` for a node that is no leaf.
        """
        for node_id, value in values.items():
            if node_id not in self._leaves:
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
        if values:
            self.load(values)
        if self._missing:
            raise EngineError(f"no value was given for {sorted(self._missing)}")
        self._quietly(_run, self._forward)
        return self.tape

    def backward(self, seed: ArrayLike = 1.0, *, record: bool = True) -> Tape:
        """Send the gradient of the output back to every node; ``seed`` is the output's own.

        Without ``record``, only what leads to the gradients of parameters is worked out, and the
        rest of the tape's gradients, messages and local derivatives is left as it was.
        """
        # What depends on the seed alone is still there from the last run with the same one.
        if not (isinstance(seed, float) and seed == self._seed):
            self._seed = None
            np.copyto(self.tape.grads[self.graph.output], seed)
            self._quietly(_run, self._seeded)
            self._seed = seed
        self._quietly(_run, self._backward)
        if record:
            self._quietly(_run, self._recorded)
        return self.tape


def _run(calls: Sequence[Call]) -> None:
    for call, arguments in calls:
        call(*arguments)


def _freeze(calls: Sequence[Call]) -> tuple[Call, ...]:
    """The calls with numbers as arrays, which NumPy takes in half the time."""
    return tuple((call, tuple(map(_wrap, given)) if _is_ufunc(call) else given) for call, given in calls)


def _wrap(argument: object) -> object:
    return np.array(argument) if isinstance(argument, float) else argument


def _is_ufunc(call: object) -> bool:
    return isinstance(call.func if isinstance(call, partial) else call, np.ufunc)
