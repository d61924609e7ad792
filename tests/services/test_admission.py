"""What is taken on at a time, and for how long."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from app.services import admission as module
from app.services.admission import Admission, BusyError, Memory, check_deadline
from app.settings import Limits, Settings

COUNT_MEMORY = module.count_memory
"""As it is, before tests put another in its place."""


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def admit(**limits: int) -> tuple[Admission, Clock]:
    clock = Clock()
    return Admission(Settings(threads=1, limits=Limits(**limits)), clock), clock


def test_as_many_as_compute_and_wait_and_not_one_more() -> None:
    admission, _ = admit(waiting=2)
    going = threading.Event()

    async def scenario() -> list[bool]:
        first = [asyncio.create_task(admission.compute(going.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        assert admission.computing == 3
        with pytest.raises(BusyError, match="3 requests are waiting already"):
            await admission.compute(going.wait)
        going.set()
        answers: list[bool] = await asyncio.gather(*first)
        return answers

    assert asyncio.run(scenario()) == [True] * 3
    assert admission.computing == 0
    assert admission.refuse() is None
    admission.close()


def test_who_has_waited_too_long_is_not_computed_for() -> None:
    admission, clock = admit(queue_seconds=5)
    going = threading.Event()
    ran: list[str] = []

    async def scenario() -> None:
        first = asyncio.create_task(admission.compute(going.wait))
        second = asyncio.create_task(admission.compute(ran.append, object="second"))
        await asyncio.sleep(0.05)
        clock.now = 5.1
        going.set()
        await first
        with pytest.raises(BusyError, match="waited too long"):
            await second

    asyncio.run(scenario())
    assert ran == []
    admission.close()


def test_an_error_is_passed_on_and_its_place_is_free_again() -> None:
    admission, _ = admit()

    def fail() -> None:
        raise ValueError("wrong")

    async def scenario() -> None:
        with pytest.raises(ValueError, match="wrong"):
            await admission.compute(fail)

    asyncio.run(scenario())
    assert admission.computing == 0
    admission.close()


def test_a_place_is_taken_until_the_thread_is_done_with_it() -> None:
    admission, _ = admit()
    going = threading.Event()

    async def scenario() -> None:
        task = asyncio.create_task(admission.compute(going.wait))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert admission.computing == 1
        going.set()
        while admission.computing:
            await asyncio.sleep(0.01)

    asyncio.run(scenario())
    admission.close()


def test_the_deadline_is_looked_at_between_slices() -> None:
    admission, clock = admit(compute_seconds=5)
    check_deadline()

    def work(seconds: float) -> str:
        for _ in range(5):
            clock.now += seconds
            check_deadline()
        return "done"

    async def ask(seconds: float) -> str:
        answer: str = await admission.compute(work, seconds=seconds)
        return answer

    assert asyncio.run(ask(1.0)) == "done"
    with pytest.raises(BusyError, match="too long to compute"):
        asyncio.run(ask(1.01))
    admission.close()


def test_bodies_that_are_read_at_a_time() -> None:
    admission, _ = admit(buffered_bytes=100)
    admission.buffer(60)
    admission.buffer(40)
    with pytest.raises(BusyError):
        admission.buffer(1)
    admission.buffer(-40)
    admission.buffer(1)


def test_no_heavy_work_while_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, held, trimmed = Clock(), [100], list[float]()

    def trim() -> None:
        trimmed.append(clock.now)

    monkeypatch.setattr(module, "count_memory", lambda: held[0])
    monkeypatch.setattr(module, "trim_memory", trim)
    memory = Memory(100, clock)
    assert not memory.is_short()
    held[0] = 101
    assert not memory.is_short()
    clock.now += 1
    assert memory.is_short()
    clock.now += 1
    assert memory.is_short()
    assert trimmed == [1.0]
    held[0] = 99
    clock.now += 1
    assert not memory.is_short()


def test_memory_is_counted() -> None:
    assert COUNT_MEMORY() > 10_000_000
    module.trim_memory()


def test_draining_refuses() -> None:
    admission, _ = admit()
    refuse: Callable[[], BusyError | None] = admission.refuse
    assert refuse() is None
    admission.drain()
    assert "about to stop" in str(refuse())
