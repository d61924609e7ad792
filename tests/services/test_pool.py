"""Jobs take turns, say what they have to say, and end when they are told to."""

import threading
import time
from collections.abc import Iterator

import pytest

from app.services.events import Control, Event, Turn, Wait
from app.services.pool import Pool


class Reader:
    """Remembers what was delivered."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.error: BaseException | None = None
        self.over = threading.Event()
        self.first = threading.Event()

    def take(self, event: Event | None, error: BaseException | None) -> None:
        if event is None:
            self.error = error
            self.over.set()
        else:
            self.names.append(event.name)
            self.first.set()


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(1, time.monotonic)
    yield pool
    pool.close()


def count(*names: str) -> Iterator[Turn]:
    for name in names:
        yield Event(name, b"")
        yield None


def test_events_come_in_order_and_then_the_end(pool: Pool) -> None:
    reader = Reader()
    pool.start(count("a", "b", "c"), reader.take, Control())
    assert reader.over.wait(5)
    assert reader.names == ["a", "b", "c"]
    assert reader.error is None


def test_a_job_that_fails_ends_with_its_error_and_others_go_on(pool: Pool) -> None:
    def fail() -> Iterator[Turn]:
        yield Event("a", b"")
        raise ValueError("no")

    failing, other = Reader(), Reader()
    pool.start(fail(), failing.take, Control())
    pool.start(count("b"), other.take, Control())
    assert failing.over.wait(5)
    assert other.over.wait(5)
    assert isinstance(failing.error, ValueError)
    assert other.names == ["b"]


def test_a_pause_longer_than_the_system_counts_keeps_nobody_else_waiting(pool: Pool) -> None:
    def doze() -> Iterator[Turn]:
        for seconds in (1e300, float("inf")):
            yield Event("a", b"")
            yield Wait(seconds)

    dozing, other = Reader(), Reader()
    job = pool.start(doze(), dozing.take, Control())
    assert dozing.first.wait(5)
    pool.start(count("b"), other.take, Control())
    assert other.over.wait(5)
    pool.ask_to_end(job, "draining")
    assert dozing.over.wait(5)
    assert dozing.error is None


def test_a_job_without_end_lets_others_have_their_turn(pool: Pool) -> None:
    def forever() -> Iterator[Turn]:
        while True:
            yield None

    endless, other = Reader(), Reader()
    job = pool.start(forever(), endless.take, Control())
    pool.start(count("a"), other.take, Control())
    assert other.over.wait(5)
    assert not endless.over.is_set()
    pool.cancel(job)
    assert job.done.wait(5)
    assert not endless.over.is_set()


def test_a_job_that_waits_costs_no_turn_and_can_be_cancelled(pool: Pool) -> None:
    closed = threading.Event()

    def wait() -> Iterator[Turn]:
        try:
            yield Event("a", b"")
            yield Wait(3600)
        finally:
            closed.set()

    reader, other = Reader(), Reader()
    job = pool.start(wait(), reader.take, Control())
    assert reader.first.wait(5)
    pool.start(count("b"), other.take, Control())
    assert other.over.wait(5)
    pool.cancel(job)
    assert closed.wait(5)


def test_a_job_that_waits_ends_by_itself_when_asked(pool: Pool) -> None:
    control, reader = Control(), Reader()

    def wait() -> Iterator[Turn]:
        yield Event("a", b"")
        while control.reason is None:
            yield Wait(3600)
        yield Event(control.reason, b"")

    job = pool.start(wait(), reader.take, control)
    assert reader.first.wait(5)
    pool.ask_to_end(job, "draining")
    assert reader.over.wait(5)
    assert reader.names == ["a", "draining"]


def test_closing_ends_threads_and_jobs_and_a_pool_can_start_again() -> None:
    pool, closed = Pool(2, time.monotonic), []
    before = threading.active_count()

    def forever(name: str) -> Iterator[Turn]:
        try:
            yield Event(name, b"")
            while True:
                yield Wait(3600)
        finally:
            closed.append(name)

    readers = [Reader(), Reader(), Reader()]
    for number, reader in enumerate(readers):
        pool.start(forever(str(number)), reader.take, Control())
    assert all(reader.first.wait(5) for reader in readers)
    pool.close()
    assert sorted(closed) == ["0", "1", "2"]
    assert threading.active_count() == before
    again = Reader()
    pool.start(count("a"), again.take, Control())
    assert again.over.wait(5)
    pool.close()
