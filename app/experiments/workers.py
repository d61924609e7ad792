"""What runs trials, wherever that is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np

from app.engine.op import Array
from app.experiments.measures import MEASURES
from app.experiments.trial import Trial, run_trial


class Failure(Enum):
    """Why a trial has no result."""

    WORKER_DIED = "worker_died"
    ERROR = "error"


Outcome = Array | Failure
"""What a trial gave: a row per measure, a column per layer or time step."""
Deliver = Callable[[int, Outcome], None]
"""Takes the number of a trial and what became of it."""


@dataclass(eq=False)
class Task:
    """A trial that is being run, under the number it was handed over with."""

    number: int
    deliver: Deliver
    cancelled: bool = False


class Workers(Protocol):
    """Runs trials, perhaps elsewhere."""

    def start(self) -> bool:
        """Begin to start unless that has been done; returns whether trials can be submitted.

        Raises ``ConnectionError`` when what runs them cannot be reached.
        """
        ...

    def count_threads(self) -> int:
        """How many trials can run at the same time, as far as is known now.

        Raises ``ConnectionError`` when what runs them cannot be reached any more.
        """
        ...

    def submit(self, trials: Mapping[int, Trial], deliver: Deliver) -> Sequence[Task]:
        """Run each trial once; ``deliver`` gets what became of it, on any thread.

        Many in one go cost less than the same one by one. Raises ``ConnectionError`` when what
        runs them cannot be reached any more.
        """
        ...

    def cancel(self, tasks: Sequence[Task]) -> None:
        """Let go of tasks: those that wait are never run, and nothing more is delivered."""
        ...

    def close(self) -> None:
        """End everything that was started."""
        ...


class Serial:
    """Runs trials here and now, one after the other."""

    def start(self) -> bool:
        """There is nothing to start."""
        return True

    def count_threads(self) -> int:
        """One at a time."""
        return 1

    def submit(self, trials: Mapping[int, Trial], deliver: Deliver) -> Sequence[Task]:
        """Run them before returning."""
        for number, trial in trials.items():
            deliver(number, measure_trial(trial))
        return [Task(number, deliver) for number in trials]

    def cancel(self, tasks: Sequence[Task]) -> None:
        """Nothing ever waits."""

    def close(self) -> None:
        """Nothing was started."""


def measure_trial(trial: Trial) -> Array:
    """What a trial gives as one array: a row per measure, a column per layer or time step."""
    measures = run_trial(trial)
    return np.array([measures[name] for name in MEASURES])
