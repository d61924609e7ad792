"""Training: a document and samples in, documents out, the same ones every time.

Everything that decides the next step is in the document and in the plan, so that any document on
the way continues as if nothing had happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.engine.op import Array
from app.engine.program import Program
from app.networks.document import Document, OptimizerState
from app.training.adjustment import UNADJUSTED, Adjustment, adjust_grads, measure_norm
from app.training.binding import Batches, Build, Drop, Programs, Samples
from app.training.optimizers import Optimizer, check_state
from app.training.order import Order, split_samples
from app.training.schedules import SCHEDULES, Schedule
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


@dataclass(frozen=True)
class _Mark:
    """A step to go back to."""

    step: int
    t: int
    parameters: Array
    slots: dict[str, Array]


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
        self.step = document.step
        self.diverged = False
        self._main.load(document.parameters)
        self._frozen = self._find_frozen(held or {})
        self._still = self._main.parameters[self._frozen]
        self._updater = Updater(self._main, plan.optimizer, plan.options)
        self._load_state(document.optimizer_state)
        self._total = np.zeros(())
        self._lowest = float("inf")
        self._mark = self._calm = self._take_mark()

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

    def advance(self) -> None:
        """Take one step. If it cannot be taken, ``diverged`` is true within ``CHECK`` steps, and
        the network is what it was just before the first such step."""
        program = self._differentiate()
        np.add(self._total, program.tape.values[program.graph.output], self._total)
        self._move()
        if self.step % CHECK == 0:
            self.check()

    def watch(self) -> Watch | None:
        """Take one step and tell what it did; ``None`` if it could not be taken."""
        program = self._differentiate()
        loss = float(program.tape.values[program.graph.output])
        norms = self._measure_layers(self._main.parameter_grads)
        before = self._main.parameters.copy()
        np.add(self._total, loss, self._total)
        self._move()
        self.check()
        if self.diverged:
            return None
        weights = self._measure_layers(before)
        moved = self._measure_layers(self._main.parameters - before)
        ratio = {name: moved[name] / size if size else 0.0 for name, size in weights.items()}
        return Watch(loss, norms, ratio)

    def check(self) -> None:
        """Look for numbers that are not finite; if there are any, go back to just before them."""
        if self.diverged or self.step == self._mark.step:
            return
        if self._is_finite():
            mean = float(self._total) / (self.step - self._mark.step)
            self._mark = self._take_mark()
            if mean < self._lowest:
                self._lowest, self._calm = mean, self._mark
            return
        self._go_to(self._mark)
        finite = True
        while finite:
            before = self._take_mark()
            program = self._differentiate()
            np.add(self._total, program.tape.values[program.graph.output], self._total)
            finite = bool(np.isfinite(self._main.parameter_grads).all())
            self._move()
            finite = finite and self._is_finite()
        self._go_to(before)
        self.diverged = True

    def repeat(self) -> Program:
        """Run the next step's samples with everything on record; no step is taken."""
        program = self._differentiate()
        program.backward()
        return program

    def calm_down(self) -> None:
        """Go back to the checked step before which the losses were lowest, at worst the first."""
        self._go_to(self._calm)
        self._mark, self.diverged = self._calm, False

    def measure_curvature(self) -> float:
        """The curvature of the next step's loss along its own gradient, as large as it bends up.

        A plain step overshoots and grows where the learning rate is above 2 over this (LeCun et
        al., "Efficient BackProp", 1998). Central differences of gradients.
        """
        self._differentiate()
        main = self._main
        start, grad = main.parameters.copy(), main.parameter_grads.copy()
        grad[self._frozen] = 0.0
        size = float(np.sqrt(grad.dot(grad)))
        if not np.isfinite(size) or size == 0:
            return 0.0
        direction, h = grad / size, 1e-5 * (1.0 + float(np.abs(start).max()))
        slopes = []
        for sign in (h, -h):
            np.copyto(main.parameters, start + sign * direction)
            self._differentiate()
            slopes.append(float(direction.dot(main.parameter_grads)))
        np.copyto(main.parameters, start)
        return (slopes[0] - slopes[1]) / (2 * h)

    def evaluate(self, samples: Samples) -> tuple[float, Program]:
        """The loss of ``samples`` as the network is now, and the program that ran them."""
        program = self._programs.evaluate(samples)
        return float(program.tape.values[program.graph.output]), program

    def read_parameters(self) -> dict[str, Array]:
        """The parameters as they are now, by name."""
        return self._read(self._main.parameters)

    def read_entry(self, name: str, index: tuple[int, ...]) -> float:
        """One number of a parameter as it is now."""
        return float(self._main.parameters[self._programs.places[name][index]])

    def write_document(self) -> Document:
        """The network as it is now."""
        start, state = self._start, self._start.optimizer_state
        if self.step > start.step:
            learning = [name for name, trainable in start.trainable.items() if trainable]
            kept = {slot: self._read(values) for slot, values in self._updater.slots.items()}
            slots = {
                slot: {name: values[name] for name in learning} for slot, values in kept.items()
            }
            state = OptimizerState(self._plan.optimizer.name, self._updater.t, slots)
        return Document(start.spec, self.read_parameters(), start.trainable, state, self.step)

    def _differentiate(self) -> Program:
        """Load the batch of the next step, and leave its gradient in the main program."""
        program = self._batches.load(self.step)
        program.forward()
        program.backward(record=False)
        if program is not self._main:
            np.copyto(self._main.parameter_grads, program.parameter_grads)
        return program

    def _move(self) -> None:
        """Take the step that the gradient asks for."""
        plan = self._plan
        if self._adjusts:
            self._adjust()
        if self._scheduled:
            self._updater.choose(replace(plan.options, learning_rate=self.learning_rate))
        self._updater.step()
        if len(self._frozen):
            self._main.parameters[self._frozen] = self._still
        self.step += 1

    def _adjust(self) -> None:
        flat, places = self._main.parameter_grads, self._programs.places
        names = [name for name, trainable in self._start.trainable.items() if trainable]
        grads = {name: flat[places[name]] for name in names}
        adjust_grads(self.read_parameters(), grads, self._plan.adjustment)
        for name, grad in grads.items():
            flat[places[name]] = grad

    def _find_frozen(self, held: Mapping[str, Array]) -> Array:
        """The places of all numbers that stay."""
        found = [np.arange(0)]
        for name, trainable in self._start.trainable.items():
            places = self._programs.places[name]
            if not trainable:
                found.append(places.ravel())
            elif name in held:
                found.append(places[held[name]])
        return np.concatenate(found)

    def _load_state(self, state: OptimizerState | None) -> None:
        if state is None:
            return
        self._updater.t = state.t
        for slot, values in self._updater.slots.items():
            for name, value in state.slots.get(slot, {}).items():
                values[self._programs.places[name]] = value

    def _read(self, flat: Array) -> dict[str, Array]:
        return {name: flat[place] for name, place in self._programs.places.items()}

    def _measure_layers(self, flat: Array) -> dict[str, float]:
        layers: dict[str, dict[str, Array]] = {}
        for name, value in self._read(flat).items():
            layers.setdefault(name.split(".")[0], {})[name] = value
        with np.errstate(all="ignore"):
            return {layer: measure_norm(values) for layer, values in layers.items()}

    def _is_finite(self) -> bool:
        # The total of all losses since the mark is finite only if each of them is.
        flats = (self._main.parameters, *self._updater.slots.values())
        return bool(np.isfinite(self._total)) and all(np.isfinite(flat).all() for flat in flats)

    def _take_mark(self) -> _Mark:
        self._total[...] = 0.0
        slots = {slot: values.copy() for slot, values in self._updater.slots.items()}
        return _Mark(self.step, self._updater.t, self._main.parameters.copy(), slots)

    def _go_to(self, mark: _Mark) -> None:
        self.step, self._updater.t = mark.step, mark.t
        np.copyto(self._main.parameters, mark.parameters)
        for slot, values in mark.slots.items():
            np.copyto(self._updater.slots[slot], values)
        self._total[...] = 0.0
