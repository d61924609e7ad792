"""How long a small request takes beside trainings at full speed.
``python -m tests.reliability.beside [SECONDS]``"""

import asyncio
import json
import sys
import time
from typing import Any

from tests.browser.server import serve
from tests.reliability.client import Client, find_share, make_request
from tests.reliability.requests import DENSE, NETWORKS

STREAMS = (0, 1, 2)
GAP = 0.02
"""Seconds from one request to the next: a hand on a slider."""
BACKWARD = make_request("POST", f"{NETWORKS}/backward", DENSE)
TRAIN: dict[str, Any] = {
    "network": {"inputs": 2, "layers": [{"units": 8, "activation": "tanh"}] * 3 + [{"units": 1}]},
    "data": {"dataset": "spirals", "samples": 300},
    "optimizer": {"name": "sgd", "learning_rate": 0.01},
    "batch_size": 30,
    "steps": 1_000_000,
    "frames_per_second": 30,
    "grid": {"size": 50, "units": True, "units_size": 16, "encoding": "float32"},
}
"""As the training room asks for it, without a limit to its speed."""


async def read_stream(address: str) -> int:
    """Steps that a training takes until it is cancelled; what comes is read and not looked at."""
    client, chunk = Client(address), b""
    client_bytes = make_request("POST", f"{NETWORKS}/train", TRAIN)
    await client.connect()
    client.write(client_bytes)
    status, _ = await client.read_head()
    assert status == 200, status
    last = b""
    try:
        async for chunk in client.read_chunks():
            if b'"step":' in chunk:
                last = chunk
    except asyncio.CancelledError:
        pass
    finally:
        client.close()
    at = last.index(b'"step":') + len(b'"step":')
    return int(json.loads(last[at : at + 20].split(b",")[0]))


async def ask(address: str, seconds: float) -> list[float]:
    """Milliseconds that requests take, one after the other, each ``GAP`` after the one before."""
    client, times = Client(address), []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        answer = await client.ask(BACKWARD)
        assert answer.status == 200, answer
        times.append(1000 * answer.seconds)
        await asyncio.sleep(max(0.0, GAP - answer.seconds))
    client.close()
    return times


async def run(seconds: float) -> dict[int, tuple[list[float], float]]:
    """By number of trainings: the times of all requests, and steps per second of all trainings."""
    told = {}
    with serve(throttle=False) as address:
        await ask(address, 0.5)
        for count in STREAMS:
            began = time.perf_counter()
            streams = [asyncio.create_task(read_stream(address)) for _ in range(count)]
            await asyncio.sleep(0.5)
            times = await ask(address, seconds)
            for stream in streams:
                stream.cancel()
            steps = sum(await asyncio.gather(*streams))
            told[count] = times, steps / (time.perf_counter() - began)
            await asyncio.sleep(0.5)
    return told


async def main(seconds: float) -> None:
    """Print a table in Markdown."""
    print("| trainings beside | requests | p50 | p99 | longest | steps per second, together |")
    print("|---|---|---|---|---|---|")
    for count, (times, speed) in (await run(seconds)).items():
        middle, worst = find_share(times, 0.5), find_share(times, 0.99)
        numbers = f"{middle:.1f} ms | {worst:.1f} ms | {max(times):.1f} ms"
        print(f"| {count} | {len(times)} | {numbers} | {speed:,.0f} |")


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 20))
