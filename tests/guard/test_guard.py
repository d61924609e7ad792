"""The guard before a whole application: limits at which it lets through, and one past them."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.services.admission import Admission
from app.settings import Limits, Settings
from tests.api.test_problems import check
from tests.browser.server import serve

CATALOG = "/api/v1/catalog"
BACKWARD = "/api/v1/networks/backward"
SPEC: dict[str, Any] = {"inputs": 1, "layers": [{"units": 1}]}
RUN = {"network": SPEC, "inputs": [[1]], "targets": [[0]]}
TRAIN = "/api/v1/networks/train"
ENDLESS = {
    "network": {"inputs": 2, "layers": [{"units": 1}]},
    "data": {"dataset": "xor", "samples": 40},
    "optimizer": "sgd",
    "steps": 1_000_000,
    "frames_per_second": 5,
}
Opener = Callable[..., TestClient]


@pytest.fixture
def open_app(static: Path) -> Opener:
    def open_one(limits: Limits | None = None, **settings: Any) -> TestClient:
        made = Settings(static=static, limits=limits or Limits(), **settings)
        return TestClient(create_app(made), raise_server_exceptions=False)

    return open_one


def test_the_longest_address(open_app: Opener) -> None:
    client = open_app()
    room = 8_192 - len(CATALOG) - 1
    assert client.get(f"{CATALOG}?{'x' * room}").status_code == 200
    assert "8192 bytes" in check(client.get(f"{CATALOG}?{'x' * (room + 1)}"), 414).detail
    assert client.get("/" + "x" * 8_191).status_code == 404
    answer = client.get("/" + "x" * 8_192)
    assert answer.status_code == 414
    assert len(answer.text) < 1_000


def test_the_largest_headers(open_app: Opener) -> None:
    client = open_app(Limits(header_bytes=500))
    sent: list[int] = []

    def measure(length: int) -> Any:
        request = client.build_request("GET", CATALOG, headers={"x-filler": "x" * length})
        sent.append(sum(len(name) + len(value) + 4 for name, value in request.headers.raw))
        return client.send(request)

    empty = measure(0)
    assert empty.status_code == 200
    room = 500 - sent[0]
    assert measure(room).status_code == 200
    check(measure(room + 1), 431)
    assert sent[1:] == [500, 501]


def test_hosts(open_app: Opener) -> None:
    client = open_app(hosts="learn.example, [::1]")
    for host, status in (
        ("learn.example", 200),
        ("LEARN.example:8000", 200),
        ("[::1]:8000", 200),
        ("[::1]", 200),
        ("evil.example", 421),
        ("learn.example.evil.example", 421),
    ):
        answer = client.get(CATALOG, headers={"host": host})
        assert answer.status_code == status, host
    check(client.get(CATALOG, headers={"host": "evil.example"}), 421)
    # Whoever probes asks the process, not the site.
    assert client.get("/api/v1/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_rates_of_a_client(open_app: Opener) -> None:
    client = open_app(throttle=True)
    mine, other = {"retrograd-client": "client-one"}, {"retrograd-client": "client-two"}
    answers = [client.post(BACKWARD, json=RUN, headers=mine) for _ in range(60)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[:20] == [200] * 20
    assert 429 in statuses
    refused = answers[statuses.index(429)]
    assert (
        "20 computations per second from one client, and 1000 from one"
        in check(refused, 429).detail
    )
    assert refused.headers["retry-after"] == "1"
    assert client.post(BACKWARD, json=RUN, headers=other).status_code == 200
    assert client.get(CATALOG, headers=mine).status_code == 200
    assert client.get("/api/v1/healthz", headers=mine).status_code == 200


def test_the_rate_of_an_address(open_app: Opener) -> None:
    client = open_app(Limits(snapshots_per_minute=1, clients_per_address=3), throttle=True)

    def keep(name: str) -> int:
        body = {"network": SPEC, "view": {"note": name}}
        headers = {"retrograd-client": name}
        return client.post("/api/v1/snapshots", json=body, headers=headers).status_code

    assert keep("client-1") == 201
    assert keep("client-1") == 429
    assert [keep(f"client-{number}") for number in range(2, 5)] == [201, 201, 429]


def test_pages_and_files_are_counted_by_address_alone(open_app: Opener) -> None:
    client = open_app(Limits(reads_per_second=1, clients_per_address=20), throttle=True)
    statuses = [client.get("/static/js/main.js").status_code for _ in range(30)]
    assert statuses[:20] == [200] * 20
    assert 429 in statuses


def test_every_answer_has_the_headers_that_keep_browsers_safe(open_app: Opener) -> None:
    client = open_app()
    for path, status in (
        (CATALOG, 200),
        ("/api/v1/nothing", 404),
        ("/" + "x" * 9_000, 414),
        ("/static/js/main.js", 200),
        ("/docs", 200),
        ("/problems/not-found", 200),
    ):
        answer = client.get(path)
        assert answer.status_code == status
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "microphone=()" in headers["permissions-policy"]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "script-src 'unsafe-inline'" not in policy
        assert "set-cookie" not in headers
        assert "server" not in headers
        assert not any(name.startswith("access-control") for name in headers)


def test_a_request_has_an_id(open_app: Opener) -> None:
    client = open_app()
    first, second = (client.get(CATALOG).headers["x-request-id"] for _ in range(2))
    assert len(first) == 16
    assert first != second
    for given, kept in (("a-b.C_9", True), ("x" * 65, False), ("<b>", False)):
        answer = client.get(CATALOG, headers={"x-request-id": given})
        assert (answer.headers["x-request-id"] == given) is kept


def test_an_unexpected_error_is_guarded_too(open_app: Opener) -> None:
    client = open_app()

    def fail(**_: Any) -> None:
        raise RuntimeError("secret")

    admission: Admission = client.app.state.admission  # type: ignore[attr-defined]
    admission.compute = fail  # type: ignore[method-assign, assignment]
    answer = client.post(BACKWARD, json=RUN)
    check(answer, 500)
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/embed/"])
def test_frames(static: Path, path: str) -> None:
    client = TestClient(create_app(Settings(embed_origins="https://a.example https://b.example")))
    policy = client.get(path).headers["content-security-policy"]
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    others = " https://a.example https://b.example" if path == "/embed/" else ""
    assert directives["frame-ancestors"] == f"'self'{others}"
    assert directives["script-src"].startswith("'self' 'sha256-")
    assert "unsafe" not in policy
    assert directives["require-trusted-types-for"] == "'script'"


def test_rates_of_streams(open_app: Opener) -> None:
    limits = Limits(streams_per_minute=2, computations_per_second=5)
    body = {**ENDLESS, "steps": 1}
    # Single steps count as computations.
    client = open_app(limits, throttle=True)
    statuses = [client.post(TRAIN, json=body).status_code for _ in range(12)]
    assert statuses[:5] == [200] * 5
    assert 429 in statuses
    # Streams that last count as streams; here every look at the clock is three seconds later.
    client = open_app(limits, throttle=True)
    app: Any = client.app
    app.middleware_stack = app.build_middleware_stack()
    times = iter(range(0, 10_000, 3))
    app.middleware_stack._clock = lambda: next(times)
    statuses = [client.post(TRAIN, json=body).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_streams_of_one_client_and_of_all(static: Path) -> None:
    limits = {"limits__streams": 3, "limits__streams_per_client": 2}
    with ExitStack() as stack:
        address = stack.enter_context(serve(static=static, **limits))
        client = stack.enter_context(httpx.Client(base_url=address))

        def open_stream(name: str) -> httpx.Response:
            headers = {"retrograd-client": name}
            request = client.build_request("POST", TRAIN, json=ENDLESS, headers=headers)
            answer = client.send(request, stream=True)
            stack.callback(answer.close)
            return answer

        first = open_stream("client-one")
        assert [open_stream("client-one").status_code for _ in range(2)] == [200, 429]
        assert [open_stream(f"client-{n}").status_code for n in range(2)] == [200, 503]
        refused = open_stream("client-one")
        assert refused.headers["retry-after"]
        assert "at most 2 streams of one client" in json.loads(refused.read())["detail"]
        first.close()
        for _ in range(50):
            last = open_stream("client-one")
            if last.status_code == 200:
                break
            time.sleep(0.1)
        assert last.status_code == 200
