"""Sweeps: a grid of configurations under several seeds, prepared and run."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from app import __version__
from app.engine.op import Array
from app.experiments.measures import MEASURES
from app.experiments.results import make_key
from app.experiments.sweep import Asked, Finished, run_sweep
from app.experiments.trial import Trial
from app.experiments.workers import Failure
from app.networks.errors import NetworkError
from app.schemas.sweeps import SweepRequest
from app.services.events import Control, Wait
from app.services.experiments import read_trial
from app.services.grids import Point, list_points, locate_fault
from app.services.programs import Resources
from app.services.sizes import require
from app.services.wire import Payload, plain

PAUSE = 0.02
"""Seconds between two looks at whether a trial has ended."""
GRAD_Z, Z_VARIANCE = MEASURES.index("grad_z_rms"), MEASURES.index("z_variance")


@dataclass(frozen=True)
class Sweep:
    """A sweep that may be run: every point's values of the axes and its trial, and every key."""

    axes: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]
    trials: tuple[Trial, ...]
    asked: tuple[Asked, ...]

    @property
    def seeds(self) -> int:
        """How many trials each point has."""
        return len(self.asked) // len(self.values)


def prepare_sweep(request: SweepRequest, resources: Resources) -> Sweep:
    """Everything that can be wrong with a sweep is found out here."""
    limits = resources.limits
    require(request.seeds, limits, "seeds", "/seeds", "seeds")
    values, trials, keys = [], [], []
    for point in list_points(request, limits):
        try:
            trials.append(read_trial(point.configuration, resources, work="trial_work"))
        except NetworkError as error:
            raise locate_fault(point.choice, request.grid, error) from error
        keys.append(_make_point_key(point))
        values.append(point.values)
    asked = []
    for number in range(request.seeds):
        for key, trial in zip(keys, trials, strict=True):
            seed = trial.spec.seed + number
            asked.append(Asked(trial.with_seed(seed), f"{key}-{seed}"))
    axes = tuple(axis.name or axis.pointers[0] for axis in request.grid)
    return Sweep(axes, tuple(values), tuple(trials), tuple(asked))


def _make_point_key(point: Point) -> str:
    """What the keys of a point's trials begin with, whatever the seeds are counted from."""
    document = point.configuration.model_dump(mode="json", exclude={"network": {"seed"}})
    return make_key({"release": __version__, **document})


def run_trials(
    sweep: Sweep, resources: Resources, control: Control, clock: Callable[[], float]
) -> Iterator[Finished | Wait | str]:
    """Trials that have ended and pauses between; a word where the sweep ends before its time."""
    started = clock()
    running = run_sweep(sweep.asked, resources.workers, resources.results)
    try:
        for finished in running:
            if control.reason is not None:
                yield control.reason
                return
            if clock() - started > resources.limits.sweep_seconds:
                yield "time_limit"
                return
            yield Wait(PAUSE) if finished is None else finished
    except ConnectionError:
        yield "no_scheduler"
    finally:
        running.close()


def write_result(sweep: Sweep, finished: Finished) -> Payload:
    """What became of a trial, as it goes on the wire."""
    point = finished.index % len(sweep.values)
    outcome = finished.outcome
    payload: Payload = {
        "trial": finished.index,
        "point": point,
        "values": list(sweep.values[point]),
        "seed": sweep.asked[finished.index].trial.seed,
        "known": finished.known,
        "failed": None,
        "grad_z_rms": None,
        "z_variance": None,
        "log10_ratio": None,
        "mean_factor": None,
    }
    if isinstance(outcome, Failure):
        return {**payload, "failed": outcome.value}
    ratio = find_log_ratio(outcome)
    return {
        **payload,
        "grad_z_rms": plain(outcome[GRAD_Z]),
        "z_variance": plain(outcome[Z_VARIANCE]),
        "log10_ratio": plain(ratio),
        "mean_factor": plain(find_mean_factor(ratio, outcome.shape[1])),
    }


def find_log_ratio(measured: Array) -> float:
    """The decimal logarithm of the first gradient of z over the last."""
    grads = measured[GRAD_Z]
    with np.errstate(all="ignore"):
        return float(np.log10(grads[0]) - np.log10(grads[-1]))


def find_mean_factor(log_ratio: float, places: int) -> float:
    """The geometric mean of the factors of the mean square gradient; NaN for a single place."""
    if places == 1:
        return math.nan
    with np.errstate(all="ignore"):
        return float(np.power(10.0, 2 * log_ratio / (places - 1)))
