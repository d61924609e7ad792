"""Many mixed requests and many streams that are opened and left: what is left behind of them.
``python -m tests.reliability.soak [REQUESTS] [STREAMS]``"""

import asyncio
import itertools
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.browser.server import run_server
from tests.reliability.client import Client, make_request, opened
from tests.reliability.requests import EXPECTED, MIX, TRAIN

CONNECTIONS = 16
READERS = 8
STREAM = make_request("POST", "/api/v1/networks/train", TRAIN)


@dataclass(frozen=True)
class Holdings:
    """What a process holds: memory in MiB, tasks of its event loop, threads, descriptors."""

    memory: float
    tasks: int
    threads: int
    descriptors: int


def look(address: str, pid: int) -> Holdings:
    """What a process holds now."""
    # Before the question for the tasks, whose connection the server closes when it comes to it.
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    text = httpx.get(f"{address}/api/v1/metrics").text
    [tasks] = re.findall(r"^retrograd_tasks (\S+)$", text, re.MULTILINE)
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    memory = int(status["VmRSS"].split()[0]) / 1024
    return Holdings(memory, int(float(tasks)), int(status["Threads"]), descriptors)


async def ask_all(address: str, count: int) -> Counter[int]:
    """Ask for so many of the mix, in turn, on a few connections."""
    names = itertools.cycle(MIX)
    left, statuses = count, Counter[int]()

    async def ask(client: Client) -> None:
        nonlocal left
        while left > 0:
            left -= 1
            name = next(names)
            answer = await client.ask(MIX[name])
            statuses[answer.status] += 1
            assert answer.status == EXPECTED.get(name, 200), (name, answer)

    async with opened(address, CONNECTIONS) as clients:
        await asyncio.gather(*(ask(client) for client in clients))
    return statuses


async def abandon_streams(address: str, count: int) -> int:
    """Open so many training streams and leave each after its first frame."""
    left, opened_streams = count, 0

    async def abandon() -> None:
        nonlocal left, opened_streams
        while left > 0:
            left -= 1
            client = Client(address)
            await client.connect()
            client.write(STREAM)
            status, _ = await client.read_head()
            if status == 200:
                async for name, _ in client.read_events():
                    assert name == "frame"
                    break
                opened_streams += 1
            else:
                # The streams before this one are still being let go.
                assert status in (429, 503)
                left += 1
                await asyncio.sleep(0.01)
            client.close()

    await asyncio.gather(*(abandon() for _ in range(READERS)))
    return opened_streams


async def run(requests: int, streams: int) -> list[tuple[str, Holdings]]:
    """The trial: what the server holds after each part of it."""
    seen = []
    limits = {"limits__streams_per_client": 32}
    with run_server(throttle=False, **limits) as (address, process):
        await ask_all(address, max(500, requests // 50))
        await abandon_streams(address, max(20, streams // 50))
        await asyncio.sleep(2)
        seen.append(("warm", look(address, process.pid)))
        for part in range(1, 5):
            began = time.perf_counter()
            await ask_all(address, requests // 4)
            seconds = time.perf_counter() - began
            seen.append(
                (
                    f"{part * requests // 4} requests, {requests / 4 / seconds:.0f}/s",
                    look(address, process.pid),
                )
            )
        for part in range(1, 5):
            began = time.perf_counter()
            await abandon_streams(address, streams // 4)
            seconds = time.perf_counter() - began
            await asyncio.sleep(2)
            what = f"{part * streams // 4} streams, {streams / 4 / seconds:.0f}/s"
            seen.append((what, look(address, process.pid)))
    return seen


if __name__ == "__main__":
    sizes = [int(argument) for argument in sys.argv[1:]] or [100_000, 10_000]
    for what, holdings in asyncio.run(run(*sizes)):
        print(
            f"{what:32} {holdings.memory:8.1f} MiB {holdings.tasks:4} tasks "
            f"{holdings.threads:4} threads "
            f"{holdings.descriptors:4} descriptors",
            flush=True,
        )
