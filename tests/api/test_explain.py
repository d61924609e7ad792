"""Explain, gradient check and nudge through the API, for every kind of network."""

import math
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.networks.cells import CELLS
from tests.api.test_kinds import LAST, SEQUENCES, VALUES, cell, post, refuse

DENSE: dict[str, Any] = {
    "network": {
        "kind": "dense",
        "inputs": 2,
        "layers": [{"units": 3, "activation": "tanh"}, {"units": 1}],
        "seed": 3,
    },
    "inputs": [[0.5, -1.0], [1.0, 2.0]],
    "targets": [[1.0], [-1.0]],
}
WEIGHT = {"node": "layer1.weight", "index": [2, 1]}
NEURON: dict[str, Any] = {
    "network": {
        "spec": {"kind": "dense", "inputs": 1, "layers": [{"units": 1, "activation": "relu"}]},
        "parameters": {"layer1.weight": [[0.5]], "layer1.bias": [0.0]},
    },
    "inputs": [[2.0]],
    "targets": [[0.0]],
}


def recurrent(name: str, **options: Any) -> dict[str, Any]:
    return {"network": cell(name, **options), "inputs": SEQUENCES, "targets": LAST}


def explain(client: TestClient, body: dict[str, Any], node: str, *index: int) -> Any:
    return post(client, "/explain", {**body, "of": {"node": node, "index": list(index)}})


def test_a_weight_is_the_sum_of_its_terms_and_of_its_paths(client: TestClient) -> None:
    told = explain(client, DENSE, "layer1.weight", 2, 1)
    grads = post(client, "/backward", DENSE)["parameter_grads"]
    assert told["grad"] == grads["layer1.weight"][2][1]
    assert told["terms_sum"] == pytest.approx(told["grad"], rel=1e-13)
    assert told["paths_sum"] == pytest.approx(told["grad"], rel=1e-13)
    assert [term["sample"] for term in told["terms"]] == [0, 1]
    assert (told["term_count"], told["terms_cut"]) == (2, False)
    assert (told["path_count"], told["paths_cut"]) == (len(told["paths"]), False)
    assert (told["node"], told["index"], told["symbol"]) == (
        "layer1.weight",
        [2, 1],
        "w^{(1)}_{3,2}",
    )


def test_a_path_names_every_entry_on_it(client: TestClient) -> None:
    told = explain(client, NEURON, "layer1.weight", 0, 0)
    (path,) = told["paths"]
    assert told["symbols"][1] == {"node": "layer1.z", "index": [0, 0], "latex": "z"}
    assert len(told["symbols"]) == len(path["entries"])
    nodes = ["layer1.weight", "layer1.z", "layer1.a", "loss.difference", "loss.term"]
    assert path["nodes"] == [*nodes, "loss.sample", "loss"]
    assert [entry["node"] for entry in path["entries"]] == path["nodes"]
    assert path["entries"][1] == {"node": "layer1.z", "index": [0, 0]}
    assert path["inputs"] == [1, 0, 0, 0, 0, 0]
    assert path["factors"] == [2.0, 1.0, 1.0, 2.0, 1.0, 1.0]
    assert path["product"] == math.prod(path["factors"]) == 4.0


def test_a_unit_is_explained_for_the_sample_asked_about(client: TestClient) -> None:
    body = {**DENSE, "of": {"node": "layer1.a", "index": [1]}}
    grads = {node["id"]: node["grad"] for node in post(client, "/backward", DENSE)["nodes"]}
    for sample in (0, 1):
        told = post(client, "/explain", {**body, "sample": sample})
        assert told["index"] == [sample, 1]
        assert told["grad"] == grads["layer1.a"][sample][1]
    assert post(client, "/explain", body)["index"] == [0, 1]
    whole = {**DENSE, "of": {"node": "layer1.a", "index": [1, 1]}}
    assert post(client, "/explain", whole)["index"] == [1, 1]


@pytest.mark.parametrize("name", CELLS)
def test_a_shared_weight_has_a_term_per_time_step_and_sample(client: TestClient, name: str) -> None:
    told = explain(client, recurrent(name), "cell.weight_hh", 1, 0)
    assert [(term["time"], term["sample"]) for term in told["terms"]] == [
        (time, sample) for time in (1, 2, 3) for sample in (0, 1)
    ]
    assert told["terms_sum"] == pytest.approx(told["grad"], rel=1e-12, abs=1e-16)
    state = explain(client, recurrent(name), "time2.h", 1)
    assert state["terms_sum"] == pytest.approx(state["grad"], rel=1e-12, abs=1e-16)


