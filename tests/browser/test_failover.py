"""A replica dies in the middle of a training: the page goes on with another where it was."""

import asyncio
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import wait_until
from tests.browser.server import run_server
from tests.browser.test_training import READY, counter, play, wait_for_step
from tests.reliability.failover import RoundRobin


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[list[tuple[str, Any]]]:
    with ExitStack() as stack:
        settings = {"throttle": False, "data": tmp_path}
        yield [stack.enter_context(run_server(**settings)) for _ in range(2)]


@pytest.fixture
def balancer(replicas: list[tuple[str, Any]]) -> Iterator[str]:
    loop, started, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    address: list[str] = []

    async def balance() -> None:
        async with RoundRobin([address for address, _ in replicas]).serve() as served:
            address.append(served)
            started.set()
            await stop.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0.2)

    thread = threading.Thread(target=loop.run_until_complete, args=[balance()])
    thread.start()
    started.wait()
    yield address[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def count_streams(address: str) -> float:
    text = httpx.get(f"{address}/api/v1/metrics").text
    return float(re.findall(r"^retrograd_streams (\S+)$", text, re.MULTILINE)[0])


def test_the_page_goes_on_with_the_other_replica(
    browser: Browser, replicas: list[tuple[str, Any]], balancer: str
) -> None:
    page = browser.new_page()
    page.goto(f"{balancer}/training#setup=circles")
    page.locator(READY).wait_for()
    play(page, "100")
    wait_for_step(page, 50)
    page.evaluate(
        """() => {
            window.steps = [];
            window.times = [];
            const shown = document.querySelector("#control .counters dd");
            const note = () => {
                window.steps.push(Number(shown.textContent.replace(",", "")));
                window.times.push(Date.now() / 1000);
            };
            const all = { characterData: true, childList: true, subtree: true };
            new MutationObserver(note).observe(shown, all);
        }"""
    )
    at = counter(page, "Step")
    [reading] = [process for address, process in replicas if count_streams(address) == 1]
    reading.send_signal(signal.SIGKILL)
    reading.wait(timeout=5)
    killed = time.time()
    wait_until(page, f"(window.steps.at(-1) ?? 0) > {at + 100}", seconds=10)
    steps, times = page.evaluate("[window.steps, window.times]")
    assert steps == sorted(steps), "it went back"
    # What the replica had sent may be shown after its death; the silence after that is what counts.
    silence = max(after - max(before, killed) for before, after in pairwise([killed, *times]))
    print(f"killed at step {at:.0f}, and {silence:.2f} s until the page went on")
    assert silence <= 3
    page.close()
