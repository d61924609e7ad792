"""A graph bound to shapes: buffers allocated once, calls prebound, run as often as wanted.

Everything that is trained, drawn or explained reads the tape that a program writes.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from app.engine.arrays import ArrayRun
from app.engine.errors import EngineError, ShapeError
from app.engine.graph import Graph
from app.engine.op import Array, Call, Shape
from app.engine.scalars import ScalarRun
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
        scalar = ScalarRun.suits(graph, self.shapes)
        self._run = (ScalarRun if scalar else ArrayRun)(graph, self.shapes)
        self.tape = self._run.tape
        self.parameters, self.parameter_grads = self._run.parameters, self._run.parameter_grads
        self._leaves = {node.id for node in graph.leaves}
        self._missing = set(self._leaves)

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
            self._run.load(node_id, array)
            self._missing.discard(node_id)

    def forward(self, values: Mapping[str, ArrayLike] | None = None) -> Tape:
        """Load ``values`` and compute every node from its inputs."""
        if values:
            self.load(values)
        if self._missing:
            self._require_values()
        self._run.forward()
        return self.tape

    def differentiate(self, then: tuple[Call, ...] = ()) -> Array:
        """Run forward, and backward from 1 without a record: a step of training in one go.

        ``then`` are calls that follow at once, such as those that move the parameters by their
        gradients. Returns the output's value, of whatever shape it has.
        """
        if self._missing:
            self._require_values()
        return self._run.differentiate(then)

    def backward(self, seed: ArrayLike = 1.0, *, record: bool = True) -> Tape:
        """Send the gradient of the output back to every node; ``seed`` is the output's own.

        Without ``record``, only what leads to the gradients of parameters is worked out, and the
        rest of the tape's gradients, messages and local derivatives is left as it was.
        """
        self._run.backward(seed if isinstance(seed, float) else np.asarray(seed, float), record)
        return self.tape

    def _require_values(self) -> None:
        raise EngineError(f"no value was given for {sorted(self._missing)}")
