"""Two replicas that share a store behind a round-robin; one is killed in the middle of a training
stream, and whoever reads goes on with the other from the last frame.
``python -m tests.reliability.failover``"""

import asyncio
import itertools
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import Any

from tests.browser.server import run_server
from tests.reliability.client import Client, make_request
from tests.reliability.requests import TRAIN

STEPS = 4_000
JOB = {**TRAIN, "steps": STEPS, "frame_every": 100, "frames_per_second": 10}


class RoundRobin:
    """Takes turns between addresses, connection by connection, and passes over dead ones."""

    def __init__(self, addresses: list[str]) -> None:
        self._turns = itertools.cycle([address.rsplit(":", 1)[1] for address in addresses])
        self._count = len(addresses)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """The address of the balancer."""
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(self._count):
            with suppress(ConnectionError):
                other, there = await asyncio.open_connection("127.0.0.1", int(next(self._turns)))
                break
        else:
            writer.close()
            return
        # Cancelled when the trial is over.
        with suppress(asyncio.CancelledError):
            await asyncio.gather(pump(reader, there), pump(other, writer))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on bytes until there are no more."""
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def train(
    balancer: str, job: dict[str, Any], frames: list[dict[str, Any]], at: int, kill: Any
) -> tuple[dict[str, Any], float, int]:
    """Read a stream to its end, going on from the last frame whenever it breaks off.

    Returns the last event's data, the longest time between two frames, and how many streams it
    took. ``kill`` is called when step ``at`` has been seen.
    """
    longest, seen, streams, last = 0.0, 0, 0, time.perf_counter()
    body = job
    while True:
        client = Client(balancer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await client.connect()
            client.write(make_request("POST", "/api/v1/networks/train", body))
            status, _ = await client.read_head()
            assert status == 200, status
            streams += 1
            async for name, data in client.read_events():
                now = time.perf_counter()
                longest, last = max(longest, now - last), now
                if name == "end" and data["reason"] != "draining":
                    client.close()
                    return data, longest, streams
                if name == "frame":
                    frames.append(data)
                    seen = data["step"]
                    if data.get("network"):
                        body = {**job, "network": data["network"], "steps": STEPS - seen}
                    if seen >= at and kill is not None:
                        kill()
                        kill = None
        client.close()


async def run() -> dict[str, Any]:
    """The trial: the same training undisturbed and with a replica killed in its middle."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        settings = {"throttle": False, "data": folder}
        replicas = [stack.enter_context(run_server(**settings)) for _ in range(2)]
        async with RoundRobin([address for address, _ in replicas]).serve() as balancer:
            calm: list[dict[str, Any]] = []
            expected, pace, _ = await train(balancer, JOB, calm, STEPS + 1, None)
            # The next connection is the second replica's, the one after it the first one's.
            rough: list[dict[str, Any]] = []

            def kill() -> None:
                replicas[1][1].send_signal(signal.SIGKILL)

            found, longest, streams = await train(balancer, JOB, rough, STEPS // 2, kill)
            # Until every connection is closed on either side.
            await asyncio.sleep(0.2)
    steps = [frame["step"] for frame in rough]
    losses = {frame["step"]: frame["loss"] for frame in calm}
    assert found["network"] == expected["network"], "the end is another one"
    assert all(losses[frame["step"]] == frame["loss"] for frame in rough if frame["step"] in losses)
    return {
        "steps": found["step"],
        "streams": streams,
        "frames": len(steps),
        "frames told twice": len(steps) - len(set(steps)),
        "longest time between frames, s": longest,
        "undisturbed, s": pace,
    }


if __name__ == "__main__":
    found = asyncio.run(run())
    for name, value in found.items():
        print(f"{name:34} {value:8.3f}")
    sys.exit(found["longest time between frames, s"] > 3)
