"""Trials that are not pure, for tests of what happens when a worker dies."""

import os
import signal
import time
from dataclasses import dataclass
from typing import Any

from app.engine.op import Array
from app.experiments.trial import Inputs, Trial
from app.networks.dense import DenseSpec, Layer

SPEC = DenseSpec(4, (Layer(4), Layer(4)))


@dataclass(frozen=True)
class KillingInputs(Inputs):
    """Inputs that kill the process which draws them."""

    def draw(self, rng: Any, shape: Any) -> Array:  # noqa: ARG002
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


@dataclass(frozen=True)
class FailingInputs(Inputs):
    """Inputs that cannot be drawn."""

    def draw(self, rng: Any, shape: Any) -> Array:  # noqa: ARG002
        raise ValueError("these inputs cannot be drawn")


@dataclass(frozen=True)
class SlowInputs(Inputs):
    """Inputs that take a while."""

    seconds: float = 0.05

    def draw(self, rng: Any, shape: Any) -> Array:
        time.sleep(self.seconds)
        return super().draw(rng, shape)


KILLER = Trial(SPEC, 2, KillingInputs())
FAILING = Trial(SPEC, 2, FailingInputs())
SLOW = Trial(SPEC, 2, SlowInputs())
