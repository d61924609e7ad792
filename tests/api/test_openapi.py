"""The OpenAPI document is complete, and its examples run as they stand."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api.openapi import ANSWERS, EVENTS, PATHS, REQUESTS, STREAMS
from app.schemas.catalog import Catalog
from app.schemas.datasets import CsvAnswer, DataAnswer
from app.schemas.explain import ExplainAnswer, GradientCheckAnswer, NudgeAnswer
from app.schemas.flow import GradientFlowAnswer
from app.schemas.message import Message
from app.schemas.microscope import ExplainUpdateAnswer
from app.schemas.networks import BackwardAnswer, ForwardAnswer, NetworkAnswer, StepAnswer
from app.schemas.race import RaceAnswer, SurfaceAnswer
from app.schemas.snapshots import Snapshot, SnapshotAnswer
from app.schemas.trace import TraceAnswer

MODELS: dict[str, type[Message]] = {
    "/api/v1/catalog": Catalog,
    "/api/v1/networks": NetworkAnswer,
    "/api/v1/networks/forward": ForwardAnswer,
    "/api/v1/networks/backward": BackwardAnswer,
    "/api/v1/networks/step": StepAnswer,
    "/api/v1/networks/trace": TraceAnswer,
    "/api/v1/networks/explain": ExplainAnswer,
    "/api/v1/networks/gradient-check": GradientCheckAnswer,
    "/api/v1/networks/nudge": NudgeAnswer,
    "/api/v1/networks/explain-update": ExplainUpdateAnswer,
    "/api/v1/experiments/gradient-flow": GradientFlowAnswer,
    "/api/v1/datasets": DataAnswer,
    "/api/v1/experiments/loss-surface": SurfaceAnswer,
    "/api/v1/experiments/optimizer-race": RaceAnswer,
    "/api/v1/datasets/csv": CsvAnswer,
    "/api/v1/snapshots": SnapshotAnswer,
    "/api/v1/snapshots/{snapshot_id}": Snapshot,
}


def operations(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, item in app.openapi()["paths"].items()
        for method, operation in item.items()
    ]


def test_every_operation_is_described_with_examples_and_errors(app: FastAPI) -> None:
    found = operations(app)
    assert {path for _, path, _ in found} == {*ANSWERS, *STREAMS}
    for method, path, operation in found:
        assert operation["summary"], path
        assert operation["description"], path
        kind = "text/event-stream" if path in STREAMS else "application/json"
        successes = {"200", "201"} & set(operation["responses"])
        for status in successes:
            assert "example" in operation["responses"][status]["content"][kind], path
        wanted = {"400", "413", "415", "422", "500"} if method == "post" else {"500"}
        failures = set(operation["responses"]) - successes
        assert wanted <= failures, path
        for status in failures:
            problem = operation["responses"][status]["content"]["application/problem+json"]
            assert problem["example"]["status"] == int(status)


def test_every_reference_leads_somewhere(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [ref for entry in value.values() for ref in references(entry)]
        return [ref for entry in value for ref in references(entry)] if type(value) is list else []

    found = references(app.openapi())
    assert found
    assert {ref.removeprefix("#/components/schemas/") for ref in found} <= set(schemas)


@pytest.mark.parametrize("path", ANSWERS)
def test_an_example_runs_as_it_stands(app: FastAPI, client: TestClient, path: str) -> None:
    item = app.openapi()["paths"][path]
    method, operation = next(iter(item.items()))
    client.post("/api/v1/snapshots", json=REQUESTS["/api/v1/snapshots"])
    if path in REQUESTS:
        body = operation["requestBody"]["content"]["application/json"]["example"]
        answer = client.request(method, path, json=body)
    else:
        answer = client.request(method, path.format_map(PATHS.get(path, {})))
    assert answer.status_code == 200, answer.text
    assert answer.json() == operation["responses"]["200"]["content"]["application/json"]["example"]


@pytest.mark.parametrize("path", MODELS)
def test_an_answer_is_what_its_schema_says(client: TestClient, path: str) -> None:
    client.post("/api/v1/snapshots", json=REQUESTS["/api/v1/snapshots"])
    where = path.format_map(PATHS.get(path, {}))
    answer = client.post(path, json=REQUESTS[path]) if path in REQUESTS else client.get(where)
    MODELS[path].model_validate_json(answer.content)


def split(text: str) -> list[tuple[str, str]]:
    """The events of a stream: name and data."""
    events = [event for event in text.split("\n\n") if event and event != ": ping"]
    parts = [[line.partition(": ")[2] for line in event.split("\n")] for event in events]
    return [(name, data) for name, data in parts]


@pytest.mark.parametrize("path", STREAMS)
def test_a_streams_example_is_what_its_schema_says(app: FastAPI, path: str) -> None:
    operation = app.openapi()["paths"][path]["post"]
    content = operation["responses"]["200"]["content"]["text/event-stream"]
    told = split(content["example"])
    assert told
    for name, data in told:
        EVENTS[path][name].model_validate_json(data)
    for name, model in EVENTS[path].items():
        assert content["x-events"][name]["$ref"].endswith(model.__name__)


def test_the_example_of_a_sweep_runs_as_it_stands(app: FastAPI, client: TestClient) -> None:
    path = "/api/v1/experiments/sweeps"
    operation = app.openapi()["paths"][path]["post"]
    content = operation["responses"]["200"]["content"]["text/event-stream"]
    answer = client.post(path, json=REQUESTS[path])
    # Trials end in any order, and how long they take is not in the example.
    given, told = (
        [event for event in split(text) if event[0] != "progress"]
        for text in (answer.text, content["example"])
    )
    assert sorted(given) == sorted(told)
    assert given[0] == told[0]
    assert given[-1] == told[-1]


def test_the_example_of_a_training_runs_as_it_stands(app: FastAPI, client: TestClient) -> None:
    path = "/api/v1/networks/train"
    operation = app.openapi()["paths"][path]["post"]
    content = operation["responses"]["200"]["content"]["text/event-stream"]
    answer = client.post(path, json=REQUESTS[path])
    # A slow reader would miss a frame; what it is given is the same.
    given, told = split(answer.text), split(content["example"])
    assert given == [event for event in told if event in given]
    assert given[-1] == told[-1]
