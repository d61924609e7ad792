"""The benchmark compares only those who do the same work."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from app.experiments.trial import Inputs, Trial
from app.experiments.workers import Deliver, Serial, Task, measure_trial
from app.schemas.specs import DenseSpec
from app.schemas.sweeps import SweepRequest
from app.services.grids import list_points
from app.settings import Limits
from benchmarks import playground, sweeps
from benchmarks.__main__ import check_losses, prepare, write_row
from benchmarks.cases import CASES, Scalar
from benchmarks.contestants import Contestant


@pytest.mark.parametrize("key", CASES)
def test_all_who_are_built_in_find_the_same_loss(key: str) -> None:
    contestants = prepare(CASES[key], {})
    check_losses(contestants)
    names = {"ours", "recorded"} if isinstance(CASES[key], Scalar) else None
    assert set(contestants) == (names or {"ours", "recorded", "floor", "plain"})
    assert all(each.loss() for each in contestants.values())


def test_other_work_is_refused() -> None:
    contestants = {name: Contestant(lambda: None, lambda: 1.0) for name in ("ours", "floor")}
    check_losses(contestants)
    contestants["floor"] = Contestant(lambda: None, lambda: 1.0 + 1e-6)
    with pytest.raises(SystemExit, match="not all do the same work"):
        check_losses(contestants)


def test_a_row_gives_multiples_of_ours() -> None:
    row = write_row("1", {"ours": 10e-6, "floor": 8e-6, "torch": 250e-6})
    assert row == "| 1: 2-4-2-1 tanh | 10.0 µs |  | 0.80x |  | 25.00x |  |  |"


def test_plain_javascript_does_the_same_work() -> None:
    document, inputs, targets = playground.draw()
    training = playground.open_loop(document, inputs, targets)
    with playground.run_script() as script:
        script.ask({**playground.write_task(document), "inputs": inputs, "targets": targets})
        playground.compare(training, script)
        with pytest.raises(SystemExit, match="not the same work"):
            playground.compare(playground.open_loop(document, inputs, targets), script)


SWEEP = {**sweeps.write_request(3, 2, (2, 3), 3), "seeds": 2}


class Wrong(Serial):
    """Workers whose results are not those of the trials."""

    def submit(self, trials: Mapping[int, Trial], deliver: Deliver) -> Sequence[Task]:
        return super().submit(trials, lambda number, _: deliver(number, np.zeros((9, 2))))


def test_sweeps_are_measured_where_results_are_the_same() -> None:
    sweeps.compare(SWEEP, [Serial(), Serial()])
    with pytest.raises(SystemExit, match="not the same results"):
        sweeps.compare(SWEEP, [Serial(), Wrong()])
    measured = sweeps.measure_sweep(SWEEP, Serial())
    assert measured.rate > 0
    assert measured.here > 0


def test_an_estimate_lies_between_no_overlap_and_the_slower_part() -> None:
    assert sweeps.estimate(0.001, 0.01, 4) == pytest.approx((1 / 0.0035, 400.0))
    assert sweeps.estimate(0.001, 0.01, 64)[1] == pytest.approx(1000.0)
    assert sweeps.write_estimate(0.001, 0.01, 64) == "865 to 1,000"


def test_a_trial_that_sleeps_gives_the_same() -> None:
    first, second = sweeps.list_sleeping(0.0, 2)
    awake = replace(first.trial, inputs=Inputs())
    assert measure_trial(first.trial).tobytes() == measure_trial(awake).tobytes()
    assert measure_trial(first.trial).tobytes() != measure_trial(second.trial).tobytes()


def test_the_longest_sweep_is_as_long_as_may_be() -> None:
    request, limits = SweepRequest.model_validate(sweeps.LONGEST), Limits()
    points = list(list_points(request, limits))
    assert len(points) * request.seeds == limits.trials
    network = points[0].configuration.network
    assert isinstance(network, DenseSpec)
    assert len(points) * len(network.layers) == limits.listed_layers
