"""A server process: its log, its metrics, its workers, and how it stops."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.browser.server import ROOT, run_server

RUN = {"network": {"inputs": 1, "layers": [{"units": 1}]}, "inputs": [[1]], "targets": [[0]]}


def get(address: str, path: str) -> httpx.Response:
    return httpx.get(f"{address}/api/v1/{path}")


def test_it_drains_before_it_stops() -> None:
    with run_server(drain_seconds=2) as (address, process), httpx.Client() as client:
        assert get(address, "readyz").json() == {"status": "ready"}
        assert client.get(f"{address}/api/v1/healthz").status_code == 200
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        time.sleep(0.3)
        # Who balances load sees it, and what is light is still answered.
        not_ready = get(address, "readyz")
        assert (not_ready.status_code, not_ready.json()["status"]) == (503, 503)
        assert int(not_ready.headers["retry-after"]) > 0
        assert get(address, "healthz").status_code == 200
        assert get(address, "catalog").status_code == 200
        refused = client.post(f"{address}/api/v1/networks/backward", json=RUN)
        assert refused.status_code == 503
        assert "about to stop" in refused.json()["detail"]
        assert process.wait(timeout=8) == -signal.SIGTERM
        assert time.monotonic() - began < 8


def test_a_second_signal_ends_it_now() -> None:
    with run_server(drain_seconds=60) as (address, process):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert get(address, "healthz").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=3) == -signal.SIGTERM


def test_control_c_does_not_wait() -> None:
    with run_server(drain_seconds=60) as (_, process):
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) in (0, -signal.SIGINT, 130)


def test_a_store_that_does_not_answer_makes_it_unready() -> None:
    with run_server(store_url="postgresql://nobody@127.0.0.1:1/nothing") as (address, _):
        answer = get(address, "readyz")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert get(address, "healthz").status_code == 200


def test_workers_share_a_port_and_count_together(tmp_path: Path) -> None:
    with run_server("--workers", "2", data=tmp_path, drain_seconds=0) as (address, process):
        made = httpx.post(f"{address}/api/v1/snapshots", json={"network": RUN["network"]})
        assert made.status_code == 201
        answers = {
            httpx.post(f"{address}/api/v1/networks/backward", json=RUN).content for _ in range(20)
        }
        assert len(answers) == 1
        path = f"snapshots/{made.json()['id']}"
        assert all(get(address, path).status_code == 200 for _ in range(10))
        text = get(address, "metrics").text
        assert count(text, "/api/v1/networks/backward") == 20
        children = list_children(process.pid)
        assert len(children) == 2
        os.kill(children[0], signal.SIGKILL)
        wait_for_another(process.pid, children)
        assert get(address, "readyz").status_code == 200
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_second_signal_ends_all_workers_now() -> None:
    with run_server("--workers", "2", drain_seconds=60) as (_, process):
        children = list_children(process.pid)
        process.send_signal(signal.SIGTERM)
        time.sleep(2)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=5)
        assert not any(Path(f"/proc/{child}").exists() for child in children)


def count(text: str, route: str) -> float:
    lines = [line for line in text.splitlines() if line.startswith("retrograd_requests_total")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if f'route="{route}"' in line)


def list_children(parent: int) -> list[int]:
    """Worker processes; Python's helper that tracks resources is not one."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in listed}
    return [pid for pid, command in commands.items() if b"spawn_main" in command]


def wait_for_another(parent: int, children: list[int]) -> None:
    deadline = time.monotonic() + 20
    while len(set(list_children(parent)) - set(children)) < 1:
        assert time.monotonic() < deadline, "no worker in the place of the one that was killed"
        time.sleep(0.1)
    time.sleep(1)


def test_a_line_per_request_without_what_was_sent(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-m", "app", "serve", "--port", "0"]
    environment = {**os.environ, "RETROGRAD_LOG_FORMAT": "json", "RETROGRAD_LOG_LEVEL": "info"}
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=stderr)
    try:
        address = wait_for_address(log)
        headers = {"x-request-id": "given-by-proxy", "retrograd-client": "secret-client"}
        httpx.post(f"{address}/api/v1/networks/backward?secret=1", json=RUN, headers=headers)
        httpx.post(f"{address}/api/v1/networks/backward", content=b'{"secret": 1}', headers=headers)
    finally:
        process.terminate()
        process.wait(timeout=15)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [line["status"] for line in requests] == [200, 415]
    first = requests[0]
    assert first["request_id"] == "given-by-proxy"
    assert first["path"] == "/api/v1/networks/backward"
    assert first["milliseconds"] > 0
    assert first["level"] == "info"
    assert "secret" not in log.read_text()


def wait_for_address(log: Path) -> str:
    deadline = time.monotonic() + 20
    while True:
        for line in log.read_text().splitlines():
            event = json.loads(line)["event"]
            if "http://" in event:
                return str(event.split("running on ")[1].split(" ")[0])
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
