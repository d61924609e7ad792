"""A race: optimizers from the same start, on the same batches, each on its own way down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.entries import Entry
from app.engine.op import Array
from app.engine.program import Program
from app.experiments.slices import Slice
from app.networks.expression import ExpressionSpec, build_graph
from app.training.binding import Build, Samples
from app.training.loop import Plan, Training
from app.training.optimizers import Optimizer
from app.training.places import find_places
from app.training.updater import Updater

Point = tuple[float, float]


@dataclass(frozen=True)
class Step:
    """What a step was taken with: the gradient, and what the optimizer kept afterwards, by slot."""

    grad: Point
    kept: dict[str, Point]


@dataclass(frozen=True)
class Run:
    """One optimizer's way: where it was before the first and after each step, and the loss there.

    It ends early, with ``diverged``, before the first point that is not finite. ``steps`` has one
    entry for each step that is in ``path``.
    """

    path: list[Point]
    losses: list[float]
    steps: list[Step]
    diverged: bool


class _Walk:
    """A way that is being gone."""

    def __init__(self) -> None:
        self.path: list[Point] = []
        self.losses: list[float] = []
        self.steps: list[Step] = []

    def add(self, point: Point, loss: float) -> bool:
        """Take one more point, unless it is not finite."""
        if not np.isfinite([*point, loss]).all():
            return False
        self.path.append(point)
        self.losses.append(loss)
        return True

    def end(self, steps: int) -> Run:
        """The way as it was gone, of ``steps`` that were wanted."""
        taken = max(0, len(self.path) - 1)
        return Run(self.path, self.losses, self.steps[:taken], len(self.path) <= steps)


def evaluate_function(expression: str, names: tuple[str, str], points: Array) -> Array:
    """The value of a function of two numbers at each of ``points``, (points, 2)."""
    spec = ExpressionSpec(expression)
    columns = {name: points[:, axis] for axis, name in enumerate(names)}
    shapes = {name: column.shape for name, column in columns.items()}
    program = Program(build_graph(spec, shapes), shapes)
    tape = program.forward(columns)
    return np.broadcast_to(tape.values[tape.graph.output], len(points)).copy()


def race_on_function(
    expression: str,
    names: tuple[str, str],
    start: Point,
    racers: Sequence[tuple[Optimizer, Any]],
    steps: int,
    *,
    pause: Callable[[], None] = lambda: None,
) -> list[Run]:
    """The ways of ``racers``, pairs of an optimizer and its options, over a function.

    ``pause`` is called before each step.
    """
    spec = ExpressionSpec(expression, names)
    runs = []
    for optimizer, options in racers:
        program = Program(build_graph(spec, {}), dict.fromkeys(names, ()))
        values: Mapping[str, Array] = {name: np.array(0.0) for name in names}
        places = find_places(program, values)
        both = np.array([int(places[name]) for name in names])
        program.load(dict(zip(names, start, strict=True)))
        updater, walk = Updater(program, optimizer, options), _Walk()
        for _ in range(steps + 1):
            pause()
            tape = program.forward()
            if not walk.add(_pair(program.parameters[both]), float(tape.values[tape.graph.output])):
                break
            program.backward(record=False)
            grad = _pair(program.parameter_grads[both])
            updater.step()
            kept = {slot: _pair(values[both]) for slot, values in updater.slots.items()}
            walk.steps.append(Step(grad, kept))
        runs.append(walk.end(steps))
    return runs


def race_on_slice(
    part: Slice,
    samples: Samples,
    build: Build,
    plans: Sequence[Plan],
    *,
    start: Point,
    steps: int,
    pause: Callable[[], None] = lambda: None,
) -> list[Run]:
    """The ways of ``plans`` over a slice of a network's loss; all other parameters stay.

    ``pause`` is called before each step.
    """
    document = part.document
    parameters = {name: value.copy() for name, value in document.parameters.items()}
    held = {name: np.ones(value.shape, bool) for name, value in parameters.items()}
    for entry, value in zip(part.entries, start, strict=True):
        parameters[entry.node][entry.index] = value
        held[entry.node][entry.index] = False
    begun = type(document)(document.spec, parameters, document.trainable)
    runs = []
    for plan in plans:
        training, walk = Training(begun, samples, plan, build, held=held), _Walk()
        for _ in range(steps + 1):
            pause()
            loss, _ = training.evaluate(training.samples)
            if training.diverged or not walk.add(_read(training, part.entries), loss):
                break
            training.advance()
            walk.steps.append(Step(*_read_step(training, part.entries)))
        runs.append(walk.end(steps))
    return runs


def _read(training: Training, entries: tuple[Entry, Entry]) -> Point:
    first, second = (training.read_entry(entry.node, entry.index) for entry in entries)
    return first, second


def _read_step(training: Training, entries: tuple[Entry, Entry]) -> tuple[Point, dict[str, Point]]:
    (first, kept), (second, others) = (
        training.read_step(entry.node, entry.index) for entry in entries
    )
    return (first, second), {slot: (kept[slot], others[slot]) for slot in kept}


def _pair(values: Array) -> Point:
    first, second = values
    return float(first), float(second)
