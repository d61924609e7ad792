"""The command line, with a real server."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.__main__ import main
from app.api.openapi import REQUESTS
from app.pages import ROOMS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for request files, and for the static files of a server without a page."""
    folder = tmp_path_factory.mktemp("static")
    (folder / "vendor").mkdir()
    (folder / "vendor" / "modules.json").write_text("{}")
    (folder / "js").mkdir()
    for room in ROOMS.values():
        (folder / "js" / room.entry).write_text("")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command,
        env={**os.environ, "RETROGRAD_STATIC": str(folder), "RETROGRAD_LOG_LEVEL": "critical"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        announced = process.stdout.readline().split()[-1]
        wait_for(announced)
        yield announced
        process.terminate()
        # Once its connections are closed, uvicorn ends by the signal that it got.
        assert process.wait(timeout=10) == -signal.SIGTERM
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            assert httpx.get(f"{url}/api/v1/healthz").json()["status"] == "ok"
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        else:
            return


def test_serve_prints_its_address(server: str) -> None:
    assert server.startswith("http://127.0.0.1:")


def test_backward_prints_the_answer(
    server: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "request.json"
    file.write_text(json.dumps(REQUESTS["/api/v1/networks/backward"]))
    assert main(["backward", str(file), "--url", server]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["parameter_grads"]["layer1.weight"] == [[4.0]]


def test_backward_prints_the_problem(
    server: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "wrong.json"
    file.write_text("{}")
    assert main(["backward", str(file), "--url", server]) == 1
    assert json.loads(capsys.readouterr().err)["status"] == 422


def test_backward_says_why_it_cannot(
    server: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backward", str(folder / "nothing.json"), "--url", server]) == 1
    assert "nothing.json cannot be read" in capsys.readouterr().err
    file = folder / "empty.json"
    file.write_text("{}")
    assert main(["backward", str(file), "--url", "http://127.0.0.1:1"]) == 1
    assert "no answer from http://127.0.0.1:1" in capsys.readouterr().err


def test_an_open_connection_outlives_a_refused_body(server: str) -> None:
    with httpx.Client() as client:
        headers = {"Content-Type": "application/json"}
        url = f"{server}/api/v1/networks/backward"
        refused = client.post(url, content=b" " * 5_000_000, headers=headers)
        assert refused.status_code == 413
        assert client.get(f"{server}/api/v1/healthz").status_code == 200


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["backward", "--help"]])
def test_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 0
    assert "usage: python -m app" in capsys.readouterr().out
