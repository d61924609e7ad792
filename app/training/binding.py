"""The programs of one training: one per batch size, all with the same parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.graph import Graph
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
        self._size, self._count, self._steps = order.batch, order.count, order.steps
        self._block_steps = order.block * order.steps
        self._block = -1
        self._rows = np.zeros((0, 0), int)
        self._copies: list[tuple[str, Array, Array]] = []

    def load(self, step: int) -> Program:
        """The program of the step after ``step`` steps, its samples loaded."""
        block, within = divmod(step, self._block_steps)
        if block != self._block:
            self._begin(block)
        epoch, position = divmod(within, self._steps)
        first = position * self._size
        start = epoch * self._count + first
        rest = self._count - first
        if rest < self._size:
            program = self._programs.take(rest, learning=True)
            for name, shuffled, _ in self._copies:
                np.copyto(program.tape.values[name], shuffled[start : start + rest])
        else:
            program, stop = self._programs.main, start + self._size
            for _, shuffled, leaf in self._copies:
                np.copyto(leaf, shuffled[start:stop])
        if self._drops:
            self._draw_masks(step, program)
        return program

    def find(self, step: int) -> Array:
        """The numbers of the samples that the step after ``step`` steps takes."""
        block, within = divmod(step, self._block_steps)
        if block != self._block:
            self._begin(block)
        epoch, position = divmod(within, self._steps)
        rows: Array = self._rows[epoch, position * self._size : (position + 1) * self._size]
        return rows

    def _begin(self, block: int) -> None:
        self._rows = self._order.permute(block)
        shuffled = self._samples.take(self._rows.ravel()).leaves
        leaves = self._programs.main.tape.values
        self._copies = [(name, value, leaves[name]) for name, value in shuffled.items()]
        self._block = block

    def _draw_masks(self, step: int, program: Program) -> None:
        rng = make_generator(self._order.seed or 0, DROP, step)
        for name, drop in self._drops.items():
            mask = program.tape.values[name]
            np.divide(rng.random(mask.shape) >= drop.rate, 1.0 - drop.rate, out=mask)
