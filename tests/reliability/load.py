"""Requests per second and times of the main operations at 1, 16 and 64 connections, with a worker
per core. ``python -m tests.reliability.load [SECONDS]``"""

import asyncio
import os
import sys
import time

import httpx

from tests.browser.server import run_server
from tests.reliability.client import Client, find_share, make_request, opened
from tests.reliability.requests import DENSE, MIX

OPERATIONS = ("file", "catalog", "forward", "backward", "step", "trace", "expression", "recurrent")
CONNECTIONS = (1, 16, 64)


async def measure(
    address: str, request: bytes, connections: int, seconds: float
) -> tuple[float, float, float, int]:
    """Requests per second, p50 and p99 in milliseconds, and how many were refused as too many."""
    times: list[float] = []
    refused = 0
    end = time.perf_counter() + seconds

    async def ask(client: Client) -> None:
        nonlocal refused
        while time.perf_counter() < end:
            answer = await client.ask(request)
            assert answer.status in (200, 503), answer
            if answer.status == 200:
                times.append(answer.seconds)
            else:
                refused += 1

    async with opened(address, connections) as clients:
        await asyncio.gather(*(ask(client) for client in clients))
    milliseconds = [1000 * value for value in times]
    return (
        len(times) / seconds,
        find_share(milliseconds, 0.5),
        find_share(milliseconds, 0.99),
        refused,
    )


async def run(seconds: float) -> None:
    """The report, as a table in Markdown."""
    workers = os.cpu_count() or 1
    settings = {"throttle": False, "threads": 1, "limits__waiting": 64}
    with run_server("--workers", str(workers), **settings) as (address, _):
        kept = httpx.post(f"{address}/api/v1/snapshots", json=DENSE).json()
        requests = {name: MIX[name] for name in OPERATIONS}
        requests["snapshot"] = make_request("GET", f"/api/v1/snapshots/{kept['id']}")
        print(
            f"| {workers} workers | "
            + " | ".join(f"{count} connections" for count in CONNECTIONS)
            + " |"
        )
        print("|---" * (len(CONNECTIONS) + 1) + "|")
        for name, request in requests.items():
            await measure(address, request, 4, 0.5)
            cells = []
            for count in CONNECTIONS:
                rate, middle, worst, refused = await measure(address, request, count, seconds)
                note = f", {refused} refused" if refused else ""
                cells.append(f"{rate:,.0f}/s, {middle:.1f} / {worst:.1f} ms{note}")
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    asyncio.run(run(float(sys.argv[1]) if len(sys.argv) > 1 else 3))
