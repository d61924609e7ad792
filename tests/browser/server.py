"""A server process on a free loopback port, run as a user's would be."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]


@contextmanager
def serve(**settings: object) -> Iterator[str]:
    """Its address, for as long as the block runs."""
    with run_server(**settings) as (address, process):
        yield address
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


@contextmanager
def run_server(
    *arguments: str, **settings: object
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Its address and its process, with settings by name; the block may end it as it likes.

    Its log goes to the file ``log`` where that is among the settings.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), *arguments]
    log = settings.pop("log", None)
    given = {f"RETROGRAD_{name.upper()}": str(value) for name, value in settings.items()}
    environment = {**os.environ, "RETROGRAD_LOG_LEVEL": "error", **given}
    with ExitStack() as stack:
        stderr = stack.enter_context(log.open("wb")) if isinstance(log, Path) else None
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stderr=stderr, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, process)
        yield address, process
    finally:
        # With the workers that a killed process leaves behind.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=15)


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/api/v1/healthz").status_code == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not answer within 20 s")
