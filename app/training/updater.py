"""Optimizer steps in place, on all parameters of a program at once."""

from typing import Any

import numpy as np

from app.engine.arrays import walk
from app.engine.op import Array, Call
from app.engine.program import Program
from app.engine.quiet import make_quiet
from app.training.optimizers import Optimizer, Slots, plain_rate, start_slot

CHUNK = 8192
"""So many numbers stay in the processor's cache while a rule goes over them several times."""


class Updater:
    """Moves the parameters of ``program`` by its gradients, as ``apply_step`` moves a document's.

    Rules treat every number alone, so that it makes no difference to them whether they are given
    one parameter or a piece of the flat vector of all.
    """

    def __init__(self, program: Program, optimizer: Optimizer, options: Any) -> None:
        whole = program.parameters
        self.slots = {slot: start_slot(slot, whole) for slot in optimizer.slots(options)}
        """What the optimizer keeps, each as long as the program's flat vector of parameters."""
        self._rule = optimizer.rule
        self._rate = np.array(0.0)
        self._pieces: list[tuple[Array, Array, Slots]] = []
        self._plain: list[Call] = []
        for start in range(0, len(whole), CHUNK):
            piece = slice(start, start + CHUNK)
            own = {slot: values[piece] for slot, values in self.slots.items()}
            parameters, grads = whole[piece], program.parameter_grads[piece]
            self._pieces.append((parameters, grads, own))
            scaled = np.empty_like(grads)
            # The same as the rule, without a new array for each product.
            self._plain.append((np.multiply, (grads, self._rate, scaled)))
            self._plain.append((np.subtract, (parameters, scaled, parameters)))
        self.calls: tuple[Call, ...] = ()
        """What a step is, for options with which all of them are alike; else nothing."""
        self.choose(options)
        self._run = make_quiet().run
        self.t = 0
        """How many steps were taken."""

    def choose(self, options: Any) -> None:
        """Go on with other ``options``, such as another learning rate; the slots stay."""
        rate = plain_rate(options)
        self.calls = tuple(self._plain) if rate is not None else ()
        if rate is not None:
            self._rate[...] = rate
        self._options = options

    def step(self) -> None:
        """Take one step with the gradients as they are now."""
        self.t += 1
        if self.calls:
            self._run(walk, self.calls)
        else:
            self._run(self._move)

    def _move(self) -> None:
        for parameters, grads, slots in self._pieces:
            self._rule(self._options, parameters, grads, slots, self.t)
