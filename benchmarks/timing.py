"""Timing of several contestants in one interleaved run."""

from collections.abc import Mapping
from time import perf_counter

from benchmarks.contestants import Contestant

ROUNDS = 15
SECONDS = 0.02


def measure(contestants: Mapping[str, Contestant]) -> dict[str, float]:
    """Seconds per step of each, the least of many rounds in which all take turns."""
    counts = {name: _choose_count(each) for name, each in contestants.items()}
    rounds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, each in contestants.items():
            rounds[name].append(_time(each, counts[name]))
    return {name: min(times) for name, times in rounds.items()}


def _choose_count(contestant: Contestant) -> int:
    contestant.step()
    once = min(_time(contestant, 1) for _ in range(3))
    return max(1, round(SECONDS / once))


def _time(contestant: Contestant, count: int) -> float:
    step = contestant.step
    start = perf_counter()
    for _ in range(count):
        step()
    return (perf_counter() - start) / count
