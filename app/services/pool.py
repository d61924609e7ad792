"""Long jobs on few threads: each is advanced for a slice of time, and then it is another's turn."""

import heapq
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from app.services.events import Control, Event, Turn, Wait
from app.services.priority import step_back

SLICE = 0.01
"""Seconds that a job goes on before others get their turn."""

LONGEST_PAUSE = 60.0
"""Seconds; a job may wait for longer than the system can count."""

Deliver = Callable[[Event | None, BaseException | None], None]
"""Takes an event; at last ``None``, with the exception if it was one that ended the job."""


@dataclass(eq=False)
class Job:
    """A job in the pool."""

    turns: Iterator[Turn]
    deliver: Deliver
    control: Control
    cancelled: bool = False
    number: int = 0
    ready: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)


class Pool:
    """Advances any number of jobs on ``threads`` threads, by the seconds of ``clock``.

    Threads start with the first job and end with ``close``; by ``niceness`` they go after others.
    """

    def __init__(self, threads: int, clock: Callable[[], float], niceness: int = 0) -> None:
        self._size = threads
        self._niceness = niceness
        self._clock = clock
        self._threads: list[threading.Thread] = []
        self._queue: list[tuple[float, int, Job]] = []
        self._numbers = count()
        self._change = threading.Condition()
        self._closed = False

    def start(self, turns: Iterator[Turn], deliver: Deliver, control: Control) -> Job:
        """Put a job in; its events are delivered on a thread of the pool."""
        job = Job(turns, deliver, control)
        with self._change:
            if not self._threads:
                self._closed = False
                self._threads = [
                    threading.Thread(target=self._work, name=f"pool-{number}", daemon=True)
                    for number in range(self._size)
                ]
                for thread in self._threads:
                    thread.start()
        self._put(job, self._clock())
        return job

    def cancel(self, job: Job) -> None:
        """Let go of a job within its current turn; nothing more is delivered."""
        job.cancelled = True
        self._wake(job)

    def ask_to_end(self, job: Job, reason: str) -> None:
        """Let a job come to its own end, soon."""
        job.control.reason = reason
        self._wake(job)

    def close(self) -> None:
        """Let go of all jobs, and wait for the threads to end."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        for thread in self._threads:
            thread.join()
        self._threads = []
        for _, _, job in self._queue:
            _finish(job)
        self._queue.clear()

    def _put(self, job: Job, ready: float) -> None:
        with self._change:
            job.number, job.ready = next(self._numbers), ready
            heapq.heappush(self._queue, (ready, job.number, job))
            self._change.notify()

    def _wake(self, job: Job) -> None:
        with self._change:
            for place, (_, number, waiting) in enumerate(self._queue):
                if waiting is job:
                    self._queue[place] = (0.0, number, job)
                    heapq.heapify(self._queue)
                    self._change.notify()
                    return

    def _take(self) -> Job | None:
        with self._change:
            while not self._closed:
                pause = None
                if self._queue:
                    pause = self._queue[0][0] - self._clock()
                    if pause <= 0:
                        return heapq.heappop(self._queue)[2]
                self._change.wait(None if pause is None else min(pause, LONGEST_PAUSE))
        return None

    def _work(self) -> None:
        step_back(self._niceness)
        while (job := self._take()) is not None:
            now = self._clock()
            wait = self._advance(job, now + SLICE)
            if wait is None:
                _finish(job)
            else:
                self._put(job, self._clock() + wait)

    def _advance(self, job: Job, until: float) -> float | None:
        """Run a job for a slice; returns how long it waits, or ``None`` when it is over."""
        try:
            while not job.cancelled and not self._closed:
                turn = next(job.turns)
                if isinstance(turn, Wait):
                    return 0.0 if job.control.reason else turn.seconds
                if turn is not None:
                    job.deliver(turn, None)
                if self._clock() >= until:
                    return 0.0
        except StopIteration:
            job.deliver(None, None)
        except Exception as error:
            job.deliver(None, error)
        return None


def _finish(job: Job) -> None:
    close = getattr(job.turns, "close", None)
    if close is not None:
        close()
    job.done.set()
