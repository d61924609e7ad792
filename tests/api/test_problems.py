"""Every error is a problem that says what is expected and repeats nothing."""

import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Route

from app.main import create_app
from app.schemas.problem import KINDS, Problem
from app.settings import Settings

NETWORKS = "/api/v1/networks"
JSON = {"Content-Type": "application/json"}
SPEC: dict[str, Any] = {"inputs": 2, "layers": [{"units": 2, "activation": "tanh"}, {"units": 1}]}
RUN: dict[str, Any] = {"network": SPEC, "inputs": [[1, 2]], "targets": [[3]]}
MARKER = "a8f3-marker"


def check(answer: Any, status: int) -> Problem:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(answer.content)
    assert problem.status == status
    assert problem.type == KINDS[status].path
    assert problem.instance == answer.request.url.path
    assert MARKER not in answer.text
    return problem


def refuse(client: TestClient, body: Any, operation: str = "/backward") -> dict[str, Any]:
    """The only fault of the 422 that ``body`` gets."""
    problem = check(client.post(NETWORKS + operation, json=body), 422)
    (fault,) = problem.errors
    return fault.model_dump()


def test_no_such_path(client: TestClient) -> None:
    check(client.get("/api/v1/nothing"), 404)
    check(client.get("/static/nothing.js"), 404)


def test_no_such_method(client: TestClient) -> None:
    for method, path, allowed in (
        ("GET", f"{NETWORKS}/backward", "POST"),
        ("DELETE", "/api/v1/catalog", "GET"),
        ("POST", "/static/js/main.js", "GET, HEAD"),
    ):
        answer = client.request(method, path)
        check(answer, 405)
        assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1' + b"0" * 400 + b"}",
        b'{"a": 1, "a": 2}',
        b'{"network": {"inputs": 1, "inputs": 2}}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b"\xef\xbb\xbf{}",
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" * 100_000,
    ],
)
def test_malformed_json(client: TestClient, body: bytes) -> None:
    check(client.post(f"{NETWORKS}/backward", content=body, headers=JSON), 400)


