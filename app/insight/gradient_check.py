"""Gradients against central differences: a judge that knows nothing of derivatives.

A central difference is wrong by about ``h^2`` for the function's curvature and by about
``rounding / h`` for its digits; the cube root of the rounding error of 1 balances the two (Press et
al., "Numerical Recipes", 3rd ed., section 5.7).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from app.engine.entries import Entry
from app.engine.op import Array
from app.engine.ops import OPS
from app.engine.program import Program
from app.engine.shapes import fill_options
from app.engine.tape import Tape
from app.insight.holding import find_cuts, hold
from app.insight.kinks import Kinks

EPSILON = float(np.finfo(np.float64).eps)
STEP = EPSILON ** (1 / 3)
TOLERANCE = 1e-6
"""The largest relative error that passes."""
CURVE = tuple(10.0 ** (-exponent / 2) for exponent in range(2, 27))
"""The steps from 1e-1 to 1e-13 that an error curve shows."""
SECOND_TRY = tuple(10.0**-exponent for exponent in range(1, 11))
"""The steps among which a better one is looked for where the first was not good."""
ROUNDING_MARGIN = 8.0
CURVE_RUNS = 2 * len(CURVE)
SECOND_RUNS = 2 * len(SECOND_TRY)
COST_OF_CALL, COST_OF_ENTRY = 5_000, 20
"""Measured beside a multiplication of a large matrix product, on one core."""


@dataclass(frozen=True)
class CheckedEntry:
    """One gradient and its central difference with the step ``h``.

    ``relative_error`` is the difference over the larger of both, or over a floor if that is more:
    so much that what rounding alone does to a central difference passes. ``kink`` is the first
    entry whose argument passes a place without derivative within the step: there the difference
    says nothing.
    """

    entry: Entry
    analytic: float
    numeric: float
    relative_error: float
    h: float
    kink: Entry | None


@dataclass(frozen=True)
class CurvePoint:
    """The central difference of one entry for one step, and its error.

    The error is relative to the gradient, or absolute where that is 0.
    """

    h: float
    numeric: float
    error: float


@dataclass(frozen=True)
class GradientCheck:
    """The verdict on a run's gradients.

    ``h`` is the step asked for, or what is multiplied by the size of an entry above 1. Of
    ``total`` entries, those in ``entries`` were checked. ``held`` are nodes that pass no gradient
    back: the differences are of the function in which they stay as they are.
    """

    passed: bool
    max_relative_error: float
    h: float
    total: int
    entries: list[CheckedEntry]
    held: list[str]
    curve: list[CurvePoint]


def check_gradients(
    tape: Tape,
    by: Sequence[str],
    *,
    h: float | None = None,
    most_entries: int = 10_000,
    most_runs: int = 40_000,
    curve: Entry | None = None,
    pause: Callable[[], None] = lambda: None,
) -> GradientCheck:
    """Check the gradients by the entries of the leaves ``by`` after a run forward and backward.

    Two forward runs per entry may take up half of ``most_runs``, the other half is for second tries
    with other steps. With more entries than that, or than ``most_entries``, so many of them are
    checked: evenly spaced over each leaf, in proportion to its size, and at least one of each.
    ``pause`` is called before each entry.
    """
    with np.errstate(all="ignore"):
        leaves = {name: tape.values[name] for name in by}
        chosen = select_entries(leaves, min(most_entries, most_runs // 4))
        judge = _Judge(tape, max(0, most_runs - 2 * len(chosen)) // SECOND_RUNS)
        checked = []
        for entry in chosen:
            pause()
            checked.append(judge.check(entry, h))
        points = [] if curve is None else judge.draw_curve(curve)
    errors = [entry.relative_error for entry in checked if entry.kink is None]
    return GradientCheck(
        all(error <= TOLERANCE for error in errors),
        float(np.max(errors)) if errors else 0.0,
        STEP if h is None else h,
        sum(tape.values[name].size for name in by),
        checked,
        judge.held,
        points,
    )


def select_entries(leaves: Mapping[str, Array], most: int) -> list[Entry]:
    """Up to ``most`` entries, evenly spaced over each leaf: the same for the same shapes."""
    total = sum(value.size for value in leaves.values())
    entries = []
    for name, value in leaves.items():
        share = value.size if total <= most else max(1, most * value.size // total)
        places = np.linspace(0, value.size - 1, share).round().astype(int)
        for place in places:
            index = np.unravel_index(int(place), value.shape)
            entries.append(Entry(name, tuple(int(i) for i in index)))
    return entries


def estimate_run(tape: Tape) -> int:
    """What a forward run costs, in multiplications of a large product.

    A call costs as much as some thousands of them, an entry that is written as much as some dozens.
    """
    total = 0
    for node in tape.graph:
        if node.op is not None:
            shapes = tuple(tape.values[source].shape for source in node.inputs)
            size, op = tape.values[node.id].size, OPS[node.op]
            named = op.dependence(shapes, fill_options(node), 0) or ()
            kept = {axis.number for axis in named if axis is not None}
            read = math.prod(n for number, n in enumerate(shapes[0]) if number not in kept)
            total += COST_OF_CALL + size * (COST_OF_ENTRY + read)
    return total


def find_best(curve: Sequence[CurvePoint]) -> float | None:
    """The step with the smallest error, the largest of several; ``None`` if no error is finite."""
    finite = [point for point in curve if np.isfinite(point.error)]
    return min(finite, key=lambda point: (point.error, -point.h)).h if finite else None


class _Judge:
    """Runs the loss with one entry moved to and fro."""

    def __init__(self, tape: Tape, second_tries: int) -> None:
        graph = tape.graph
        self.held = find_cuts(tape)
        self._grads = {node.id: np.array(tape.grads[node.id]) for node in graph.leaves}
        self._graph = hold(graph, self.held)
        self._values = {node.id: np.array(tape.values[node.id]) for node in self._graph.leaves}
        self._program = Program(self._graph, {n: v.shape for n, v in self._values.items()})
        self._program.forward(self._values)
        self._kinks = Kinks(self._graph)
        self._here = self._kinks.read(self._program.tape.values)
        self._rounding = ROUNDING_MARGIN * estimate_rounding(tape)
        self._second_tries = second_tries

    def check(self, entry: Entry, h: float | None) -> CheckedEntry:
        """Judge one entry; without ``h``, with the step that suits it."""
        size = max(1.0, abs(float(self._values[entry.node][entry.index])))
        first = self._compare(entry, h or STEP * size)
        if h is not None or first.kink or first.relative_error <= TOLERANCE:
            return first
        if self._second_tries == 0:
            return first
        self._second_tries -= 1
        tries = [self._compare(entry, step * size) for step in SECOND_TRY]
        return self._choose(tries) or first

    def draw_curve(self, entry: Entry) -> list[CurvePoint]:
        """The error of one entry's central difference for every step of the curve."""
        analytic = float(self._grads[entry.node][entry.index])
        points = []
        for h in CURVE:
            numeric, _ = self._differ(entry, h)
            error = abs(numeric - analytic) / (abs(analytic) or 1.0)
            points.append(CurvePoint(h, numeric, error))
        return points

    def _compare(self, entry: Entry, h: float) -> CheckedEntry:
        analytic = float(self._grads[entry.node][entry.index])
        numeric, kink = self._differ(entry, h)
        floor = self._rounding / (STEP * TOLERANCE)
        scale = max(abs(analytic), abs(numeric), floor)
        error = abs(analytic - numeric)
        relative = error / scale if scale else error
        return CheckedEntry(entry, analytic, numeric, relative, h, kink)

    def _choose(self, tries: list[CheckedEntry]) -> CheckedEntry | None:
        """The try that agrees best with its neighbor of a larger step, whatever the gradient says.

        What rounding may do to it counts too: steps that move nothing agree perfectly.
        """
        smooth = [entry for entry in tries if entry.kink is None and np.isfinite(entry.numeric)]
        doubts = {
            abs(small.numeric - large.numeric) + self._rounding / small.h: small
            for large, small in pairwise(smooth)
        }
        return doubts[min(doubts)] if doubts else None

    def _differ(self, entry: Entry, h: float) -> tuple[float, Entry | None]:
        leaf, tape = self._values[entry.node], self._program.tape
        start, outputs, readings, ends = leaf[entry.index], [], [self._here], []
        for end in (start + h, start - h):
            leaf[entry.index] = end
            self._program.forward({entry.node: leaf})
            outputs.append(np.array(tape.values[self._graph.output]))
            readings.append(self._kinks.read(tape.values))
            ends.append(float(end))
        leaf[entry.index] = start
        self._program.load({entry.node: leaf})
        # By the step that was made, which differs from h by the rounding of the two ends.
        made = ends[0] - ends[1]
        numeric = float(np.sum(outputs[0] - outputs[1])) / (made or 2 * h)
        return numeric, self._kinks.find_crossed(*readings)


def estimate_rounding(tape: Tape) -> float:
    """How far the rounding of all values puts the loss off, to first order.

    Each value is off by its last digit, and that reaches the loss times the value's gradient
    (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., section 3.4).
    """
    total = 0.0
    for node in tape.graph:
        if node.id in tape.grads:
            reach = np.abs(tape.grads[node.id] * tape.values[node.id])
            total += float(np.sum(reach[np.isfinite(reach)]))
    return EPSILON * total
