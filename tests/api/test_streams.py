"""Streams over a real connection: events, silence, readers that leave, how many there may be."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI, Request, Response

from app.api.streams import Streams
from app.main import create_app
from app.services.events import Control, Event, Turn, Wait, make_event
from app.settings import Limits, Settings
from tests.api.serving import serve

LIMITS = Limits(streams=3)
ENDLESS: dict[str, Any] = {
    "network": {"inputs": 2, "layers": [{"units": 4, "activation": "tanh"}, {"units": 1}]},
    "data": {"dataset": "circles"},
    "optimizer": {"name": "sgd", "learning_rate": 0.001},
    "batch_size": 10,
    "steps": 1_000_000,
    "with_network": False,
}


class Jobs:
    """Jobs for the tests, and what became of them."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def silent(self, control: Control) -> Iterator[Turn]:
        try:
            yield make_event("frame", {"step": 0})
            while control.reason is None:
                yield Wait(0.05)
            yield make_event("end", {"reason": control.reason})
        finally:
            self.closed.set()

    def failing(self, _: Control) -> Iterator[Turn]:
        yield make_event("frame", {"step": 0})
        raise ValueError("unexpected failure")

    def many(self, _: Control) -> Iterator[Turn]:
        for step in range(1000):
            yield Event("frame", b'{"step": %d}' % step)
        yield make_event("end", {"reason": "steps"})

    def heavy(self, _: Control) -> Iterator[Turn]:
        try:
            while True:
                yield Event("frame", b'"' + b"x" * 60_000 + b'"')
        finally:
            self.closed.set()


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def app(static: Path, tmp_path: Path, jobs: Jobs) -> FastAPI:
    settings = Settings(static=static, limits=LIMITS, heartbeat_seconds=1, stall_seconds=1)
    app = create_app(settings)

    @app.get("/jobs/{name}")
    async def run_job(name: str, request: Request) -> Response:
        streams: Streams = request.app.state.streams
        return streams.open(request, getattr(jobs, name))

    return app


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with serve(app) as address:
        yield address


def read_events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, orjson.loads(line.removeprefix("data: "))


def wait_until(done: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(done())


def test_frames_arrive_while_the_training_goes_on(address: str) -> None:
    body = {**ENDLESS, "frames_per_second": 30}
    with httpx.stream("POST", f"{address}/api/v1/networks/train", json=body) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        events = read_events(answer.iter_lines())
        steps = []
        for name, data in events:
            assert name == "frame"
            steps.append(data["step"])
            if len(steps) == 4:
                break
    assert steps == sorted(set(steps))
    assert steps[-1] > steps[0]


def test_a_reader_that_leaves_frees_everything_within_a_second(app: FastAPI, address: str) -> None:
    streams: Streams = app.state.streams
    with httpx.stream("POST", f"{address}/api/v1/networks/train", json=ENDLESS) as answer:
        events = read_events(answer.iter_lines())
        next(events)
        (job,) = streams.jobs
        assert not job.done.is_set()
    assert job.done.wait(1)
    assert wait_until(lambda: streams.count == 0, 1)
    assert not streams.jobs


def test_a_reader_that_leaves_a_silent_stream_frees_it_too(
    app: FastAPI, address: str, jobs: Jobs
) -> None:
    with httpx.stream("GET", f"{address}/jobs/silent") as answer:
        events = read_events(answer.iter_lines())
        next(events)
        assert not jobs.closed.is_set()
    assert jobs.closed.wait(1)
    assert wait_until(lambda: app.state.streams.count == 0, 1)


def test_a_silent_stream_has_a_heartbeat(address: str) -> None:
    with httpx.stream("GET", f"{address}/jobs/silent") as answer:
        lines = answer.iter_lines()
        assert any(line == ": ping" for line in lines)


def test_streams_can_be_drained(app: FastAPI, address: str) -> None:
    with httpx.stream("GET", f"{address}/jobs/silent") as answer:
        events = read_events(answer.iter_lines())
        assert next(events) == ("frame", {"step": 0})
        app.state.streams.drain()
        assert list(events) == [("end", {"reason": "draining"})]


def test_a_mistake_of_the_service_is_a_problem_and_an_end(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with httpx.stream("GET", f"{address}/jobs/failing") as answer:
        events = list(read_events(answer.iter_lines()))
    names = [name for name, _ in events]
    assert names[-2:] == ["problem", "end"]
    assert events[-2][1]["status"] == 500
    assert "unexpected failure" not in orjson.dumps(events).decode()
    assert events[-1][1] == {"reason": "problem", "step": None, "network": None}
    assert "a stream's job failed" in caplog.text


def test_a_slow_reader_gets_the_newest_frame_and_the_end(address: str) -> None:
    with httpx.stream("GET", f"{address}/jobs/many") as answer:
        events = list(read_events(answer.iter_lines()))
    steps = [data["step"] for name, data in events if name == "frame"]
    assert steps == sorted(steps)
    assert steps[-1] == 999
    assert events[-1] == ("end", {"reason": "steps"})


def test_a_reader_that_stops_reading_is_let_go(address: str, jobs: Jobs) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /jobs/heavy HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(100)
        assert jobs.closed.wait(15)


def test_there_are_so_many_streams_and_no_more(address: str) -> None:
    url = f"{address}/jobs/silent"
    with (
        httpx.stream("GET", url) as first,
        httpx.stream("GET", url) as second,
        httpx.stream("GET", url) as third,
    ):
        assert [answer.status_code for answer in (first, second, third)] == [200] * 3
        refused = httpx.get(url)
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["detail"] == "at most 3 streams at a time"
    assert wait_until(lambda: httpx.get(f"{address}/jobs/many").status_code == 200, 5)


def test_a_refused_request_takes_no_place(app: FastAPI, address: str) -> None:
    for _ in range(2 * LIMITS.streams):
        answer = httpx.post(f"{address}/api/v1/networks/train", json={**ENDLESS, "optimizer": "no"})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/optimizer"
    assert app.state.streams.count == 0