def test_the_deepest_nesting_allowed(small_client: TestClient) -> None:
    for depth, status in ((8, 422), (9, 400)):
        body = b"[" * depth + b"]" * depth
        check(small_client.post(NETWORKS, content=body, headers=JSON), status)


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/x-www-form-urlencoded", "json", "a/json"]
)
def test_not_json(client: TestClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    check(client.post(NETWORKS, content=json.dumps(SPEC), headers=headers), 415)


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "application/vnd.retrograd+json"]
)
def test_other_ways_to_say_json(client: TestClient, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert client.post(NETWORKS, content=json.dumps(SPEC), headers=headers).status_code == 200


@pytest.mark.parametrize(("path", "limit"), [("", 600), ("/backward", 2_000)])
def test_the_largest_body_allowed(small_client: TestClient, path: str, limit: int) -> None:
    for chunked in (False, True):
        for size, accepted in ((limit, True), (limit + 1, False)):
            body = json.dumps(SPEC if path == "" else RUN).encode().ljust(size)
            content = iter([body[:100], body[100:]]) if chunked else body
            answer = small_client.post(NETWORKS + path, content=content, headers=JSON)
            if accepted:
                assert answer.status_code == 200, answer.text
            else:
                assert f"{limit} bytes" in check(answer, 413).detail


def test_an_unexpected_error_shows_nothing(static: Any) -> None:
    app = create_app(Settings(static=static))

    def fail(_: Any) -> None:
        raise RuntimeError(MARKER)

    app.router.routes.insert(0, Route("/fail", fail))
    problem = check(TestClient(app, raise_server_exceptions=False).get("/fail"), 500)
    assert problem.errors == []


@pytest.mark.parametrize("status", KINDS)
def test_every_type_has_a_page(client: TestClient, status: int) -> None:
    answer = client.get(KINDS[status].path)
    assert answer.status_code == 200
    assert KINDS[status].title in answer.text
    check(client.get(KINDS[status].path + "-not"), 404)


@pytest.mark.parametrize(
    ("change", "pointer", "detail"),
    [
        ({"inputs": [[1, 2, 3]]}, "/inputs/0", "expected 2 numbers per sample, got 3"),
        ({"inputs": [[1, 2], [1]]}, "/inputs/1", "expected 2 numbers per sample, got 1"),
        ({"inputs": []}, "/inputs", "expected at least one sample"),
        ({"targets": [[1, 2]]}, "/targets/0", "expected 1 number per sample, got 2"),
        ({"targets": [[1], [2]]}, "/targets", "expected 1 samples, as many as inputs, got 2"),
        ({"inputs": [[1, MARKER]]}, "/inputs/0/1", "expected a number"),
        ({"inputs": [[1, True]]}, "/inputs/0/1", "expected a number"),
        ({"inputs": [[1, None]]}, "/inputs/0/1", "expected a number"),
        ({"inputs": [[1, "NaN"]]}, "/inputs/0/1", "expected a number"),
        ({"inputs": 1}, "/inputs", "expected an array"),
        ({"inputs": [1]}, "/inputs/0", "expected an array"),
        ({"view": MARKER}, "/view", "expected one of: 'nodes' or 'units'"),
        ({"sample": 1}, "/sample", "expected a sample between 0 and 0"),
        ({"sample": -1}, "/sample", "expected a number of at least 0"),
        ({"sample": 0.5}, "/sample", "expected a whole number"),
        (
            {"more": MARKER},
            "/more",
            "no such field; the fields are: network, inputs, initial_state, targets, dropout_seed, "
            "view, sample",
        ),
        ({"network": MARKER}, "/network", "expected an object"),
        (
            {"network": {"kind": MARKER, "cell": "x"}},
            "/network/kind",
            "expected one of: dense, recurrent, expression",
        ),
        (
            {"network": {"spec": {"kind": 1}}},
            "/network/spec/kind",
            "expected one of: dense, recurrent, expression",
        ),
    ],
)
def test_a_request_that_makes_no_sense(
    client: TestClient, change: dict[str, Any], pointer: str, detail: str
) -> None:
    assert {"pointer": pointer, "detail": detail}.items() <= refuse(client, RUN | change).items()


@pytest.mark.parametrize(
    ("change", "pointer", "detail"),
    [
        ({"layers": []}, "/layers", "expected at least 1 entries"),
        ({"layers": [{"units": 0}]}, "/layers/0/units", "expected a number of at least 1"),
        ({"layers": [{"units": 2.5}]}, "/layers/0/units", "expected a whole number"),
        ({"layers": [{"units": "2"}]}, "/layers/0/units", "expected a whole number"),
        ({"layers": [{}]}, "/layers/0/units", "this field is required"),
        (
            {"layers": [{"units": 1, "use_bias": 1}]},
            "/layers/0/use_bias",
            "expected true or false",
        ),
        (
            {"layers": [{"units": 1, "unitz": MARKER}]},
            "/layers/0/unitz",
            "the fields are: units, activation, use_bias, shared_bias, initializer",
        ),
        ({"seed": -1}, "/seed", "at least 0"),
        ({"reduction": "max"}, "/reduction", "'mean' or 'sum'"),
        ({"loss": MARKER}, "/loss", "squared_error, half_squared_error"),
        ({"loss": 3}, "/loss", "expected an object"),
        ({"loss": {"name": "huber", "delta": 0}}, "/loss/delta", "greater than 0"),
        ({"loss": {"name": "huber", "delta": "1"}}, "/loss/delta", "valid number"),
        ({"loss": {"name": "huber", "beta": 1}}, "/loss", "its options are: delta"),
        ({"bias_initializer": "orthogonal"}, "/bias_initializer", "another initializer"),
        (
            {"layers": [{"units": 1, "activation": MARKER}]},
            "/layers/0/activation",
            "relu, leaky_relu",
        ),
        (
            {"layers": [{"units": 1, "initializer": MARKER}]},
            "/layers/0/initializer",
            "glorot_uniform",
        ),
    ],
)
def test_a_spec_that_makes_no_sense(
    client: TestClient, change: dict[str, Any], pointer: str, detail: str
) -> None:
    for prefix, body, operation in (
        ("", SPEC | change, ""),
        ("/network", RUN | {"network": SPEC | change}, "/backward"),
        ("/network/spec", RUN | {"network": {"spec": SPEC | change}}, "/backward"),
    ):
        fault = refuse(client, body, operation)
        assert fault["pointer"] == prefix + pointer
        assert detail in fault["detail"]


@pytest.mark.parametrize(
    ("change", "pointer", "detail"),
    [
        ({"parameters": {MARKER: [1]}}, "/parameters", "layer1.weight, layer1.bias"),
        (
            {"parameters": {"layer1.weight": [[1, 2]]}},
            "/parameters/layer1.weight",
            "expected shape [2, 2], got [1, 2]",
        ),
        (
            {"parameters": {"layer1.weight": [[1, 2], [3]]}},
            "/parameters/layer1.weight",
            "expected numbers of shape [2, 2]",
        ),
        (
            {"parameters": {"layer1.bias": [1, MARKER]}},
            "/parameters/layer1.bias/1",
            "expected a number",
        ),
        (
            {"parameters": {"layer1.weight": [[1, 2], [3, MARKER]]}},
            "/parameters/layer1.weight/1/1",
            "expected a number",
        ),
        ({"parameters": {"layer1.bias": 1}}, "/parameters/layer1.bias", "expected shape [2]"),
        ({"trainable": {MARKER: True}}, "/trainable", "layer1.weight, layer1.bias"),
        ({"trainable": {"layer1.bias": 0}}, "/trainable/layer1.bias", "expected true or false"),
        ({"step": -1}, "/step", "at least 0"),
        (
            {"optimizer_state": {"name": MARKER, "t": 1}},
            "/optimizer_state/name",
            "expected one of: sgd, adagrad",
        ),
        (
            {"optimizer_state": {"name": "adam", "t": 1, "slots": {"m": {"layer1.bias": [1]}}}},
            "/optimizer_state/slots/m/layer1.bias",
            "expected shape [2], got [1]",
        ),
        (
            {"optimizer_state": {"name": "sgd", "t": 1, "slots": {"v": {"w": [[1], [1, 2]]}}}},
            "/optimizer_state/slots/v/w",
            "rows of one length",
        ),
    ],
)
def test_a_document_that_makes_no_sense(
    client: TestClient, change: dict[str, Any], pointer: str, detail: str
) -> None:
    fault = refuse(client, RUN | {"network": {"spec": SPEC} | change})
    assert fault["pointer"] == "/network" + pointer
    assert detail in fault["detail"]


@pytest.mark.parametrize(
    ("optimizer", "pointer", "detail"),
    [
        (MARKER, "/optimizer", "expected one of: sgd, adagrad"),
        ({"learning_rate": 1}, "/optimizer/name", "required"),
        ({"name": "sgd", "rate": 1}, "/optimizer", "its options are: learning_rate"),
        ({"name": "sgd", "learning_rate": -1}, "/optimizer/learning_rate", "equal to 0"),
        ({"name": "sgd", "learning_rate": "nan"}, "/optimizer/learning_rate", "valid number"),
        ({"name": "sgd", "nesterov": True}, "/optimizer", "nesterov needs a momentum"),
    ],
)
def test_an_optimizer_that_makes_no_sense(
    client: TestClient, optimizer: Any, pointer: str, detail: str
) -> None:
    fault = refuse(client, RUN | {"optimizer": optimizer}, "/step")
    assert fault["pointer"] == pointer
    assert detail in fault["detail"]


def test_a_state_that_another_optimizer_kept(client: TestClient) -> None:
    stepped = client.post(f"{NETWORKS}/step", json=RUN | {"optimizer": "adam"}).json()
    body = RUN | {"network": stepped["network"], "optimizer": "sgd"}
    assert refuse(client, body, "/step")["pointer"] == "/network/optimizer_state/name"


def test_targets_that_are_not_for_the_loss(client: TestClient) -> None:
    fault = refuse(client, RUN | {"network": SPEC | {"loss": "binary_cross_entropy"}})
    assert (fault["pointer"], fault["code"]) == ("/targets", "wrong_targets")


def test_all_faults_are_listed(client: TestClient) -> None:
    body = {"network": {"inputs": 0, "layers": [{"units": 0}]}, "inputs": [["x"]]}
    problem = check(client.post(f"{NETWORKS}/backward", json=body), 422)
    assert [fault.pointer for fault in problem.errors] == [
        "/network/inputs",
        "/network/layers/0/units",
        "/inputs/0/0",
    ]
    assert "and 2 more" in problem.detail


def test_a_pointer_is_escaped_and_short(client: TestClient) -> None:
    assert refuse(client, RUN | {"a/b~c": 1})["pointer"] == "/a~1b~0c"
    assert refuse(client, RUN | {"k" * 5_000: 1})["pointer"] == ""


def layers(*units: int) -> list[dict[str, Any]]:
    return [{"units": count} for count in units]


# At the limits of tests/api/conftest.py, and one past them.
LIMITS: list[tuple[str, str, Any, Any]] = [
    ("layers", "/layers", layers(1, 1, 1), layers(1, 1, 1, 1)),
    ("units_per_layer", "/layers/0/units", layers(5, 1), layers(6, 1)),
    ("units", "/layers", layers(4, 3, 1), layers(4, 3, 2)),
    ("outputs", "/layers/0/units", layers(3), layers(4)),
    ("inputs", "/inputs", 4, 5),
    ("parameters", "/layers", (4, layers(5, 1)), (4, layers(5, 2))),
]


@pytest.mark.parametrize(("limit", "pointer", "good", "bad"), LIMITS)
def test_a_limit_on_networks(
    small_client: TestClient, limit: str, pointer: str, good: Any, bad: Any
) -> None:
    def spec(value: Any) -> dict[str, Any]:
        if limit == "parameters":
            # 4 x 5 + 5 + 5 x 1 = 30, with the bias of the last layer left out.
            stack = [*value[1][:-1], {**value[1][-1], "use_bias": False}]
            return {"inputs": value[0], "layers": stack}
        if limit == "inputs":
            return {"inputs": value, "layers": layers(1)}
        return {"inputs": 1, "layers": value}

    assert small_client.post(NETWORKS, json=spec(good)).status_code == 200
    fault = refuse(small_client, spec(bad), "")
    assert (fault["pointer"], fault["limit"]) == (pointer, limit)
    assert str(fault["maximum"]) in fault["detail"]


def run(batch: int, inputs: int, *units: int, **more: Any) -> dict[str, Any]:
    network = {"inputs": inputs, "layers": layers(*units)}
    return {
        "network": network,
        "inputs": [[1] * inputs] * batch,
        "targets": [[1] * units[-1]] * batch,
        **more,
    }


@pytest.mark.parametrize(
    ("limit", "pointer", "good", "bad"),
    [
        ("batch", "/inputs", run(6, 1, 1), run(7, 1, 1)),
        # 3 x 3 + 3 + 3 x 2 + 2 = 20 parameters, 5 samples.
        ("work", "/inputs", run(5, 3, 3, 2), run(6, 3, 3, 2)),
        (
            "parameters_in_units_view",
            "/network/layers",
            run(1, 3, 3, view="units"),
            run(1, 4, 3, view="units"),
        ),
        ("run_numbers", "/inputs", run(4, 4, 3), run(5, 4, 3)),
    ],
)
def test_a_limit_on_runs(
    small_client: TestClient, limit: str, pointer: str, good: Any, bad: Any
) -> None:
    answer = small_client.post(f"{NETWORKS}/backward", json=good)
    assert answer.status_code == 200, answer.text
    for operation in ("/backward", "/trace"):
        fault = refuse(small_client, bad, operation)
        assert (fault["pointer"], fault["limit"]) == (pointer, limit)


def test_nothing_about_the_service_leaks(client: TestClient) -> None:
    answer = client.post(f"{NETWORKS}/backward", json={"network": {"spec": [MARKER]}})
    check(answer, 422)
    assert not re.search(r"Traceback|pydantic|\.py\b|Spec\b", answer.text)
