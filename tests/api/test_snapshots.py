"""Snapshots over HTTP: kept once, found for ever, usable as a network."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Limits, Settings
from app.store.canonical import identify, write_canonical
from tests.api.test_problems import check

SNAPSHOTS = "/api/v1/snapshots"
SPEC: dict[str, Any] = {"inputs": 2, "layers": [{"units": 1, "activation": "tanh"}], "seed": 3}
GIVEN: dict[str, Any] = {
    "network": {"spec": SPEC, "parameters": {"layer1.weight": [[0.5, -2.0]]}, "step": 7},
    "inputs": [[1, 2]],
    "targets": [[0.5]],
    "optimizer": {"name": "sgd", "learning_rate": 0.25},
    "view": {"view": "graph", "at": 4.5, "unit": None},
}


@pytest.fixture
def app(static: Path, tmp_path: Path) -> FastAPI:
    return create_app(Settings(static=static, data=tmp_path, limits=LIMITS))


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app)


LIMITS = Limits(snapshot_bytes=2_000, store_bytes=4_000)


def sized(size: int, letter: str = "x") -> bytes:
    """A snapshot of this many bytes, in its canonical spelling."""
    empty = write_canonical({"network": SPEC, "view": {"at": 3, "note": ""}})
    note = letter * (size - len(empty))
    return write_canonical({"network": SPEC, "view": {"at": 3, "note": note}})


def post(client: TestClient, body: bytes) -> Any:
    return client.post(SNAPSHOTS, content=body, headers={"Content-Type": "application/json"})


def test_what_goes_in_comes_out(client: TestClient) -> None:
    answer = client.post(SNAPSHOTS, json=GIVEN)
    assert answer.status_code == 201
    made = answer.json()
    assert made == {"id": identify(write_canonical(GIVEN)), "url": f"/s/{made['id']}"}
    assert answer.headers["location"] == made["url"]
    found = client.get(f"{SNAPSHOTS}/{made['id']}")
    assert found.json() == GIVEN
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = client.get(
        f"{SNAPSHOTS}/{made['id']}", headers={"If-None-Match": found.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_the_same_twice_is_kept_once(client: TestClient) -> None:
    first = client.post(SNAPSHOTS, json=GIVEN)
    other_spelling = {"view": GIVEN["view"], **GIVEN, "inputs": [[1.0, 2.0]]}
    second = client.post(SNAPSHOTS, json=other_spelling)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_a_snapshot_outlives_the_process(client: TestClient, static: Path, tmp_path: Path) -> None:
    made = client.post(SNAPSHOTS, json=GIVEN).json()
    other = TestClient(create_app(Settings(static=static, data=tmp_path)))
    assert other.get(f"{SNAPSHOTS}/{made['id']}").json() == GIVEN


@pytest.mark.parametrize("operation", ["forward", "backward", "trace"])
def test_a_snapshot_stands_for_its_network(client: TestClient, operation: str) -> None:
    made = client.post(SNAPSHOTS, json=GIVEN).json()
    run = {"inputs": GIVEN["inputs"]}
    if operation != "forward":
        run["targets"] = GIVEN["targets"]
    path = f"/api/v1/networks/{operation}"
    whole = client.post(path, json={**run, "network": GIVEN["network"]})
    short = client.post(path, json={**run, "network": {"snapshot": made["id"]}})
    assert whole.status_code == 200
    assert short.content == whole.content


def test_a_snapshot_of_a_snapshot_holds_the_network(client: TestClient) -> None:
    made = client.post(SNAPSHOTS, json=GIVEN).json()
    again = client.post(SNAPSHOTS, json={**GIVEN, "network": {"snapshot": made["id"]}})
    assert (again.status_code, again.json()) == (200, made)


@pytest.mark.parametrize(
    ("reference", "pointer", "code"),
    [
        ({"snapshot": "a" * 26}, "/network/snapshot", "unknown_snapshot"),
        ({"snapshot": "a" * 25}, "/network/snapshot", "invalid_reference"),
        ({"snapshot": "A" * 26}, "/network/snapshot", "invalid_reference"),
        ({"snapshot": 5}, "/network/snapshot", "invalid_reference"),
        ({"snapshot": "a" * 26, "spec": SPEC}, "/network", "invalid_reference"),
    ],
)
def test_a_reference_that_leads_nowhere(
    client: TestClient, reference: dict[str, Any], pointer: str, code: str
) -> None:
    body = {"network": reference, "inputs": [[1, 2]], "targets": [[0]]}
    problem = check(client.post("/api/v1/networks/backward", json=body), 422)
    assert [(fault.pointer, fault.code) for fault in problem.errors] == [(pointer, code)]


RECURRENT = {"kind": "recurrent", "inputs": 1, "units": 1, "outputs": 1}
RESIDUAL = {"inputs": 1, "layers": [{"units": 1, "residual": True}]}


@pytest.mark.parametrize(
    ("spec", "inputs", "kind"),
    [
        (RECURRENT, [[[1.0], [0.5]]], "step_back"),
        (RESIDUAL, [[1.0]], "seed"),
        ({"inputs": 1, "layers": [{"units": 1}]}, [[1.0]], "slope"),
    ],
)
def test_every_kind_of_network_opens_as_it_can_be_told(
    client: TestClient, spec: dict[str, Any], inputs: Any, kind: str
) -> None:
    made = client.post(SNAPSHOTS, json={"network": spec, "inputs": inputs, "targets": [[0.5]]})
    page = client.get(f"/s/{made.json()['id']}")
    assert page.status_code == 200
    assert f'"kind":"{kind}"' in page.text


def test_no_such_snapshot(client: TestClient) -> None:
    for name in ("a" * 26, "A" * 26, "a" * 27, "..", "x"):
        check(client.get(f"{SNAPSHOTS}/{name}"), 404)


def test_a_snapshot_that_could_not_be_opened_is_not_kept(client: TestClient) -> None:
    for change, pointer in (
        ({"network": {"spec": {**SPEC, "layers": []}}}, "/network/spec/layers"),
        (
            {"network": {"spec": SPEC, "parameters": {"layer1.weight": [[1]]}}},
            "/network/parameters/layer1.weight",
        ),
        ({"views": {}}, "/views"),
        ({"view": []}, "/view"),
        ({"optimizer": 3}, "/optimizer"),
    ):
        problem = check(client.post(SNAPSHOTS, json={**GIVEN, **change}), 422)
        assert problem.errors[0].pointer == pointer


def test_the_largest_snapshot_allowed(client: TestClient) -> None:
    assert post(client, sized(2_000)).status_code == 201
    assert "2000 bytes" in check(post(client, sized(2_001)), 413).detail
    # Shorter as it is sent than as it is kept.
    short = sized(1_998).replace(b'"at":3', b'"at":1e9')
    assert len(short) == 2_000
    check(post(client, short), 413)


def test_the_fullest_store_allowed(client: TestClient) -> None:
    assert post(client, sized(2_000, "a")).status_code == 201
    assert post(client, sized(1_999, "b")).status_code == 201
    check(post(client, sized(1_000, "c")), 507)
    assert post(client, sized(2_000, "a")).status_code == 200


def test_a_damaged_snapshot_is_not_shown(app: FastAPI, client: TestClient) -> None:
    made = client.post(SNAPSHOTS, json=GIVEN).json()
    with app.state.store._engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("UPDATE snapshots SET body = replace(body, '0.5', '0.6')")
    answer = client.get(f"{SNAPSHOTS}/{made['id']}")
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/damaged-snapshot"
    assert client.get("/problems/damaged-snapshot").status_code == 200


def test_a_store_that_does_not_answer_is_a_problem_that_passes(static: Path) -> None:
    app = create_app(Settings(static=static, store_url="postgresql://nobody@127.0.0.1:1/nothing"))
    answer = TestClient(app).post(SNAPSHOTS, json=GIVEN)
    check(answer, 503)
    assert int(answer.headers["retry-after"]) > 0
