"""Graphs of arrays: buffers allocated once, calls prebound to them and walked on every run."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from app.engine.backward import Backward
from app.engine.binding import Bindings
from app.engine.graph import Graph
from app.engine.layout import Layout
from app.engine.op import Array, Call, Shape
from app.engine.quiet import make_quiet
from app.engine.tape import Tape


class ArrayRun:
    """Runs a graph for leaves of given shapes, on arrays."""

    def __init__(self, graph: Graph, shapes: Mapping[str, Shape]) -> None:
        layout = Layout(graph, shapes)
        self.parameters, self.parameter_grads = layout.parameters, layout.parameter_grads
        bindings = Bindings(graph, shapes, layout)
        backward = Backward(graph, shapes, layout, bindings)
        self.tape = Tape(graph, layout.values, backward.grads, backward.messages, backward.locals)
        self._forward = _freeze(bindings.list_forward())
        self._seeded = _freeze(backward.calls.seeded)
        self._needed = _freeze(backward.calls.needed)
        self._recorded = _freeze(backward.calls.recorded)
        self._whole = self._forward + self._needed
        self._then: tuple[Call, ...] = ()
        self._joined = self._whole
        self._seed: float | None = None
        self._output = layout.values[graph.output]
        self._run = make_quiet().run

    def load(self, node_id: str, value: Array) -> None:
        """Set a leaf."""
        np.copyto(self.tape.values[node_id], value)

    def forward(self) -> None:
        """Compute every node from its inputs."""
        self._run(walk, self._forward)

    def backward(self, seed: Array | float, record: bool) -> None:
        """Send ``seed``, the gradient of the output, back to every node."""
        self._set_seed(seed)
        self._run(walk, self._needed)
        if record:
            self._run(walk, self._recorded)

    def differentiate(self, then: tuple[Call, ...]) -> Array:
        """Run forward and back to the parameters, from 1, and ``then``; returns the output."""
        if self._seed != 1.0:
            self._set_seed(1.0)
        if then is not self._then:
            self._then, self._joined = then, self._whole + then
        self._run(walk, self._joined)
        return self._output

    def _set_seed(self, seed: Array | float) -> None:
        # What depends on the seed alone is still there from the last run with the same one.
        if not (isinstance(seed, float) and seed == self._seed):
            np.copyto(self.tape.grads[self.tape.graph.output], seed)
            self._run(walk, self._seeded)
            self._seed = seed if isinstance(seed, float) else None


def walk(calls: Sequence[Call]) -> None:
    """Run ``calls`` one after the other."""
    for call, arguments in calls:
        call(*arguments)


def _freeze(calls: Sequence[Call]) -> tuple[Call, ...]:
    """The calls with numbers as arrays, which NumPy takes in half the time."""
    return tuple(
        (call, tuple(map(_wrap, given)) if _is_ufunc(call) else given) for call, given in calls
    )


def _wrap(argument: object) -> object:
    return np.array(argument) if isinstance(argument, float) else argument


def _is_ufunc(call: object) -> bool:
    return isinstance(call.func if isinstance(call, partial) else call, np.ufunc)
