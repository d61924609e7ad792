"""The benchmark compares only those who do the same work."""

import pytest

from benchmarks import playground
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
