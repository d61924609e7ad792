"""Hundreds of connections of each slow kind, and how others fare beside them.
``python -m tests.reliability.slow [CONNECTIONS]``"""

import asyncio
import re
import sys
import time
from contextlib import suppress

import httpx

from tests.browser.server import serve
from tests.reliability.client import Client, find_share, make_request
from tests.reliability.requests import DENSE

BACKWARD = make_request("POST", "/api/v1/networks/backward", DENSE)
HEAD, BODY = BACKWARD.split(b"\r\n\r\n", 1)
READING = 25
"""Seconds that a slow reader goes on."""
KINDS = ("silent", "slow headers", "slow body", "slow reader")


async def be_slow(address: str, kind: str, large: bytes) -> float:
    """Seconds until the server has had enough of a slow connection."""
    client = Client(address)
    began = time.perf_counter()
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        await client.connect()
        reader = client._reader
        assert reader is not None
        if kind == "slow reader":
            client.write(large)
            # What the server could not hand over within its deadline never comes; what the system
            # has taken from it could be read for an hour.
            while time.perf_counter() - began < READING and await reader.read(512):
                await asyncio.sleep(0.5)
            client.close()
            return 0.0
        drops = {"silent": b"", "slow headers": HEAD, "slow body": BODY}[kind]
        if kind == "slow body":
            client.write(HEAD + b"\r\n\r\n")
        ended = asyncio.create_task(reader.read())
        for at in range(len(drops)):
            client.write(drops[at : at + 1])
            await asyncio.sleep(0.5)
            if ended.done():
                break
        await ended
    client.close()
    return time.perf_counter() - began


def find_large_file(address: str) -> str:
    """The path of the largest file that a page asks for: larger than what the system holds."""
    page = httpx.get(f"{address}/docs").text
    scripts: list[str] = re.findall(r'src="(/static/[^"]+)"', page)
    return next(path for path in scripts if "bundle" in path)


async def ask_beside(address: str, seconds: float) -> list[float]:
    """Seconds that ordinary requests take, ten a second."""
    client, times = Client(address), []
    for _ in range(int(seconds * 10)):
        answer = await client.ask(BACKWARD)
        assert answer.status == 200, answer
        times.append(answer.seconds)
        await asyncio.sleep(max(0.0, 0.1 - answer.seconds))
    client.close()
    return times


async def run(connections: int) -> dict[str, float]:
    """The trial: times without slow connections and beside all kinds of them at once."""
    with serve(throttle=False) as address:
        alone = await ask_beside(address, 5)
        large = make_request("GET", find_large_file(address))
        slow = [
            asyncio.create_task(be_slow(address, kind, large))
            for _ in range(connections)
            for kind in KINDS
        ]
        await asyncio.sleep(2)
        beside = await ask_beside(address, 10)
        done = await asyncio.wait_for(asyncio.gather(*slow), 60)
        after = await ask_beside(address, 2)
    return {
        "slow connections": len(slow),
        "alone, p50 ms": 1000 * find_share(alone, 0.5),
        "alone, p99 ms": 1000 * find_share(alone, 0.99),
        "beside them, p50 ms": 1000 * find_share(beside, 0.5),
        "beside them, p99 ms": 1000 * find_share(beside, 0.99),
        "after them, p50 ms": 1000 * find_share(after, 0.5),
        "longest kept, s": max(done),
    }


if __name__ == "__main__":
    found = asyncio.run(run(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
    for name, value in found.items():
        print(f"{name:28} {value:10.3f}")
