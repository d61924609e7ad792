"""A sweep told as events: every trial, every point once it is complete, how far it is."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from app.experiments.fixed_point import name_phase
from app.experiments.flow import predict, summarize
from app.experiments.gaussian import Gaussians
from app.experiments.sweep import Finished
from app.experiments.workers import Failure
from app.schemas.sweeps import SweepRequest
from app.services.events import Control, Turn, make_event
from app.services.programs import Resources
from app.services.sweeps import Sweep, find_log_ratio, prepare_sweep, run_trials, write_result
from app.services.wire import Payload, plain

PROGRESS_SECONDS = 0.5


def open_sweep(
    request: SweepRequest, resources: Resources, control: Control, clock: Callable[[], float]
) -> Iterator[Turn]:
    """The turns of a sweep. Raises ``NetworkError`` at once when it cannot be run.

    Closing the iterator takes back what has not run; what was done is kept, and asking again goes
    on from there.
    """
    return _tell(prepare_sweep(request, resources), resources, control, clock)


class _Count:
    """How many trials have ended, and how long the rest will take at this pace."""

    def __init__(self, trials: int, clock: Callable[[], float]) -> None:
        self._trials = trials
        self._clock = clock
        self._started = clock()
        self._computing: float | None = None
        self.done = self.failed = self.known = 0

    def add(self, finished: Finished) -> None:
        """Take note of a trial that has ended."""
        self.done += 1
        self.failed += isinstance(finished.outcome, Failure)
        self.known += finished.known

    @property
    def seconds(self) -> float:
        """Since the sweep began."""
        return self._clock() - self._started

    def write(self) -> Payload:
        """The progress so far."""
        computed = self.done - self.known
        if self._computing is None and computed:
            # Workers may have had to start; their start says nothing about the pace.
            self._computing, self._before = self._clock(), computed
        left = None
        if self._computing is not None and computed > self._before:
            pace = (self._clock() - self._computing) / (computed - self._before)
            left = pace * (self._trials - self.done)
        return {
            "done": self.done,
            "failed": self.failed,
            "known": self.known,
            "trials": self._trials,
            "seconds": self.seconds,
            "seconds_left": 0.0 if self.done == self._trials else left,
        }

    def write_end(self, reason: str) -> Payload:
        """The last event's payload."""
        return {
            "reason": reason,
            "done": self.done,
            "failed": self.failed,
            "trials": self._trials,
        }


def _tell(
    sweep: Sweep, resources: Resources, control: Control, clock: Callable[[], float]
) -> Iterator[Turn]:
    count, told = _Count(len(sweep.asked), clock), clock()
    yield make_event(
        "begin",
        {
            "trials": len(sweep.asked),
            "points": len(sweep.values),
            "seeds": sweep.seeds,
            "axes": list(sweep.axes),
        },
    )
    ended: dict[int, list[Finished]] = {}
    gaussians, reason = Gaussians(), "done"
    for turn in run_trials(sweep, resources, control, clock):
        if isinstance(turn, Finished):
            count.add(turn)
            yield make_event("result", write_result(sweep, turn))
            point = turn.index % len(sweep.values)
            ended.setdefault(point, []).append(turn)
            if len(ended[point]) == sweep.seeds:
                yield make_event("point", _write_point(sweep, point, ended.pop(point), gaussians))
        elif isinstance(turn, str):
            reason = turn
        else:
            yield turn
        if clock() - told >= PROGRESS_SECONDS:
            told = clock()
            yield make_event("progress", count.write())
    yield make_event("progress", count.write())
    yield make_event("end", count.write_end(reason))


def _write_point(
    sweep: Sweep, point: int, ended: Sequence[Finished], gaussians: Gaussians
) -> Payload:
    ratios = [find_log_ratio(one.outcome) for one in ended if not isinstance(one.outcome, Failure)]
    theory = predict(sweep.trials[point], gaussians)
    grads = [entry.grad_z_rms for entry in theory.predictions]
    with np.errstate(all="ignore"):
        predicted = float(np.log10(np.divide(grads[0], grads[-1])))
    over = summarize(ratios) if ratios else None
    return {
        "point": point,
        "values": list(sweep.values[point]),
        "failed": len(ended) - len(ratios),
        "log10_ratio": over and {"mean": plain(float(over.mean)), "std": plain(float(over.std))},
        "predicted_log10_ratio": _known(predicted),
        "sigma_w": _known(theory.sigma_w),
        "sigma_b": _known(theory.sigma_b),
        "q_star": _known(theory.q),
        "chi_1": _known(theory.chi),
        "phase": name_phase(theory.chi),
        "unknown": theory.unknown,
    }


def _known(value: float) -> Any:
    return None if math.isnan(value) else plain(value)
