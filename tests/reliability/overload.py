"""Four times as many requests as can be served: how many of them still are, and how fast the others
are refused, by the clock of who asks and by the server's own log.
``python -m tests.reliability.overload [SECONDS]``"""

import asyncio
import itertools
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.browser.server import run_server
from tests.reliability.client import Answer, Client, find_share, make_request, opened
from tests.reliability.requests import FLOW

PATH = "/api/v1/experiments/gradient-flow"
REQUEST = make_request("POST", PATH, FLOW)
LAG_SECONDS = 0.02
SETTINGS = {"workers": 2, "threads": 1}
"""A process for each of two cores, as docs/deployment.md has it."""
ENOUGH = 12
"""So many connections keep both processes busy, however they are shared out."""
KEPT = 100
"""Connections that are open before the first request: more than are ever waited on at once."""


async def measure_peak(address: str, seconds: float, connections: int) -> float:
    """Answers per second when as many ask as can be served, each after its last answer."""
    end = time.perf_counter() + seconds
    served = 0

    async def ask(client: Client) -> None:
        nonlocal served
        while time.perf_counter() < end:
            answer = await client.ask(REQUEST)
            assert answer.status in (200, 503), answer
            if answer.status == 503:
                # More than half of the connections may have come to one process.
                await asyncio.sleep(0.05)
            else:
                served += time.perf_counter() < end

    async with opened(address, connections) as clients:
        await asyncio.gather(*(ask(client) for client in clients))
    return served / seconds


async def offer(address: str, seconds: float, rate: float) -> list[Answer]:
    """What comes back when requests come at ``rate``, whatever becomes of those before."""
    answers: list[Answer] = []
    # Opening a connection is another matter than being refused on one.
    free = [Client(address) for _ in range(KEPT)]
    for client in free:
        await client.connect()
    tasks: set[asyncio.Task[None]] = set()

    async def ask() -> None:
        client = free.pop() if free else Client(address)
        answers.append(await client.ask(REQUEST))
        free.append(client)

    began = time.perf_counter()
    while (elapsed := time.perf_counter() - began) < seconds:
        while len(answers) + len(tasks) < rate * elapsed:
            task = asyncio.create_task(ask())
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.002)
    within = list(answers)
    await asyncio.gather(*tasks)
    for client in free:
        client.close()
    return within


async def run(seconds: float, rounds: int = 4) -> dict[str, float]:
    """The trial: the peak, and what four times the peak does to it, by turns."""
    peaks: list[float] = []
    offered: list[float] = []
    served: list[float] = []
    refused: list[float] = []
    lags: list[float] = []
    # What the client itself takes of the processor is not the server's to use.
    cores, taken = os.cpu_count() or 1, [time.process_time()]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        wanted = {"throttle": False, "log": log, "log_level": "info", "log_format": "json"}
        with run_server(**wanted, **SETTINGS) as (address, _):
            await measure_peak(address, 1, ENOUGH)
            for _ in range(rounds):
                taken.append(time.process_time())
                peaks.append(await measure_peak(address, seconds, ENOUGH))
                taken.append(time.process_time())
                watching = asyncio.create_task(watch_lag(lags))
                answers = await offer(address, seconds, 4 * peaks[-1])
                watching.cancel()
                taken.append(time.process_time())
                statuses = Counter(answer.status for answer in answers)
                assert set(statuses) <= {200, 503}, statuses
                offered.append(len(answers) / seconds)
                served.append(statuses[200] / seconds)
                refused += [answer.seconds for answer in answers if answer.status == 503]
        inside = read_refusals(log)
    spent = [after - before for before, after in itertools.pairwise(taken)]
    # In turns: between rounds, at the peak, in overload.
    left = [1 - sum(spent[turn::3]) / (rounds * seconds * cores) for turn in (1, 2)]
    return {
        "peak per second": sum(peaks) / rounds,
        "offered per second": sum(offered) / rounds,
        "served per second": sum(served) / rounds,
        "share of the peak": sum(served) / sum(peaks),
        "left by the client, peak": left[0],
        "left by the client, overload": left[1],
        "share of the peak in that": sum(served) / left[1] / (sum(peaks) / left[0]),
        "refused": len(refused),
        "refused within ms, p50": 1000 * find_share(refused, 0.5),
        "refused within ms, p99": 1000 * find_share(refused, 0.99),
        "by the server's clock, p50": find_share(inside, 0.5),
        "by the server's clock, p99": find_share(inside, 0.99),
        "client late by ms, p50": 1000 * find_share(lags, 0.5),
        "client late by ms, p99": 1000 * find_share(lags, 0.99),
    }


async def watch_lag(lags: list[float]) -> None:
    """How much later than it asked for this process is woken: its own share of what it measures."""
    while True:
        due = time.perf_counter() + LAG_SECONDS
        await asyncio.sleep(LAG_SECONDS)
        lags.append(time.perf_counter() - due)


def read_refusals(log: Path) -> list[float]:
    """Milliseconds from a request's head to the end of its refusal, from the server's log."""
    lines = (json.loads(line) for line in log.read_text().splitlines())
    return [
        line["milliseconds"] for line in lines if line.get("path") == PATH and line["status"] == 503
    ]


if __name__ == "__main__":
    found = asyncio.run(run(float(sys.argv[1]) if len(sys.argv) > 1 else 3))
    for name, value in found.items():
        print(f"{name:28} {value:10.3f}")
    assert found["share of the peak in that"] >= 0.9
