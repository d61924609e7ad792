"""What a step changes: the parameters, and what the optimizer keeps, by name and as vectors."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.op import Array, Call
from app.engine.program import Program
from app.networks.document import Document, OptimizerState
from app.training.adjustment import Adjustment, adjust_grads, measure_norm
from app.training.places import Places
from app.training.updater import Updater


@dataclass(frozen=True)
class Mark:
    """A step to go back to."""

    step: int
    t: int
    parameters: Array
    slots: dict[str, Array]


class State:
    """The state of a training, begun as ``document`` has it.

    It stands in the flat vectors of ``program`` and ``updater``, at ``places``. What is not
    trainable stays, and so do single entries that ``held`` marks, by parameter.
    """

    def __init__(
        self,
        document: Document,
        program: Program,
        places: Places,
        updater: Updater,
        held: Mapping[str, Array],
    ) -> None:
        self._start = document
        self._places = places
        self._updater = updater
        self._learning = [name for name, trainable in document.trainable.items() if trainable]
        self.step = document.step
        self.parameters, self.grads = program.parameters, program.parameter_grads
        program.load(document.parameters)
        self.frozen = self._find_frozen(held)
        """The places of what stays."""
        self._holds = len(self.frozen) > 0
        self._still = self.parameters[self.frozen]
        self._load(document.optimizer_state)

    @property
    def calls(self) -> tuple[Call, ...]:
        """What a step is, to be walked elsewhere and then counted; nothing if it takes ``move``."""
        return () if self._holds else self._updater.calls

    def move(self) -> None:
        """Take the step that the gradients ask for."""
        self._updater.step()
        if self._holds:
            self.parameters[self.frozen] = self._still
        self.step += 1

    def count(self) -> None:
        """Count a step that ``calls`` took."""
        self._updater.t += 1
        self.step += 1

    def adjust(self, adjustment: Adjustment) -> None:
        """Change the gradients before a step."""
        grads = {name: self.grads[self._places[name]] for name in self._learning}
        adjust_grads(self.read_parameters(), grads, adjustment)
        for name, grad in grads.items():
            self.grads[self._places[name]] = grad

    def read_parameters(self) -> dict[str, Array]:
        """The parameters as they are now, by name."""
        return self._read(self.parameters)

    def read_entry(self, name: str, index: tuple[int, ...]) -> float:
        """One number of a parameter as it is now."""
        return float(self.parameters[self._places[name][index]])

    def measure_layers(self, flat: Array) -> dict[str, float]:
        """Layer by layer, the norm of the part of ``flat`` that belongs to its parameters."""
        layers: dict[str, dict[str, Array]] = {}
        for name, value in self._read(flat).items():
            layers.setdefault(name.split(".")[0], {})[name] = value
        with np.errstate(all="ignore"):
            return {layer: measure_norm(values) for layer, values in layers.items()}

    def write_document(self, optimizer: str) -> Document:
        """The network as it is now, trained by the optimizer of that name."""
        start, memory = self._start, self._start.optimizer_state
        if self.step > start.step:
            slots = {
                slot: {name: values[self._places[name]] for name in self._learning}
                for slot, values in self._updater.slots.items()
            }
            memory = OptimizerState(optimizer, self._updater.t, slots)
        return Document(start.spec, self.read_parameters(), start.trainable, memory, self.step)

    def is_finite(self) -> bool:
        """Whether everything that is carried on to the next step is finite."""
        flats = (self.parameters, *self._updater.slots.values())
        return all(np.isfinite(flat).all() for flat in flats)

    def take_mark(self) -> Mark:
        """A copy of all that it takes to come back here."""
        slots = {slot: values.copy() for slot, values in self._updater.slots.items()}
        return Mark(self.step, self._updater.t, self.parameters.copy(), slots)

    def go_to(self, mark: Mark) -> None:
        """Come back to a mark."""
        self.step, self._updater.t = mark.step, mark.t
        np.copyto(self.parameters, mark.parameters)
        for slot, values in mark.slots.items():
            np.copyto(self._updater.slots[slot], values)

    def _read(self, flat: Array) -> dict[str, Array]:
        return {name: flat[place] for name, place in self._places.items()}

    def _find_frozen(self, held: Mapping[str, Array]) -> Array:
        found = [np.arange(0)]
        for name, trainable in self._start.trainable.items():
            places = self._places[name]
            if not trainable:
                found.append(places.ravel())
            elif name in held:
                found.append(places[held[name]])
        return np.concatenate(found)

    def _load(self, memory: OptimizerState | None) -> None:
        if memory is None:
            return
        self._updater.t = memory.t
        for slot, values in self._updater.slots.items():
            for name, value in memory.slots.get(slot, {}).items():
                values[self._places[name]] = value
