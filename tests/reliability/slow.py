"""Hundreds of connections of each slow kind, and how others fare beside them.
``python -m tests.reliability.slow [CONNECTIONS]``"""

import asyncio
import re
import sys
import time
from contextlib import suppress

import httpx

from app.server.run import raise_file_limit
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
                await asyncio.sleep(1)
            client.close()
            return 0.0
        drops = {"silent": b"", "slow headers": HEAD, "slow body": BODY}[kind]
        if kind == "slow body":
            client.write(HEAD + b"\r\n\r\n")
        ended = asyncio.create_task(reader.read())
        for at in range(len(drops)):
            client.write(drops[at : at + 1])
            await asyncio.sleep(1)
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


async def crowd(address: str, connections: int) -> None:
    """So many connections of each kind; says how long the server bore the longest."""
    large = make_request("GET", find_large_file(address))
    slow = [be_slow(address, kind, large) for _ in range(connections) for kind in KINDS]
    print(max(await asyncio.gather(*slow)))


async def run(connections: int) -> dict[str, float]:
    """The trial: times without slow connections and beside all kinds of them at once."""
    with serve(throttle=False) as address:
        alone = await ask_beside(address, 5)
        # In a process of its own, whose work does not count.
        command = [sys.executable, "-m", "tests.reliability.slow", str(connections), address]
        others = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        await asyncio.sleep(4)
        beside = await ask_beside(address, 8)
        longest, _ = await others.communicate()
        after = await ask_beside(address, 2)
    return {
        "slow connections": connections * len(KINDS),
        "alone, p50 ms": 1000 * find_share(alone, 0.5),
        "alone, p99 ms": 1000 * find_share(alone, 0.99),
        "beside them, p50 ms": 1000 * find_share(beside, 0.5),
        "beside them, p95 ms": 1000 * find_share(beside, 0.95),
        "beside them, p99 ms": 1000 * find_share(beside, 0.99),
        "first connection beside, ms": 1000 * beside[0],
        "after them, p50 ms": 1000 * find_share(after, 0.5),
        "longest kept, s": float(longest),
    }


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    if len(sys.argv) > 2:
        raise_file_limit()
        asyncio.run(crowd(sys.argv[2], count))
    else:
        for name, value in asyncio.run(run(count)).items():
            print(f"{name:28} {value:10.3f}")
