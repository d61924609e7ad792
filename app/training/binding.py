"""The programs of one training: one per batch size, all with the same parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.graph import Graph
from app.engine.memory import repeat
from app.engine.op import Array, Shape
from app.engine.program import Program
from app.training.order import DROP, Order, make_generator
from app.training.places import copy_flat, find_places, match_places

Build = Callable[[Mapping[str, Shape]], Graph]
"""Makes a graph for leaves of given shapes."""


@dataclass(frozen=True)
class Samples:
    """Values for the leaves of a graph that are no parameters; the first axes count samples."""

    leaves: Mapping[str, Array]
    size: int

    def take(self, rows: Array) -> "Samples":
        """The samples of these numbers."""
        return Samples({name: value[rows] for name, value in self.leaves.items()}, len(rows))


@dataclass(frozen=True)
class Drop:
    """What a mask, (batch, units), is made of: each number is 0 with probability ``rate``, and
    else ``1 / (1 - rate)``, so that the expected activation stays what it is."""

    units: int
    rate: float


def draw_masks(
    leaves: Mapping[str, Array], drops: Mapping[str, Drop], seed: int | None, step: int
) -> None:
    """Write the masks of the step after ``step`` steps into ``leaves``, (batch, units) each.

    They follow from the seed of the samples' order and the step alone.
    """
    rng = make_generator(seed or 0, DROP, step)
    for name, drop in drops.items():
        mask = leaves[name]
        np.divide(rng.random(mask.shape) >= drop.rate, 1.0 - drop.rate, out=mask)


class Programs:
    """Programs by size. ``main`` has the newest parameters; the others take them over to run.

    The programs of steps have the leaves of ``drops``, those for evaluation have not.
    """

    def __init__(
        self,
        samples: Samples,
        size: int,
        parameters: Mapping[str, Array],
        build: Build,
        drops: Mapping[str, Drop],
    ) -> None:
        self._shapes = {name: value.shape[1:] for name, value in samples.leaves.items()}
        self._parameters = parameters
        self._build = build
        self._drops = drops
        self.main = self._bind(size, bool(drops))
        self.places = find_places(self.main, parameters)
        self._bound: dict[tuple[int, bool], tuple[Program, Array | None]] = {
            (size, bool(drops)): (self.main, None)
        }

    def take(self, size: int, learning: bool) -> Program:
        """The program for so many samples, with the newest parameters."""
        key = size, learning and bool(self._drops)
        if key not in self._bound:
            program = self._bind(*key)
            places = find_places(program, self._parameters)
            self._bound[key] = program, match_places(self.places, places)
        program, order = self._bound[key]
        if program is not self.main:
            copy_flat(self.main.parameters, order, program.parameters)
        return program

    def evaluate(self, samples: Samples) -> Program:
        """The program for ``samples`` after a run forward, nothing dropped."""
        program = self.take(samples.size, learning=False)
        program.forward(samples.leaves)
        return program

    def _bind(self, size: int, learning: bool) -> Program:
        shapes = {name: (size, *shape) for name, shape in self._shapes.items()}
        if learning:
            shapes |= {name: (size, drop.units) for name, drop in self._drops.items()}
        shapes |= {name: value.shape for name, value in self._parameters.items()}
        program = Program(self._build(shapes), shapes)
        # From here on leaves are written where they stand, without a check per step.
        program.load({name: np.zeros(shape) for name, shape in shapes.items()})
        return program


class Batches:
    """The samples of every step, in the order of ``order``, with the masks of dropout."""

    def __init__(
        self, programs: Programs, samples: Samples, order: Order, drops: Mapping[str, Drop]
    ) -> None:
        self._programs = programs
        self._samples = samples
        self._order = order
        self._drops = drops
        self._block_steps = order.block * order.steps
        self._block = -1
        self._rows = np.zeros((0, 0), int)
        self._copies: list[tuple[Array, list[Array]]] = []
        self._rest: list[tuple[Array, list[Array]]] = []

    def load(self, step: int) -> Program:
        """The program of the step after ``step`` steps, its samples loaded."""
        block, number = divmod(step, self._block_steps)
        if block != self._block:
            self._begin(block)
        program, copies = self._programs.main, self._copies
        if self._rest:
            epoch, position = divmod(number, self._order.steps)
            number -= epoch
            if position == self._order.steps - 1:
                program = self._programs.take(self._order.rest, learning=True)
                number, copies = epoch, self._rest
        for leaf, batches in copies:
            leaf[...] = batches[number]
        if self._drops:
            draw_masks(program.tape.values, self._drops, self._order.seed, step)
        return program

    def find(self, step: int) -> Array:
        """The numbers of the samples that the step after ``step`` steps takes."""
        block, number = divmod(step, self._block_steps)
        if block != self._block:
            self._begin(block)
        epoch, position = divmod(number, self._order.steps)
        size = self._order.batch
        rows: Array = self._rows[epoch, position * size : (position + 1) * size]
        return rows

    def _begin(self, block: int) -> None:
        if self._block < 0 or not self._order.fixed:
            rows, size = self._order.permute(block), self._order.batch
            full = self._order.count // size * size
            self._rows = rows
            self._copies = self._spread(self._programs.main, rows[:, :full].reshape(-1, size))
            if self._order.rest < size:
                program = self._programs.take(self._order.rest, learning=True)
                self._rest = self._spread(program, rows[:, full:])
        self._block = block

    def _spread(self, program: Program, rows: Array) -> list[tuple[Array, list[Array]]]:
        """Each leaf with its value for every step, (steps, samples), in the leaf's own order."""
        found = []
        for name, values in self._samples.leaves.items():
            leaf = program.tape.values[name]
            batches = repeat(leaf, len(rows))
            np.copyto(batches, values[rows])
            found.append((leaf, list(batches)))
        return found
