"""Schedules against their formulas."""

import math
from typing import Any

import pytest

from app.training.schedules import SCHEDULES


def factor(name: str, step: int, **options: Any) -> float:
    schedule = SCHEDULES[name]
    return schedule.factor(schedule.options(**options), step)


@pytest.mark.parametrize(
    ("name", "options", "steps", "wanted"),
    [
        ("constant", {}, [0, 7, 10**6], [1, 1, 1]),
        ("step", {"every": 10, "factor": 0.5}, [0, 9, 10, 25], [1, 1, 0.5, 0.25]),
        ("exponential", {"decay": 0.9}, [0, 1, 10], [1, 0.9, 0.9**10]),
        ("cosine", {"steps": 100}, [0, 50, 100, 200], [1, 0.5, 0, 0]),
        ("cosine", {"steps": 100, "minimum": 0.2}, [0, 50, 100], [1, 0.6, 0.2]),
        ("cosine", {"steps": 110, "warm_up": 10}, [0, 4, 10, 60], [1 / 11, 5 / 11, 1, 0.5]),
        ("warm_up", {"steps": 4}, [0, 1, 4, 9], [0, 0.25, 1, 1]),
        ("warm_up", {"steps": 4, "start": 0.5}, [0, 2, 4], [0.5, 0.75, 1]),
    ],
)
def test_factors_are_those_of_the_formula(
    name: str, options: dict[str, Any], steps: list[int], wanted: list[float]
) -> None:
    found = [factor(name, step, **options) for step in steps]
    assert found == pytest.approx(wanted, abs=1e-15)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_factor_is_never_above_1_or_below_0(name: str) -> None:
    for step in range(0, 3000, 7):
        assert 0 <= factor(name, step) <= 1
        assert math.isfinite(factor(name, step))
