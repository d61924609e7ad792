"""Recurrent networks and expressions through the API."""

import json
import time
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.networks.cells import CELLS
from app.training.optimizers import OPTIMIZERS

NETWORKS = "/api/v1/networks"
SGD = {"name": "sgd", "learning_rate": 0.1}
PRODUCT = {"kind": "expression", "expression": "q = x + y\nf = q * z", "parameters": ["z"]}
VALUES: dict[str, Any] = {
    "network": {"spec": PRODUCT, "parameters": {"z": -4.0}},
    "inputs": {"x": -2.0, "y": 5.0},
}
SEQUENCES = [[[0.5, -1.0], [1.0, 0.25], [0.0, 2.0]], [[1.0, 1.0], [-0.5, 0.5], [0.25, 0.0]]]
LAST = [[0.5], [-0.5]]


def cell(name: str = "rnn", **options: Any) -> dict[str, Any]:
    return {"kind": "recurrent", "inputs": 2, "units": 3, "outputs": 1, "cell": name, **options}


def post(client: TestClient, path: str, body: Any) -> Any:
    answer = client.post(f"{NETWORKS}{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refuse(client: TestClient, path: str, body: Any) -> dict[str, Any]:
    answer = client.post(f"{NETWORKS}{path}", json=body)
    assert answer.status_code == 422, answer.text
    fault: dict[str, Any] = answer.json()["errors"][0]
    return fault


def test_an_expression_forward_and_back(client: TestClient) -> None:
    assert post(client, "/forward", VALUES)["outputs"] == -12.0
    answer = post(client, "/backward", VALUES)
    assert answer["loss"] == answer["outputs"] == -12.0
    grads = {node["id"]: node["grad"] for node in answer["nodes"]}
    assert grads == {"x": -4.0, "y": -4.0, "z": 3.0, "q": -4.0, "f": 1.0}
    assert answer["parameter_grads"] == {"z": 3.0}


def test_an_expression_learns(client: TestClient) -> None:
    answer = post(client, "/step", {**VALUES, "optimizer": SGD})
    assert answer["loss_before"] == -12.0
    assert answer["updates"]["z"]["after"] == -4.0 - 0.1 * 3.0
    assert answer["loss_after"] == pytest.approx(3.0 * -4.3)
    again = {**VALUES, "network": answer["network"], "optimizer": SGD}
    assert post(client, "/step", again)["loss_before"] == answer["loss_after"]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_steps_an_expression(client: TestClient, name: str) -> None:
    body = {**VALUES, "optimizer": {"name": name, "learning_rate": 0.1}}
    network = post(client, "/step", body)["network"]
    again = post(client, "/step", {**body, "network": network})
    assert again["loss_after"] < again["loss_before"]
    trace = post(client, "/trace", {**body, "network": network})
    assert trace["next_network"] == again["network"]


def test_an_expression_runs_at_many_points_at_once(client: TestClient) -> None:
    points = [k / 100 for k in range(1_000)]
    answer = post(client, "/backward", {**VALUES, "inputs": {"x": points, "y": 5.0}})
    np.testing.assert_array_equal(answer["outputs"], [(x + 5.0) * -4.0 for x in points])
    nodes = {node["id"]: node for node in answer["nodes"]}
    assert nodes["x"]["grad"] == [-4.0] * 1_000
    # What is one number for all points gets the sum of what comes back from each.
    assert nodes["y"]["grad"] == -4_000.0
    assert answer["parameter_grads"]["z"] == pytest.approx(sum(x + 5.0 for x in points))


def test_a_name_without_a_value_and_one_too_many(client: TestClient) -> None:
    assert refuse(client, "/forward", {**VALUES, "inputs": {"x": 1.0}}) == {
        "pointer": "/inputs",
        "detail": "expected a value for: y",
        "code": "missing",
    }
    more = {"x": 1.0, "y": 1.0, "w": 1.0}
    assert refuse(client, "/forward", {**VALUES, "inputs": more})["pointer"] == "/inputs/w"
    uneven = {"x": [1.0, 2.0], "y": [1.0, 2.0, 3.0]}
    assert refuse(client, "/forward", {**VALUES, "inputs": uneven})["pointer"] == "/inputs/y"
    rows = refuse(client, "/forward", {**VALUES, "inputs": [[1.0, 2.0]]})
    assert "by name" in rows["detail"]
    assert refuse(client, "/backward", {**VALUES, "targets": [[1.0]]})["pointer"] == "/targets"
    names = refuse(client, "", {**PRODUCT, "parameters": ["w"]})
    assert (names["pointer"], "x, y, z" in names["detail"]) == ("/parameters/0", True)


HOSTILE = {
    "9**9**9": None,
    "(" * 10_000: 2_000,
    "__class__": 0,
    "x.__class__": 1,
    "lambda x: x": 0,
    "(lambda: 0)()": 7,
    "f'{x}'": 1,
    "x\0": 1,
    "х + 1": 0,
    "1e400": 0,
    "-" * 1_500 + "x": 50,
    "x ** " * 300 + "x": 252,
    "exec(x)": 0,
    "x[0]": 1,
    "x if y else z": 2,
    "x := 1": 2,
    "𝐱 + 1": 0,
    "x" * 2_001: 2_000,
    "import os": 0,
    "": 0,
    "\n;\n": 0,
    "a = 1": None,
    "x + + y": 4,
    "sin": 0,
    "sin()": 4,
    "max(x)": 0,
}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_formula_is_refused_with_its_place(client: TestClient, text: str) -> None:
    fault = refuse(client, "", {"kind": "expression", "expression": text})
    assert fault["pointer"] == "/expression"
    assert 0 <= fault["position"] <= len(text)
    assert fault["length"] >= 1
    if HOSTILE[text] is not None:
        assert fault["position"] == HOSTILE[text]
    shown = json.dumps(fault)
    assert len(shown) < 600
    assert "__class__" not in shown


def test_a_power_tower_is_infinite_and_quick(client: TestClient) -> None:
    body = {"network": {"kind": "expression", "expression": "x * 9**9**9"}, "inputs": {"x": 1.0}}
    start = time.process_time()
    assert post(client, "/forward", body)["outputs"] == "Infinity"
    # Not a measurement: with whole numbers this would take all day.
    assert time.process_time() - start < 5


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("loss_at", ["last", "every"])
def test_a_recurrent_network_in_all_operations(client: TestClient, name: str, loss_at: str) -> None:
    built = post(client, "", cell(name, loss_at=loss_at))
    assert built["summary"]["parameters"] == sum(
        int(np.prod(shape)) for shape in built["summary"]["shapes"].values()
    )
    targets = LAST if loss_at == "last" else [[[0.1], [0.2], [0.3]]] * 2
    network = {key: built[key] for key in ("spec", "parameters", "trainable")}
    body = {"network": network, "inputs": SEQUENCES, "targets": targets}
    outputs = post(client, "/forward", {"network": network, "inputs": SEQUENCES})["outputs"]
    assert np.shape(outputs) == ((2, 1) if loss_at == "last" else (2, 3, 1))
    back = post(client, "/backward", body)
    assert back["outputs"] == outputs
    assert back["loss"] == pytest.approx(float(np.mean((np.array(outputs) - targets) ** 2)))
    assert set(back["parameter_grads"]) == set(built["parameters"])
    assert [layer["label"] for layer in back["health"]["layers"]] == ["cell", "output"]
    step = post(client, "/step", {**body, "optimizer": SGD})
    assert step["loss_after"] < step["loss_before"]
    trace = post(client, "/trace", {**body, "optimizer": SGD, "view": "time", "sample": 1})
    assert trace["next_network"] == step["network"]
    assert [b["time"] for b in trace["beats"] if b["kind"] == "step"] == [1, 2, 3]
    assert [b["time"] for b in trace["beats"] if b["kind"] == "step_back"] == [3, 2, 1]


def test_a_shared_weight_receives_a_message_per_time_step(client: TestClient) -> None:
    body = {"network": cell(), "inputs": SEQUENCES, "targets": LAST}
    answer = post(client, "/backward", body)
    sent = [
        message["value"]
        for node in answer["nodes"]
        for message in node["messages"]
        if message["to"] == "cell.weight_hh"
    ]
    assert len(sent) == 3
    np.testing.assert_allclose(
        np.sum(sent, axis=0), answer["parameter_grads"]["cell.weight_hh"], rtol=1e-12, atol=1e-15
    )


def test_truncation_stops_what_comes_back(client: TestClient) -> None:
    body = {"network": cell(truncate=1), "inputs": SEQUENCES, "targets": LAST}
    nodes = {node["id"]: node for node in post(client, "/backward", body)["nodes"]}
    assert np.any(nodes["time3.h"]["grad"])
    assert not np.any(nodes["time2.h"]["grad"])
    told = post(client, "/trace", {**body, "view": "time"})["beats"]
    assert any("Truncated here" in beat["text"] for beat in told)


def test_a_first_state_can_be_given(client: TestClient) -> None:
    state = {"h": [[0.1, 0.2, 0.3], [0.0, 0.0, 0.0]]}
    plain = {"network": cell(), "inputs": SEQUENCES, "targets": LAST}
    body = {**plain, "initial_state": state}
    nodes = {node["id"]: node for node in post(client, "/backward", body)["nodes"]}
    assert nodes["time0.h"]["value"] == state["h"]
    assert np.any(nodes["time0.h"]["grad"])
    assert (
        post(client, "/backward", plain)["outputs"][0]
        != post(client, "/backward", body)["outputs"][0]
    )
    fault = refuse(client, "/backward", {**plain, "initial_state": {"c": state["h"]}})
    assert (fault["pointer"], "has: h" in fault["detail"]) == ("/initial_state/c", True)
    short = refuse(client, "/backward", {**plain, "initial_state": {"h": [[0.1, 0.2, 0.3]]}})
    assert short["pointer"] == "/initial_state/h"
    dense = {"network": {"inputs": 1, "layers": [{"units": 1}]}, "inputs": [[1.0]]}
    assert (
        refuse(client, "/forward", {**dense, "initial_state": state})["pointer"] == "/initial_state"
    )


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"inputs": [[1.0, 2.0]]}, "/inputs/0/0"),
        ({"inputs": [[[1.0]]]}, "/inputs/0/0"),
        ({"inputs": [[[1.0, 2.0]], [[1.0, 2.0], [1.0, 2.0]]]}, "/inputs/1"),
        ({"inputs": [[]]}, "/inputs/0"),
        ({"inputs": {"x": 1.0}}, "/inputs"),
        ({"targets": [[0.5]]}, "/targets"),
        ({"targets": None}, "/targets"),
        ({"targets": [[[0.5]]] * 2}, "/targets/0"),
        ({"network": cell(units=0)}, "/network/units"),
        ({"network": cell("elman")}, "/network/cell"),
        ({"network": cell(truncate=0)}, "/network/truncate"),
        ({"view": "units"}, "/view"),
    ],
)
def test_a_sequence_that_makes_no_sense(
    client: TestClient, change: dict[str, Any], pointer: str
) -> None:
    body = {"network": cell(), "inputs": SEQUENCES, "targets": LAST, **change}
    assert refuse(client, "/backward", body)["pointer"] == pointer


def test_views_are_of_the_kinds_that_have_them(client: TestClient) -> None:
    assert refuse(client, "/trace", {**VALUES, "view": "time"})["pointer"] == "/view"
    assert refuse(client, "/trace", {**VALUES, "unit": "layer1[0]"})["pointer"] == "/unit"
    long = {"network": cell("lstm"), "inputs": [[[0.0, 0.0]] * 100], "targets": [[0.0]]}
    assert refuse(client, "/trace", {**long, "view": "nodes"})["limit"] == "told_nodes"
    assert post(client, "/trace", {**long, "view": "time"})["loss"] >= 0.0
