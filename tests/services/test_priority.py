"""Threads that compute go after the one that answers."""

import asyncio
import os
import sys
import threading

import pytest

from app.services.admission import Admission
from app.services.priority import step_back
from app.settings import Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="single threads have none")


def find_niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def step_back_aside(niceness: int) -> int:
    found: list[int] = []

    def work() -> None:
        step_back(niceness)
        found.append(find_niceness())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.parametrize("niceness", [0, 5, 19])
def test_only_the_thread_itself_steps_back(niceness: int) -> None:
    own = find_niceness()
    assert step_back_aside(niceness) == min(19, own + niceness)
    assert find_niceness() == own


def test_the_compute_pool_goes_after_the_event_loop() -> None:
    async def scenario() -> tuple[int, int]:
        admission = Admission(Settings(niceness=7))
        computing = await admission.compute(find_niceness)
        admission.close()
        return find_niceness(), computing

    own, computing = asyncio.run(scenario())
    assert computing == min(19, own + 7)
