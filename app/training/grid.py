"""What a network says all over the plane: its decision boundary, and each unit's own map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.datasets.features import apply_features
from app.engine.graph import Graph
from app.engine.op import Array
from app.engine.program import Program
from app.engine.tape import Tape
from app.networks.document import Document

Range = tuple[float, float]


@dataclass(frozen=True)
class Grid:
    """Where to look: ``size`` points along each axis; maps of units have ``units_size`` if any."""

    x: Range = (-6.0, 6.0)
    y: Range = (-6.0, 6.0)
    size: int = 50
    units: bool = False
    units_size: int = 20


@dataclass(frozen=True)
class Maps:
    """Values by axis: of the output (outputs, y, x), of hidden layers by name (units, y, x).

    A network of one input has no y axis.
    """

    outputs: Array
    units: dict[str, Array]


class Surveyor:
    """Runs a network on the points of a grid. ``graph`` ends at the outputs.

    ``axes`` is how many inputs there are before ``features`` are made of them, 1 or 2.
    """

    def __init__(self, graph: Graph, grid: Grid, axes: int, features: Sequence[str] | None) -> None:
        self._graph = graph
        self._grid = grid
        self._axes = axes
        self._features = features
        self._programs: dict[int, Program] = {}

    def survey(self, document: Document) -> Maps:
        """The maps of the network as ``document`` has it."""
        grid = self._grid
        tape = self._run(document, grid.size)
        outputs = self._fold(tape, self._graph.output, grid.size)
        if not grid.units:
            return Maps(outputs, {})
        tape = self._run(document, grid.units_size)
        hidden = [node for node in self._graph if node.role == "activation"][:-1]
        size = grid.units_size
        units = {f"layer{node.layer}": self._fold(tape, node.id, size) for node in hidden}
        return Maps(outputs, units)

    def _run(self, document: Document, size: int) -> Tape:
        if size not in self._programs:
            points = self._place_points(size)
            shapes = {name: value.shape for name, value in document.parameters.items()}
            self._programs[size] = Program(self._graph, {"x": points.shape, **shapes})
            self._programs[size].load({"x": points})
        return self._programs[size].forward(document.parameters)

    def _place_points(self, size: int) -> Array:
        x = np.linspace(*self._grid.x, size)
        if self._axes == 1:
            points = x[:, None]
        else:
            y = np.linspace(*self._grid.y, size)
            points = np.stack([np.tile(x, size), np.repeat(y, size)], axis=1)
        return points if self._features is None else apply_features(self._features, points)

    def _fold(self, tape: Tape, node: str, size: int) -> Array:
        # A copy: the buffer is overwritten by the next run.
        values: Array = np.array(tape.values[node].T, order="C")
        return values.reshape(-1, *[size] * self._axes)
