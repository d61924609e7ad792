"""A sweep: many trials, run where there is room, those with known results left out."""

from collections import Counter, deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from app.experiments.results import Results
from app.experiments.trial import Trial
from app.experiments.workers import Failure, Outcome, Task, Workers

LIVES = 3
"""A trial that loses its worker this often while it runs alone counts as what kills it."""
LEAST_AHEAD = 16
AHEAD, MOST_AHEAD = 8, 64
"""How many trials are handed over for each one that can run at the same time. More follow, many
at once, when half of them have ended; twice as many where workers ran out of them by then."""
RECOUNT = 50
"""After so many trials it is asked again how many can run at the same time."""


@dataclass(frozen=True)
class Asked:
    """A trial, and the key of its result."""

    trial: Trial
    key: str


@dataclass(frozen=True)
class Finished:
    """What became of the trial of this index; ``known`` when nothing had to be computed."""

    index: int
    outcome: Outcome
    known: bool


def run_sweep(
    asked: Sequence[Asked], workers: Workers, results: Results
) -> Generator[Finished | None]:
    """What becomes of each trial, in the order in which they end; ``None`` while nothing is new.

    Known results come first. A worker that dies costs time and nothing else: every trial it might
    have been running is run again, alone, and only one that is alone with a dying worker several
    times has failed. Closing the iterator takes back what has not run.
    """
    waiting: deque[int] = deque()
    for index, one in enumerate(asked):
        found = results.find(one.key)
        if found is None:
            waiting.append(index)
        else:
            yield Finished(index, found, known=True)
    if waiting:
        yield from _Runner(asked, workers, results, waiting).run()


class _Runner:
    """Trials that wait, those that run, and those that may have killed a worker."""

    def __init__(
        self, asked: Sequence[Asked], workers: Workers, results: Results, waiting: deque[int]
    ) -> None:
        self._asked = asked
        self._workers = workers
        self._results = results
        self._waiting = waiting
        self._suspects: deque[int] = deque()
        self._running: dict[int, Task] = {}
        self._alone: int | None = None
        self._deaths: Counter[int] = Counter()
        self._most = LEAST_AHEAD
        self._ahead = AHEAD
        self._count = self._recount_at = self._threads = 0
        self._ended: SimpleQueue[tuple[int, Outcome]] = SimpleQueue()

    def run(self) -> Generator[Finished | None]:
        """Run them all."""
        try:
            while not self._workers.start():
                yield None
            while self._waiting or self._suspects or self._running:
                self._hand_over()
                try:
                    index, outcome = self._ended.get_nowait()
                except Empty:
                    yield None
                    continue
                del self._running[index]
                if outcome is Failure.WORKER_DIED and self._try_again(index):
                    continue
                if not isinstance(outcome, Failure):
                    self._results.keep(self._asked[index].key, outcome)
                yield Finished(index, outcome, known=False)
        finally:
            self._workers.cancel(list(self._running.values()))

    def _hand_over(self) -> None:
        if self._waiting and len(self._running) <= self._most // 2:
            self._widen()
            room = min(len(self._waiting), self._most - len(self._running))
            if room > 0:
                self._submit([self._waiting.popleft() for _ in range(room)])
        if self._suspects and not self._running:
            self._alone = self._suspects.popleft()
            self._submit([self._alone])

    def _widen(self) -> None:
        """Find how many trials may be handed over: workers come and go, some trials are quick."""
        if self._count >= self._recount_at:
            self._threads = self._workers.count_threads()
            self._recount_at = self._count + RECOUNT
        if self._count and len(self._running) - self._ended.qsize() < self._threads:
            self._ahead = min(MOST_AHEAD, 2 * self._ahead)
        self._most = max(LEAST_AHEAD, self._ahead * self._threads)

    def _submit(self, numbers: list[int]) -> None:
        trials = {number: self._asked[number].trial for number in numbers}
        self._count += len(numbers)
        for task in self._workers.submit(trials, lambda *ended: self._ended.put(ended)):
            self._running[task.number] = task

    def _try_again(self, index: int) -> bool:
        if index == self._alone:
            self._deaths[index] += 1
        if self._deaths[index] >= LIVES:
            return False
        self._suspects.append(index)
        return True