def test_an_expression_is_explained(client: TestClient) -> None:
    told = explain(client, VALUES, "q")
    assert (told["value"], told["grad"], told["path_count"]) == (3.0, -4.0, 1)
    (term,) = told["terms"]
    assert (term["from"], term["upstream"], term["local"], term["product"]) == ("f", 1, -4, -4)
    assert r"\frac{\partial f}{\partial q}" in told["latex"]


def test_more_paths_than_a_number_holds(client: TestClient) -> None:
    layers = [{"units": 50, "activation": "tanh"}] * 12
    deep = {**DENSE, "network": {"kind": "dense", "inputs": 2, "layers": [*layers, {"units": 1}]}}
    told = explain(client, deep, "x", 0)
    assert told["path_count"] == str(50**12)
    assert 500 < len(told["paths"]) <= 1_000
    assert told["paths_cut"]


def test_infinities_are_results(client: TestClient) -> None:
    network = {
        "spec": {"kind": "dense", "inputs": 1, "layers": [{"units": 1}, {"units": 1}]},
        "parameters": {"layer1.weight": [[1e200]], "layer2.weight": [[1e200]]},
    }
    body = {"network": network, "inputs": [[1.0]], "targets": [[0.0]]}
    told = explain(client, body, "layer1.weight", 0, 0)
    assert told["grad"] == told["paths_sum"] == "Infinity"
    checked = post(client, "/gradient-check", body)
    assert not checked["passed"]
    assert checked["max_relative_error"] == "NaN"
    moved = {**body, "of": {"node": "x", "index": [0]}, "delta": 1.0}
    assert post(client, "/nudge", moved)["loss_after"] == "Infinity"


@pytest.mark.parametrize(
    ("of", "pointer", "says"),
    [
        ({"node": "layer9.z", "index": [0]}, "/of/node", "layer1.weight"),
        ({"node": "layer1.weight", "index": [3, 0]}, "/of/index", "[3, 2]"),
        ({"node": "layer1.weight", "index": [0]}, "/of/index", "[3, 2]"),
        ({"node": "layer1.z", "index": [0, 0, 0]}, "/of/index", "[3]"),
        ({"node": "layer1.z", "index": [-1]}, "/of/index/0", "at least 0"),
        ({"node": "layer1.z", "index": [0.5]}, "/of/index/0", "whole number"),
        ({"index": [0]}, "/of/node", "required"),
        ({"node": "layer1.z", "name": "z"}, "/of/name", "no such field"),
    ],
)
@pytest.mark.parametrize("path", ["/explain", "/nudge"])
def test_an_entry_that_is_not_there_is_refused(
    client: TestClient, path: str, of: dict[str, Any], pointer: str, says: str
) -> None:
    fault = refuse(
        client, path, {**DENSE, "of": of, **({"delta": 1.0} if path == "/nudge" else {})}
    )
    assert fault["pointer"] == pointer
    assert says in fault["detail"]


def test_a_constant_and_a_missing_sample_are_refused(client: TestClient) -> None:
    network = {**DENSE["network"], "loss": "half_squared_error"}
    half = {"node": "loss.half", "index": []}
    assert refuse(client, "/explain", {**DENSE, "network": network, "of": half})["code"] == (
        "unknown_name"
    )
    body = {**DENSE, "of": {"node": "x", "index": [0]}, "sample": 2}
    assert refuse(client, "/explain", body)["pointer"] == "/sample"
    both = {**DENSE, "of": {"node": "x", "index": [1, 0]}, "sample": 0}
    assert refuse(client, "/explain", both)["pointer"] == "/of/index"


def test_a_long_list_of_names_is_cut(client: TestClient) -> None:
    long = {**recurrent("lstm"), "inputs": [[[0.1, 0.2]] * 30] * 2, "of": {"node": "h"}}
    detail = refuse(client, "/explain", long)["detail"]
    assert "cell.weight_hh" in detail
    assert "more" in detail
    assert len(detail) < 1_500


