"""Gradient flow: one network under many seeds, measured layer by layer beside its theory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.op import Array
from app.experiments.gaussian import Gaussians
from app.experiments.jacobian import count_work, list_spectra
from app.experiments.measures import MEASURES, Measures, find_factors
from app.experiments.recurrent_theory import (
    find_slope_bound,
    measure_radii,
    predict_recurrent,
)
from app.experiments.theory import Theory, predict_dense
from app.experiments.trial import Trial, build_program, run_trial
from app.networks.dense import DenseSpec

SPECTRUM = ("largest", "smallest", "mean_square")


@dataclass(frozen=True)
class Summary:
    """Mean over seeds, and their standard deviation (of a sample; 0 for a single seed)."""

    mean: Array
    std: Array


@dataclass(frozen=True)
class Radii:
    """The recurrent weights of one gate, counted from 1, over all seeds."""

    gate: int
    spectral_radius: Summary
    largest_singular_value: Summary


@dataclass(frozen=True)
class Flow:
    """What many seeds gave, by layer or time step, and what theory says of it.

    ``measures`` has a summary per measure. ``factors``: the mean square gradient of z over that
    of the next layer or step, the geometric mean over seeds; NaN for the last. ``spectra`` are
    from the first ``spectra_seeds`` seeds, as many as the work allows.
    """

    measures: dict[str, Summary]
    factors: Array
    spectra: dict[str, Summary]
    spectra_seeds: int
    theory: Theory
    radii: tuple[Radii, ...]
    slope_bound: float


def measure_flow(
    trial: Trial, seeds: int, spectra_work: int, pause: Callable[[], None] = lambda: None
) -> Flow:
    """Run a trial under as many seeds, counted up from its own.

    ``spectra_work`` is how much work singular values may be, as ``count_work`` counts. ``pause`` is
    called before each seed.
    """
    program = build_program(trial)
    spectra_seeds = min(seeds, spectra_work // max(1, count_work(trial)))
    runs: list[Measures] = []
    spectra, radii = [], []
    for number in range(seeds):
        pause()
        seeded = trial.with_seed(trial.spec.seed + number)
        runs.append(run_trial(seeded, program))
        if number < spectra_seeds:
            found = list_spectra(seeded, program.tape)
            spectra.append([[getattr(one, name) for one in found] for name in SPECTRUM])
        if not isinstance(trial.spec, DenseSpec):
            radii.append(measure_radii(trial.spec, program.tape.values["cell.weight_hh"]))
    measures = {name: summarize([run[name] for run in runs]) for name in MEASURES}
    with np.errstate(all="ignore"):
        factors = [find_factors(run["grad_z_rms"]) for run in runs]
        factor = np.exp(np.mean(np.log(factors), axis=0))
    by_name = zip(SPECTRUM, zip(*spectra, strict=True), strict=False)
    return Flow(
        measures,
        factor,
        {name: summarize(values) for name, values in by_name},
        spectra_seeds,
        predict(trial),
        tuple(
            Radii(
                gates[0].gate,
                summarize([gate.spectral_radius for gate in gates]),
                summarize([gate.largest_singular_value for gate in gates]),
            )
            for gates in zip(*radii, strict=True)
        ),
        np.nan if isinstance(trial.spec, DenseSpec) else find_slope_bound(trial.spec),
    )


def summarize(values: Sequence[Array | float | Sequence[float]]) -> Summary:
    """Mean and standard deviation over the first axis."""
    stacked = np.array(values, dtype=np.float64)
    with np.errstate(all="ignore"):
        spread = stacked.std(axis=0, ddof=1) if len(stacked) > 1 else np.zeros(stacked.shape[1:])
        return Summary(stacked.mean(axis=0), spread)


def predict(trial: Trial, gaussians: Gaussians | None = None) -> Theory:
    """What theory says of a trial, whatever its seed.

    Theories of many trials that share their ``gaussians`` cost less.
    """
    square = trial.inputs.variance
    if isinstance(trial.spec, DenseSpec):
        return predict_dense(trial.spec, square, gaussians)
    return predict_recurrent(trial.spec, trial.time_steps, square, gaussians)
