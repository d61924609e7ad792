"""Sweeps over a real connection: events, a table, readers that leave."""

import csv
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.experiments.cluster import Cluster
from app.experiments.results import Results
from app.experiments.trial import Trial
from app.experiments.workers import Deliver, Task, Workers
from app.main import create_app
from app.settings import Settings
from tests.api.serving import serve

SWEEPS = "/api/v1/experiments/sweeps"
LAYER = {"units": 4, "activation": "tanh", "initializer": {"name": "variance_scaling"}}
SMALL: dict[str, Any] = {
    "network": {"inputs": 4, "layers": [LAYER]},
    "batch": 4,
    "seeds": 2,
    "grid": [{"pointers": ["/repeat"], "values": [2, 3], "name": "depth"}],
}


class Watched:
    """Workers that belong to someone else, and what they were told."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.submitted = 0
        self.cancelled: Sequence[Task] | None = None

    def start(self) -> bool:
        return self._workers.start()

    def count_threads(self) -> int:
        return self._workers.count_threads()

    def submit(self, trials: Mapping[int, Trial], deliver: Deliver) -> Sequence[Task]:
        self.submitted += len(trials)
        return self._workers.submit(trials, deliver)

    def cancel(self, tasks: Sequence[Task]) -> None:
        self._workers.cancel(tasks)
        self.cancelled = tasks

    def close(self) -> None:
        """They are still needed."""


@pytest.fixture
def workers(cluster: Cluster) -> Watched:
    return Watched(cluster)


@pytest.fixture
def application(static: Path, workers: Watched) -> FastAPI:
    app = create_app(Settings(static=static))
    resources = app.state.resources
    app.state.resources = replace(resources, workers=workers, results=Results(10**7))
    return app


@pytest.fixture
def address(application: FastAPI) -> Iterator[str]:
    with serve(application) as address:
        yield address


def read_events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, orjson.loads(line.removeprefix("data: "))


def test_events_come_as_trials_end(address: str) -> None:
    with httpx.stream("POST", address + SWEEPS, json=SMALL, timeout=30) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = list(read_events(answer.iter_lines()))
    names = [name for name, _ in events]
    assert names[0] == "begin"
    assert names[-1] == "end"
    assert names.count("result") == 4
    assert names.count("point") == 2
    assert events[-1][1]["reason"] == "done"


@pytest.mark.parametrize("by", ["header", "option"])
def test_a_table_is_the_answer_where_it_is_asked_for(address: str, by: str) -> None:
    headers = {"Accept": "text/csv"} if by == "header" else {}
    body = SMALL if by == "header" else {**SMALL, "format": "csv"}
    answer = httpx.post(address + SWEEPS, json=body, headers=headers, timeout=30)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [row["depth"] for row in rows] == ["2", "3", "2", "3"]
    assert all(float(row["mean_factor"]) > 0 for row in rows)


def test_events_are_the_answer_where_the_option_says_so(address: str) -> None:
    body = {**SMALL, "format": "events"}
    answer = httpx.post(address + SWEEPS, json=body, headers={"Accept": "text/csv"}, timeout=30)
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_a_reader_that_leaves_stops_the_sweep_within_a_second(
    address: str, workers: Watched
) -> None:
    body = {**SMALL, "seeds": 100, "grid": [{"pointers": ["/repeat"], "values": [40] * 40}]}
    with httpx.stream("POST", address + SWEEPS, json=body, timeout=30) as answer:
        for name, _ in read_events(answer.iter_lines()):
            if name == "result":
                break
    left = time.monotonic()
    while workers.cancelled is None and time.monotonic() - left < 5:
        time.sleep(0.005)
    assert workers.cancelled is not None
    assert time.monotonic() - left < 1
    submitted = workers.submitted
    assert submitted < 4000
    time.sleep(0.2)
    assert workers.submitted == submitted


def test_one_client_has_one_sweep_at_a_time(address: str) -> None:
    body = {**SMALL, "seeds": 100, "grid": [{"pointers": ["/repeat"], "values": [40] * 40}]}
    with httpx.stream("POST", address + SWEEPS, json=body, timeout=30) as answer:
        lines = answer.iter_lines()
        next(lines)
        for form in ("events", "csv"):
            refused = httpx.post(address + SWEEPS, json={**SMALL, "format": form}, timeout=30)
            assert refused.status_code == 429
            assert refused.headers["retry-after"]
            assert refused.json()["detail"] == "at most 1 sweep of one client at a time"
        other = {"retrograd-client": "another-client"}
        assert httpx.post(address + SWEEPS, json=SMALL, headers=other, timeout=30).is_success
    assert ask_until_free(address, SMALL).is_success


def ask_until_free(address: str, body: dict[str, Any]) -> httpx.Response:
    """The answer, once the client's sweep before has been let go."""
    for _ in range(100):
        answer = httpx.post(address + SWEEPS, json=body, timeout=30)
        if answer.status_code != 429:
            break
        time.sleep(0.05)
    return answer


def test_asking_again_goes_on_where_it_was_left(address: str) -> None:
    body = {**SMALL, "seeds": 40}
    done = set()
    with httpx.stream("POST", address + SWEEPS, json=body, timeout=30) as answer:
        for name, data in read_events(answer.iter_lines()):
            if name == "result":
                done.add(data["trial"])
            if len(done) == 10:
                break
    answer = ask_until_free(address, body)
    events = list(read_events(iter(answer.text.splitlines())))
    known = {data["trial"] for name, data in events if name == "result" and data["known"]}
    assert done <= known
    assert len([name for name, _ in events if name == "result"]) == 80


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"grid": [{"pointers": ["/repeat"], "values": []}]}, "/grid/0/values"),
        ({"grid": [{"pointers": [], "values": [1]}]}, "/grid/0/pointers"),
        ({"grid": [{"pointers": ["/repeat"], "values": [1, 2.5]}]}, "/grid/0/values/1"),
        ({"grid": [{"pointers": ["/repeat"], "values": [1] * 2501}]}, "/grid"),
        ({"format": "xlsx"}, "/format"),
        ({"seeds": 101}, "/seeds"),
        ({"singular_values": True}, "/singular_values"),
    ],
)
def test_a_sweep_that_cannot_be_run_is_a_problem(
    client: TestClient, change: dict[str, Any], pointer: str
) -> None:
    answer = client.post(SWEEPS, json={**SMALL, **change})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_table_that_fails_breaks_off(address: str, application: FastAPI) -> None:
    class Broken(Watched):
        def count_threads(self) -> int:
            raise ValueError("an unexpected failure")

    resources = application.state.resources
    application.state.resources = replace(resources, workers=Broken(resources.workers))
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(address + SWEEPS, json={**SMALL, "format": "csv"}, timeout=30)
    events = httpx.post(address + SWEEPS, json=SMALL, timeout=30).text
    name, end = list(read_events(iter(events.splitlines())))[-1]
    assert name == "end"
    assert end == {"reason": "problem", "done": None, "failed": None, "trials": None}