def test_gradients_of_every_kind_pass(client: TestClient) -> None:
    dense = post(client, "/gradient-check", DENSE)
    assert dense["passed"]
    assert dense["checked"] == dense["total"] == len(dense["entries"]) == 13
    assert {entry["parameter"] for entry in dense["entries"]} == {
        f"layer{n}.{kind}" for n in (1, 2) for kind in ("weight", "bias")
    }
    assert (dense["curve"], dense["best_h"], dense["held"]) == (None, None, [])
    for name in CELLS:
        assert post(client, "/gradient-check", recurrent(name))["passed"]
    cut = post(client, "/gradient-check", recurrent("rnn", truncate=1))
    assert cut["passed"]
    assert cut["held"] == ["time1.h_cut", "time2.h_cut"]


def test_gradients_of_the_inputs_of_an_expression_are_checked_too(client: TestClient) -> None:
    checked = post(client, "/gradient-check", VALUES)
    assert checked["passed"]
    assert [entry["parameter"] for entry in checked["entries"]] == ["z", "x", "y"]
    assert [entry["analytic"] for entry in checked["entries"]] == [3.0, -4.0, -4.0]


def test_a_kink_is_named(client: TestClient) -> None:
    network = {"kind": "expression", "expression": "r = relu(x)\nr * y"}
    body = {"network": network, "inputs": {"x": 0.0, "y": 2.0}}
    checked = post(client, "/gradient-check", body)
    assert checked["passed"]
    kinks = {entry["parameter"]: entry["kink"] for entry in checked["entries"]}
    assert kinks == {"x": {"node": "r", "index": []}, "y": None}


def test_a_step_and_a_curve_may_be_asked_for(client: TestClient) -> None:
    body = {**NEURON, "h": 0.01, "curve": {"node": "layer1.weight", "index": [0, 0]}}
    checked = post(client, "/gradient-check", body)
    assert checked["h"] == checked["entries"][0]["h"] == 0.01
    assert len(checked["curve"]) == 25
    assert (checked["curve"][0]["h"], checked["curve"][-1]["h"]) == (0.1, pytest.approx(1e-13))
    best = min(checked["curve"], key=lambda point: point["error"])
    assert checked["best_h"] == best["h"]
    for h, says in ((0, "above 0"), (2, "at most 1"), ("x", "number")):
        fault = refuse(client, "/gradient-check", {**NEURON, "h": h})
        assert fault["pointer"] == "/h"
        assert says in fault["detail"]
    inside = {**NEURON, "curve": {"node": "layer1.z", "index": [0]}}
    fault = refuse(client, "/gradient-check", inside)
    assert (fault["pointer"], fault["code"]) == ("/curve/node", "not_a_leaf")
    assert "layer1.weight" in fault["detail"]


def test_a_nudge_says_what_was_predicted_and_what_came(client: TestClient) -> None:
    body = {**NEURON, "of": {"node": "layer1.weight", "index": [0, 0]}, "delta": 0.1}
    told = post(client, "/nudge", body)
    assert told["predicted"] == pytest.approx(0.4)
    assert told["actual"] == pytest.approx(0.44)
    assert (told["loss_before"], told["value_before"], told["value_after"]) == (1.0, 0.5, 0.6)
    fault = refuse(client, "/nudge", {**body, "delta": None})
    assert fault["pointer"] == "/delta"


def test_a_network_too_large_to_be_checked_whole_is_checked_in_part(client: TestClient) -> None:
    layers = [{"units": 200, "activation": "tanh"}, {"units": 200, "activation": "tanh"}]
    network = {"kind": "dense", "inputs": 200, "layers": [*layers, {"units": 1}], "seed": 1}
    body = {
        "network": network,
        "inputs": [[0.01 * k for k in range(200)]] * 8,
        "targets": [[1]] * 8,
    }
    checked = post(client, "/gradient-check", body)
    assert checked["passed"]
    assert len(checked["entries"]) == checked["checked"] < checked["total"] == 80_601
    assert {entry["parameter"] for entry in checked["entries"]} == {
        f"layer{n}.{kind}" for n in (1, 2, 3) for kind in ("weight", "bias")
    }
    assert post(client, "/gradient-check", body)["entries"] == checked["entries"]
