"""Requests that the trials make."""

from typing import Any

from tests.reliability.client import make_request

DENSE: dict[str, Any] = {
    "network": {
        "inputs": 2,
        "layers": [
            {"units": 4, "activation": "tanh"},
            {"units": 2, "activation": "tanh"},
            {"units": 1},
        ],
    },
    "inputs": [[0.5, -0.25]] * 10,
    "targets": [[1.0]] * 10,
}
RECURRENT: dict[str, Any] = {
    "network": {"kind": "recurrent", "inputs": 1, "units": 4, "outputs": 1, "cell": "gru"},
    "inputs": [[[0.1], [0.2], [0.3], [0.4]]],
    "targets": [[0.5]],
}
EXPRESSION: dict[str, Any] = {
    "network": {
        "spec": {"kind": "expression", "expression": "sin(x * w) + w ** 2", "parameters": ["w"]},
        "parameters": {"w": 0.5},
    },
    "inputs": {"x": 2.0},
}
TRAIN: dict[str, Any] = {
    "network": {"inputs": 2, "layers": [{"units": 8, "activation": "tanh"}, {"units": 1}]},
    "data": {"dataset": "xor", "samples": 100},
    "optimizer": "adam",
    "batch_size": 10,
    "steps": 1_000_000,
    "frames_per_second": 30,
}
SGD = {"name": "sgd", "learning_rate": 0.1}
FLOW: dict[str, Any] = {
    "network": {"inputs": 32, "layers": [{"units": 32, "activation": "tanh"}] * 6},
    "batch": 32,
    "seeds": 4,
}
NETWORKS = "/api/v1/networks"

MIX: dict[str, bytes] = {
    "catalog": make_request("GET", "/api/v1/catalog"),
    "build": make_request("POST", NETWORKS, DENSE["network"]),
    "forward": make_request(
        "POST", f"{NETWORKS}/forward", {k: v for k, v in DENSE.items() if k != "targets"}
    ),
    "backward": make_request("POST", f"{NETWORKS}/backward", DENSE),
    "step": make_request("POST", f"{NETWORKS}/step", {**DENSE, "optimizer": SGD}),
    "trace": make_request(
        "POST", f"{NETWORKS}/trace", {**DENSE, "optimizer": SGD, "view": "units"}
    ),
    "recurrent": make_request("POST", f"{NETWORKS}/backward", RECURRENT),
    "expression": make_request("POST", f"{NETWORKS}/backward", EXPRESSION),
    "page": make_request("GET", "/"),
    "file": make_request("GET", "/static/js/main.js"),
    "malformed": make_request("POST", f"{NETWORKS}/backward", [1]),
    "wrong": make_request("POST", f"{NETWORKS}/backward", {**DENSE, "targets": [[1]]}),
    "nothing": make_request("GET", "/api/v1/nothing"),
}
"""One of each kind, good and bad, by name."""
EXPECTED = {"malformed": 422, "wrong": 422, "nothing": 404}
"""Their statuses where they are not 200."""
