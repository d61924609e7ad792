"""Training: a document and samples in, documents out, the same ones every time.

Everything that decides the next step is in the document and in the plan, so that any document on
the way continues as if nothing had happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from app.engine.op import Array
from app.engine.program import Program
from app.networks.document import Document
from app.training.adjustment import UNADJUSTED, Adjustment
from app.training.binding import Batches, Build, Drop, Programs, Samples
from app.training.optimizers import Optimizer, check_state
from app.training.order import Order, split_samples
from app.training.schedules import SCHEDULES, Schedule
from app.training.state import Mark, State
from app.training.updater import Updater

CHECK = 256
"""So many steps lie between two looks for numbers that are not finite."""


@dataclass(frozen=True)
class Plan:
    """How to learn. ``batch`` is ``None`` for all samples at once."""

    optimizer: Optimizer
    options: Any
    batch: int | None = None
    shuffle_seed: int | None = 0
    validation_fraction: float = 0.0
    schedule: Schedule = SCHEDULES["constant"]
    schedule_options: Any = None
    adjustment: Adjustment = UNADJUSTED


@dataclass(frozen=True)
class Watch:
    """What one step did: the loss of its batch before it, and per layer the norm of the loss's
    gradient and the norm of the update over that of the parameters."""

    batch_loss: float
    gradient_norms: dict[str, float]
    update_ratio: dict[str, float]


class Training:
    """A network that learns from ``samples`` by ``plan``.

    ``build`` makes the graph for leaves of given shapes; ``drops`` are the leaves for masks of
    dropout, which only the graph of a step has; ``held`` marks single entries that stay, by
    parameter. Raises ``NetworkError`` when the document was trained by another optimizer.
    """

    def __init__(
        self,
        document: Document,
        samples: Samples,
        plan: Plan,
        build: Build,
        *,
        drops: Mapping[str, Drop] | None = None,
        held: Mapping[str, Array] | None = None,
    ) -> None:
        check_state(document.optimizer_state, plan.optimizer)
        self._start = document
        self._plan = plan
        seed, fraction = plan.shuffle_seed, plan.validation_fraction
        self.rows, self.validation_rows = split_samples(samples.size, fraction, seed)
        self.samples = samples.take(self.rows)
        kept = self.validation_rows
        self.validation = samples.take(kept) if len(kept) else None
        size = self.samples.size
        self.order = Order(size, min(plan.batch or size, size), plan.shuffle_seed)
        masks = drops or {}
        self._programs = Programs(self.samples, self.order.batch, document.parameters, build, masks)
        self._batches = Batches(self._programs, self.samples, self.order, masks)
        self._main = self._programs.main
        self._adjusts = not plan.adjustment.idle
        self._scheduled = plan.schedule.name != "constant"
        self._updater = Updater(self._main, plan.optimizer, plan.options)
        places = self._programs.places
        self._state = State(document, self._main, places, self._updater, held or {})
        self.diverged = False
        self._total = 0.0
        self._lowest = float("inf")
        self._mark = self._calm = self._state.take_mark()

    @property
    def step(self) -> int:
        """How many steps the network has taken."""
        return self._state.step

    @property
    def epoch(self) -> int:
        """How often every sample was used."""
        return self.step // self.order.steps

    @property
    def learning_rate(self) -> float:
        """The rate of the next step."""
        rate: float = self._plan.options.learning_rate
        return rate * self._plan.schedule.factor(self._plan.schedule_options, self.step)

    def find_batch(self) -> Array:
        """The numbers of the samples that the next step takes, among all that were given."""
        rows: Array = self.rows[self._batches.find(self.step)]
        return rows

    def advance(self, steps: int = 1) -> None:
        """Take so many steps. If one cannot be taken, ``diverged`` is true within ``CHECK`` steps,
        the network is what it was just before the first such step, and no other is taken."""
        state, load, main = self._state, self._batches.load, self._main
        calls = () if self._adjusts or self._scheduled else state.calls
        for _ in range(steps):
            program = load(state.step)
            if calls and program is main:
                self._total += float(main.differentiate(calls))
                state.count()
            else:
                self._differentiate(program)
                self._move()
            if not state.step % CHECK:
                self.check()
                if self.diverged:
                    break

    def watch(self) -> Watch | None:
        """Take one step and tell what it did; ``None`` if it could not be taken."""
        state = self._state
        program = self._differentiate(self._load())
        loss = float(program.tape.values[program.graph.output])
        norms, before = state.measure_layers(state.grads), state.parameters.copy()
        self._move()
        self.check()
        if self.diverged:
            return None
        weights = state.measure_layers(before)
        with np.errstate(all="ignore"):
            moved = state.measure_layers(state.parameters - before)
        ratio = {name: moved[name] / size if size else 0.0 for name, size in weights.items()}
        return Watch(loss, norms, ratio)

    def check(self) -> None:
        """Look for numbers that are not finite; if there are any, go back to just before them."""
        state = self._state
        taken = state.step - self._mark.step
        if self.diverged or not taken:
            return
        # The total of all losses since the mark is finite only if each of them is.
        if isfinite(self._total) and state.is_finite():
            mean = self._total / taken
            self._set_mark(state.take_mark())
            if mean < self._lowest:
                self._lowest, self._calm = mean, self._mark
            return
        state.go_to(self._mark)
        for _ in range(taken):
            self._total = 0.0
            before = state.take_mark()
            self._differentiate(self._load())
            finite = isfinite(self._total) and bool(np.isfinite(state.grads).all())
            self._move()
            if not (finite and state.is_finite()):
                state.go_to(before)
                self.diverged = True
                return
        # All losses were finite, their total was not.
        self._set_mark(state.take_mark())

    def repeat(self) -> Program:
        """Run the next step's samples with everything on record; no step is taken."""
        program = self._differentiate(self._load())
        program.backward()
        return program

    def calm_down(self) -> None:
        """Go back to the checked step before which the losses were lowest, at worst the first."""
        self._state.go_to(self._calm)
        self._set_mark(self._calm)
        self.diverged = False

    def measure_curvature(self) -> float:
        """The curvature of the next step's loss along its own gradient, as large as it bends up.

        A plain step overshoots and grows where the learning rate is above 2 over this (LeCun et
        al., "Efficient BackProp", 1998). Central differences of gradients.
        """
        self._differentiate(self._load())
        parameters = self._state.parameters
        start, grad = parameters.copy(), self._state.grads.copy()
        grad[self._state.frozen] = 0.0
        with np.errstate(all="ignore"):
            size = float(np.sqrt(grad.dot(grad)))
        if not isfinite(size) or size == 0:
            return 0.0
        direction, h = grad / size, 1e-5 * (1.0 + float(np.abs(start).max()))
        slopes = []
        for sign in (h, -h):
            np.copyto(parameters, start + sign * direction)
            self._differentiate(self._load())
            slopes.append(float(direction.dot(self._state.grads)))
        np.copyto(parameters, start)
        return (slopes[0] - slopes[1]) / (2 * h)

    def evaluate(self, samples: Samples) -> tuple[float, Program]:
        """The loss of ``samples`` as the network is now, and the program that ran them."""
        program = self._programs.evaluate(samples)
        return float(program.tape.values[program.graph.output]), program

    def read_parameters(self) -> dict[str, Array]:
        """The parameters as they are now, by name."""
        return self._state.read_parameters()

    def read_entry(self, name: str, index: tuple[int, ...]) -> float:
        """One number of a parameter as it is now."""
        return self._state.read_entry(name, index)

    def read_step(self, name: str, index: tuple[int, ...]) -> tuple[float, dict[str, float]]:
        """The gradient of one number in the last step, and what the optimizer keeps for it."""
        place = self._programs.places[name][index]
        kept = {slot: float(values[place]) for slot, values in self._updater.slots.items()}
        return float(self._main.parameter_grads[place]), kept

    def write_document(self) -> Document:
        """The network as it is now."""
        return self._state.write_document(self._plan.optimizer.name)

    def _load(self) -> Program:
        """The program of the next step, with its batch."""
        return self._batches.load(self._state.step)

    def _differentiate(self, program: Program) -> Program:
        """Leave the gradient of the step that ``program`` has loaded in the main program."""
        self._total += float(program.differentiate())
        if program is not self._main:
            np.copyto(self._main.parameter_grads, program.parameter_grads)
        return program

    def _move(self) -> None:
        """Take the step that the gradient asks for."""
        if self._adjusts:
            self._state.adjust(self._plan.adjustment)
        if self._scheduled:
            options = replace(self._plan.options, learning_rate=self.learning_rate)
            self._updater.choose(options)
        self._state.move()

    def _set_mark(self, mark: Mark) -> None:
        self._mark = mark
        self._total = 0.0
