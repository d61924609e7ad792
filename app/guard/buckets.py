"""Token buckets: how often something may happen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

SWEEP_AT = 10_000
"""Buckets from which on those that are full again are forgotten."""


@dataclass(frozen=True)
class Rate:
    """``tokens`` every ``seconds``; as many may be taken at once."""

    tokens: int
    seconds: float


class Buckets:
    """Buckets by key, each filled at its rate.

    A bucket is one number, the moment when it will be full again (the generic cell rate
    algorithm, ITU-T I.371): taking a token moves it by the time that one token takes to come back.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._full_at: dict[tuple[str, str], float] = {}
        self._sweep_at = SWEEP_AT

    def take(self, wanted: Iterable[tuple[str, str, Rate]]) -> float:
        """Take a token from each of the buckets (name, key), or from none.

        Returns 0, or the seconds until there is one in each.
        """
        now, taken = self._clock(), {}
        for name, key, rate in wanted:
            interval = rate.seconds / rate.tokens
            full_at = max(self._full_at.get((name, key), now), now)
            # A little leniency: the sum of many intervals is not exactly their multiple.
            wait = full_at - now - (rate.tokens - 1 + 1e-6) * interval
            if wait > 0:
                return wait
            taken[name, key] = full_at + interval
        self._full_at |= taken
        if len(self._full_at) > self._sweep_at:
            self._sweep(now)
        return 0

    def give_back(self, taken: Iterable[tuple[str, str, Rate]]) -> None:
        """Put a token back into each of the buckets: what it was taken for was not worth one."""
        for name, key, rate in taken:
            if (name, key) in self._full_at:
                self._full_at[name, key] -= rate.seconds / rate.tokens

    def __len__(self) -> int:
        return len(self._full_at)

    def _sweep(self, now: float) -> None:
        self._full_at = {key: at for key, at in self._full_at.items() if at > now}
        self._sweep_at = max(SWEEP_AT, 2 * len(self._full_at))
