"""The operations on networks, over HTTP, against worked examples."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.schemas.networks import BackwardAnswer, ForwardAnswer, StepAnswer
from app.schemas.trace import TraceAnswer

SHELF = json.loads((Path(__file__).parents[1] / "book_shelf.json").read_text())
MAZUR: dict[str, Any] = next(e for e in SHELF if e["id"] == "mazur-2-2-2")

NEURON: dict[str, Any] = {
    "spec": {"inputs": 1, "layers": [{"units": 1, "activation": "relu"}]},
    "parameters": {"layer1.weight": [[0.5]], "layer1.bias": [0.0]},
}
TWO: dict[str, Any] = {"inputs": 2, "layers": [{"units": 3, "activation": "tanh"}, {"units": 1}]}
DATA = {"inputs": [[0.5, -1.0], [2.0, 0.25]], "targets": [[1.0], [0.0]]}
SGD = {"name": "sgd", "learning_rate": 0.1}


def post(client: TestClient, operation: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"/api/v1/networks{operation}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def nodes_by_id(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {node["id"]: node for node in answer["nodes"]}


def test_the_single_neuron(client: TestClient) -> None:
    body = {"network": NEURON, "inputs": [[2]], "targets": [[0]]}
    answer = post(client, "/backward", body)
    nodes = nodes_by_id(answer)
    assert answer["loss"] == 1.0
    assert answer["outputs"] == [[1.0]]
    assert answer["parameter_grads"] == {"layer1.weight": [[4.0]], "layer1.bias": [2.0]}
    assert nodes["layer1.z"]["value"] == [[1.0]]
    assert nodes["layer1.a"]["grad"] == nodes["layer1.z"]["grad"] == [[2.0]]
    assert nodes["x"]["grad"] == [[1.0]]
    assert nodes["layer1.z"]["messages"] == [
        {"to": "x", "input": 0, "value": [[1.0]]},
        {"to": "layer1.weight", "input": 1, "value": [[4.0]]},
        {"to": "layer1.bias", "input": 2, "value": [2.0]},
    ]


def test_the_single_neuron_that_is_right(client: TestClient) -> None:
    answer = post(client, "/backward", {"network": NEURON, "inputs": [[2]], "targets": [[1]]})
    assert answer["loss"] == 0.0
    assert answer["parameter_grads"] == {"layer1.weight": [[0.0]], "layer1.bias": [0.0]}


def test_one_step_of_mazurs_example(client: TestClient) -> None:
    layers = [{"units": units, "activation": name} for units, name in MAZUR["units"]]
    network = {
        "spec": {"inputs": MAZUR["inputs"], "layers": layers, "loss": MAZUR["loss"]},
        "parameters": MAZUR["parameters"],
        "trainable": MAZUR["trainable"],
    }
    sgd = {"name": "sgd", "learning_rate": MAZUR["learning_rate"]}
    body = {"network": network, "inputs": MAZUR["x"], "targets": MAZUR["y"], "optimizer": sgd}
    answer = post(client, "/step", body)
    assert answer["loss_before"] == pytest.approx(MAZUR["values"]["loss"], rel=1e-12)
    assert answer["loss_after"] == pytest.approx(MAZUR["loss_after"], rel=1e-12)
    for name, wanted in MAZUR["after"].items():
        np.testing.assert_allclose(answer["network"]["parameters"][name], wanted, rtol=1e-12)
    assert set(answer["updates"]) == {"layer1.weight", "layer2.weight"}
    assert answer["network"]["step"] == 1


def test_a_steps_document_goes_on(client: TestClient) -> None:
    body = {"network": TWO, **DATA, "optimizer": {"name": "adam", "learning_rate": 0.05}}
    first = post(client, "/step", body)
    second = post(client, "/step", {**body, "network": first["network"]})
    assert second["loss_before"] == first["loss_after"]
    assert second["network"]["step"] == 2
    assert second["network"]["optimizer_state"]["t"] == 2
    update = second["updates"]["layer1.weight"]
    assert {"m", "v", "m_hat", "v_hat"} < set(update)


def test_a_spec_stands_for_its_parameters(client: TestClient) -> None:
    document = post(client, "", TWO)
    summary = document.pop("summary")
    assert summary["parameters"] == 13
    assert summary["units"] == 4
    assert summary["shapes"]["layer1.weight"] == [3, 2]
    assert summary["nodes"][0]["id"] == "x"
    bare = post(client, "/backward", {"network": TWO, **DATA})
    assert bare == post(client, "/backward", {"network": document, **DATA})


def test_forward_stops_at_the_outputs(client: TestClient) -> None:
    answer = post(client, "/forward", {"network": TWO, "inputs": DATA["inputs"]})
    assert answer["outputs"] == post(client, "/backward", {"network": TWO, **DATA})["outputs"]
    assert list(nodes_by_id(answer))[-1] == "layer2.a"
    assert all("grad" not in node and "messages" not in node for node in answer["nodes"])


def test_units_and_nodes_tell_the_same(client: TestClient) -> None:
    body = {"network": TWO, **DATA, "sample": 1}
    nodes = nodes_by_id(post(client, "/backward", body))
    for operation in ("/backward", "/forward"):
        sent = {**body, "view": "units"}
        if operation == "/forward":
            del sent["targets"]
        answer = post(client, operation, sent)
        assert "nodes" not in answer
        units = {unit["id"]: unit for unit in answer["units"]}
        weights = {weight["id"]: weight for weight in answer["weights"]}
        assert units["layer1[2]"]["z"] == nodes["layer1.z"]["value"][1][2]
        assert units["x[0]"]["a"] == 2.0
        weight = weights["layer1.weight[2][1]"]
        assert (weight["from"], weight["to"]) == ("x[1]", "layer1[2]")
        assert weight["value"] == nodes["layer1.weight"]["value"][2][1]
        if operation == "/backward":
            assert units["layer1[2]"]["grad_z"] == nodes["layer1.z"]["grad"][1][2]
            assert weight["grad"] == nodes["layer1.weight"]["grad"][2][1]


def test_a_trace_tells_the_whole_run(client: TestClient) -> None:
    body = {"network": NEURON, "inputs": [[2]], "targets": [[0]], "optimizer": SGD, "view": "units"}
    answer = post(client, "/trace", body)
    assert [beat["kind"] for beat in answer["beats"]] == [
        "inputs",
        "linear",
        "activation",
        "loss",
        "loss_gradient",
        "slope",
        "weights",
        "messages",
        "update",
        "afterwards",
    ]
    assert [beat["index"] for beat in answer["beats"]] == list(range(10))
    (weight,) = answer["weights"]
    assert (weight["value"], weight["grad"], weight["after"]) == (0.5, 4.0, 0.5 - 0.1 * 4.0)
    assert answer["updates"]["layer1.weight"]["after"] == [[weight["after"]]]
    assert answer["next_network"]["parameters"]["layer1.weight"] == [[weight["after"]]]
    step = post(client, "/step", {k: v for k, v in body.items() if k != "view"})
    assert answer["loss_after"] == step["loss_after"]
    assert answer["next_network"] == step["network"]


def test_a_trace_without_optimizer_updates_nothing(client: TestClient) -> None:
    answer = post(client, "/trace", {"network": TWO, **DATA})
    assert answer["updates"] == {}
    assert answer["loss_after"] is None
    assert answer["next_network"] is None
    assert {beat["phase"] for beat in answer["beats"]} == {"forward", "loss", "backward"}
    told = post(client, "/backward", {"network": TWO, **DATA})["nodes"]
    for node, short in zip(answer["nodes"], told, strict=True):
        assert node | {"messages": None} == short | {"messages": None, "label": node["label"]}
        for message, sent in zip(node["messages"], short["messages"], strict=True):
            assert {**sent, **message} == message


def test_the_run_of_a_trace_survives_its_step(client: TestClient) -> None:
    plain = post(client, "/trace", {"network": TWO, **DATA})
    stepped = post(client, "/trace", {"network": TWO, **DATA, "optimizer": SGD})
    assert stepped["nodes"] == plain["nodes"]
    assert stepped["loss"] == plain["loss"]
    assert stepped["loss_after"] < stepped["loss"]


@pytest.mark.parametrize("view", ["nodes", "units"])
def test_divergence_is_a_result(client: TestClient, view: str) -> None:
    network = {
        "spec": {"inputs": 1, "layers": [{"units": 1}, {"units": 1}]},
        "parameters": {"layer1.weight": [[1e200]], "layer2.weight": [[-1e200]]},
    }
    body = {"network": network, "inputs": [[1.0]], "targets": [[0.0]], "view": view}
    raw = client.post("/api/v1/networks/trace", json={**body, "optimizer": SGD})
    assert raw.status_code == 200, raw.text
    TraceAnswer.model_validate_json(raw.content)
    trace = raw.json()
    assert trace["outputs"] == [["-Infinity"]]
    assert trace["loss"] == "Infinity"
    assert trace["health"]["finite"] is False
    assert trace["health"]["first_non_finite"] == {
        "node": "layer2.z",
        "phase": "forward",
        "layer": 2,
        "time": None,
    }
    assert trace["next_network"]["parameters"]["layer1.weight"] != [[1e200]]
    refused = client.post(
        "/api/v1/networks/backward", json={**body, "network": trace["next_network"]}
    )
    assert refused.status_code == 422


def test_null_never_stands_for_a_number(client: TestClient) -> None:
    body = {
        "network": {
            "spec": {"inputs": 1, "layers": [{"units": 1}]},
            "parameters": {"layer1.weight": [[1e308]]},
        },
        "inputs": [[1e308]],
        "targets": [[0.0]],
    }
    answer = client.post("/api/v1/networks/backward", json=body)
    BackwardAnswer.model_validate_json(answer.content)
    for node in answer.json()["nodes"]:
        assert node["grad"] is not None
        assert "null" not in json.dumps([node["value"], node["grad"], node["messages"]])


def test_numbers_are_not_rounded(client: TestClient) -> None:
    value = 0.1234567890123456
    network = {**NEURON, "parameters": {"layer1.weight": [[value]], "layer1.bias": [5e-324]}}
    answer = post(client, "/forward", {"network": network, "inputs": [[1.0]]})
    assert nodes_by_id(answer)["layer1.weight"]["value"] == [[value]]
    assert nodes_by_id(answer)["layer1.bias"]["value"] == [5e-324]


@pytest.mark.parametrize("operation", ["/forward", "/backward", "/step", "/trace"])
def test_the_same_request_gets_the_same_bytes(client: TestClient, operation: str) -> None:
    body: dict[str, Any] = {"network": {**TWO, "seed": 11}, "inputs": DATA["inputs"]}
    if operation != "/forward":
        body["targets"] = DATA["targets"]
    if operation in ("/step", "/trace"):
        body["optimizer"] = {"name": "nadam"}
    path = f"/api/v1/networks{operation}"
    first = client.post(path, json=body).content
    other = {**body, "network": {**TWO, "seed": 12}}
    assert client.post(path, json=other).content != first
    assert client.post(path, json=body).content == first


@pytest.mark.parametrize(
    ("operation", "model"),
    [("/forward", ForwardAnswer), ("/backward", BackwardAnswer), ("/trace", TraceAnswer)],
)
@pytest.mark.parametrize("view", ["nodes", "units"])
def test_answers_satisfy_their_models(
    client: TestClient, operation: str, model: Any, view: str
) -> None:
    layers = [
        {"units": 3, "activation": {"name": "elu", "alpha": 0.5}, "shared_bias": True},
        {"units": 2, "activation": "softmax", "use_bias": False},
    ]
    body: dict[str, Any] = {
        "network": {"inputs": 2, "layers": layers, "loss": "binary_cross_entropy"},
        "inputs": DATA["inputs"],
        "view": view,
    }
    if operation != "/forward":
        body["targets"] = [[1, 0], [0, 1]]
    answer = client.post(f"/api/v1/networks{operation}", json=body)
    assert answer.status_code == 200, answer.text
    model.model_validate_json(answer.content)


def test_a_steps_answer_satisfies_its_model(client: TestClient) -> None:
    catalog = client.get("/api/v1/catalog").json()
    for entry in catalog["optimizers"]:
        body = {"network": TWO, **DATA, "optimizer": {"name": entry["name"]}}
        answer = client.post("/api/v1/networks/step", json=body)
        StepAnswer.model_validate_json(answer.content)


def test_a_step_may_leave_the_parameters_out(client: TestClient) -> None:
    body = {"network": TWO, **DATA, "optimizer": SGD}
    whole = post(client, "/step", body)
    short = post(client, "/step", body | {"parameters": False})
    assert short == whole | {"updates": None, "network": None}


CURED: dict[str, Any] = {
    "inputs": 3,
    "layers": [
        {"units": 3, "activation": "tanh", "layer_norm": True, "residual": True},
        {"units": 1},
    ],
    "loss": "half_squared_error",
}
ROW = {"inputs": [[0.5, -1.0, 2.0]], "targets": [[1.0]]}


def test_a_layer_with_normalization_and_its_input_added(client: TestClient) -> None:
    document = post(client, "", CURED)
    layer = document["spec"]["layers"][0]
    assert (layer["layer_norm"], layer["residual"]) == (True, True)
    nodes = nodes_by_id(post(client, "/backward", {"network": document["spec"], **ROW}))
    z = np.array(nodes["layer1.z"]["value"])
    normal = (z - z.mean()) / np.sqrt(z.var() + 1e-5)
    np.testing.assert_allclose(nodes["layer1.norm"]["value"], normal)
    np.testing.assert_allclose(nodes["layer1.residual"]["value"], np.tanh(normal))
    np.testing.assert_allclose(nodes["layer1.a"]["value"], np.tanh(normal) + ROW["inputs"])
    grad_a = np.array(nodes["layer1.a"]["grad"])
    came = [m["value"] for m in nodes["layer1.a"]["messages"] if m["to"] == "x"]
    np.testing.assert_array_equal(came[0], grad_a)
    through = np.array(nodes["layer1.z"]["messages"][0]["value"])
    np.testing.assert_allclose(nodes["x"]["grad"], grad_a + through)
    told = post(client, "/trace", {"network": CURED, **ROW, "optimizer": SGD})
    titles = [beat["title"] for beat in told["beats"]]
    assert any("Layer norm" in title for title in titles)
    assert told["loss_after"] < told["loss"]


@pytest.mark.parametrize("option", ["layer_norm", "residual"])
def test_such_a_layer_is_not_told_by_units(client: TestClient, option: str) -> None:
    network = {"inputs": 3, "layers": [{"units": 3, option: True}, {"units": 1}]}
    for operation, body, pointer in (
        ("trace", {"view": "units"}, "/view"),
        ("backward", {"view": "units"}, "/view"),
        ("trace", {"unit": "layer2[0]"}, "/unit"),
    ):
        answer = client.post(
            f"/api/v1/networks/{operation}", json={"network": network, **ROW, **body}
        )
        assert answer.status_code == 422
        fault = answer.json()["errors"][0]
        assert (fault["pointer"], fault["code"]) == (pointer, "wrong_view")


def test_a_layer_adds_its_input_only_where_both_are_as_wide(client: TestClient) -> None:
    network = {"inputs": 3, "layers": [{"units": 3}, {"units": 2, "residual": True}]}
    answer = client.post("/api/v1/networks/backward", json={"network": network, **ROW})
    fault = answer.json()["errors"][0]
    assert fault["pointer"] == "/network/layers/1/residual"
    assert "units would be 3" in fault["detail"]
