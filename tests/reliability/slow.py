"""Hundreds of connections of each slow kind, and how others fare beside them.
``python -m tests.reliability.slow [CONNECTIONS] [PER_SECOND]``"""

import asyncio
import re
import sys
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

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


async def be_slow(address: str, kind: str, large: bytes, pause: float) -> float:
    """After a pause, seconds until the server has had enough of a slow connection."""
    await asyncio.sleep(pause)
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


async def ask_beside(address: str, seconds: float) -> tuple[list[float], list[float]]:
    """Seconds that ordinary requests take, ten a second, on a connection that stays and each on a
    new one."""
    kept, times, connecting = Client(address), [], []
    for _ in range(int(seconds * 10)):
        began = time.perf_counter()
        answer = await kept.ask(BACKWARD)
        assert answer.status == 200, answer
        times.append(answer.seconds)
        new = Client(address)
        answer = await new.ask(BACKWARD)
        assert answer.status == 200, answer
        new.close()
        connecting.append(answer.seconds)
        await asyncio.sleep(max(0.0, 0.1 - (time.perf_counter() - began)))
    kept.close()
    return times, connecting


def count_refused_handshakes() -> dict[str, int]:
    """How often this machine's queues of connections were full, and how often one asked again."""
    lines = [line.split() for line in Path("/proc/net/netstat").read_text().splitlines()]
    names, values = next(pair for pair in pairwise(lines) if pair[0][0] == pair[1][0] == "TcpExt:")
    counts = dict(zip(names[1:], map(int, values[1:]), strict=True))
    return {name: counts[name] for name in ("ListenOverflows", "TCPSynRetrans")}


async def crowd(address: str, connections: int, pace: float) -> None:
    """So many connections of each kind, ``pace`` of them a second; says how long the server bore
    the longest."""
    large = make_request("GET", find_large_file(address))
    kinds = KINDS * connections
    slow = [be_slow(address, kind, large, at / pace) for at, kind in enumerate(kinds)]
    print("begin", flush=True)
    print(max(await asyncio.gather(*slow)))


async def run(connections: int, pace: float) -> dict[str, float]:
    """The trial: times without slow connections, and from the first to the last of all kinds."""
    with serve(throttle=False) as address:
        alone = await ask_beside(address, 5)
        before = count_refused_handshakes()
        # In a process of its own, whose work does not count.
        command = [sys.executable, "-m", "tests.reliability.slow", str(connections), str(pace)]
        others = await asyncio.create_subprocess_exec(
            *command, address, stdout=asyncio.subprocess.PIPE
        )
        assert others.stdout is not None
        await others.stdout.readline()
        opening = await ask_beside(address, max(1, connections * len(KINDS) / pace))
        beside = await ask_beside(address, 8)
        longest, _ = await others.communicate()
        refused = {name: count - before[name] for name, count in count_refused_handshakes().items()}
        after = await ask_beside(address, 2)
    found: dict[str, float] = {"slow connections": connections * len(KINDS)}
    times = {"alone": alone, "while they come": opening, "beside them": beside, "after": after}
    for when, (kept, connecting) in times.items():
        for share, name in ((0.5, "p50"), (0.99, "p99"), (1, "most")):
            found[f"{when}, {name} ms"] = 1000 * find_share(kept, share)
            found[f"{when}, connecting, {name} ms"] = 1000 * find_share(connecting, share)
    return {**found, **refused, "longest kept, s": float(longest)}


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    per_second = float(sys.argv[2]) if len(sys.argv) > 2 else 500.0
    if len(sys.argv) > 3:
        raise_file_limit()
        asyncio.run(crowd(sys.argv[3], count, per_second))
    else:
        for name, value in asyncio.run(run(count, per_second)).items():
            print(f"{name:36} {value:10.3f}")
