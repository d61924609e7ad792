"""Connections that are slow, endless, or no HTTP, against a real server process."""

import json
import re
import time
from contextlib import suppress

import httpx
import pytest

from tests.server.wire import Wire

JSON = {"content-type": "application/json", "accept-encoding": "identity"}
CATALOG = b"GET /api/v1/catalog HTTP/1.1\r\nhost: x\r\n"
BACKWARD = (
    b"POST /api/v1/networks/backward HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
)
RUN = json.dumps(
    {"network": {"inputs": 1, "layers": [{"units": 1}]}, "inputs": [[1]], "targets": [[0]]}
).encode()


def is_well(address: str) -> bool:
    return httpx.get(f"{address}/api/v1/healthz").status_code == 200


def drip(wire: Wire, drops: list[bytes], seconds: float = 0.1) -> float:
    """Send slowly; the seconds until the server does not listen any more."""
    began = time.monotonic()
    with pytest.raises(ConnectionError):
        send_slowly(wire, drops, seconds)
    return time.monotonic() - began


def send_slowly(wire: Wire, drops: list[bytes], seconds: float) -> None:
    for drop in drops:
        wire.send(drop)
        time.sleep(seconds)


def count_to_the_end(wire: Wire) -> int:
    count = 0
    with suppress(ConnectionResetError):
        while data := wire.socket.recv(65_536):
            count += len(data)
    return count


def test_a_connection_that_says_nothing_is_closed(wire: Wire) -> None:
    assert 0.5 < wire.wait_for_end() < 5


def test_headers_that_never_end_are_waited_for_a_while(wire: Wire) -> None:
    wire.send(CATALOG)
    status, problem = wire.read_problem()
    assert (status, problem["type"]) == (408, "/problems/request-timeout")
    assert "1 seconds" in problem["detail"]
    wire.wait_for_end()


def test_headers_by_drops_are_not_waited_for_longer(wire: Wire) -> None:
    assert drip(wire, [bytes([byte]) for byte in CATALOG * 10]) < 5


def test_the_second_request_of_a_connection_has_a_deadline_too(wire: Wire) -> None:
    wire.send(CATALOG + b"\r\n")
    assert wire.read_answer()[0] == 200
    wire.send(CATALOG)
    assert wire.read_problem()[0] == 408


def test_a_body_that_never_ends_is_waited_for_a_while(wire: Wire) -> None:
    wire.send(BACKWARD + b"content-length: 1000\r\n\r\n" + RUN)
    status, problem = wire.read_problem()
    assert (status, problem["instance"]) == (408, "/api/v1/networks/backward")
    wire.wait_for_end()


def test_a_body_by_drops_is_not_waited_for_longer(wire: Wire) -> None:
    wire.send(BACKWARD + b"transfer-encoding: chunked\r\n\r\n")
    assert drip(wire, [b"1\r\n[\r\n"] * 100) < 5


def test_a_body_that_nobody_reads_is_not_drained_for_ever(wire: Wire) -> None:
    wire.send(CATALOG + b"transfer-encoding: chunked\r\n\r\n")
    assert wire.read_answer()[0] == 200
    assert drip(wire, [b"1\r\n[\r\n"] * 100) < 6


def test_slowly_but_in_time(wire: Wire) -> None:
    request = BACKWARD + b"content-length: %d\r\n\r\n" % len(RUN) + RUN
    for at in range(0, len(request), 60):
        wire.send(request[at : at + 60])
        time.sleep(0.1)
    assert wire.read_answer()[0] == 200


@pytest.mark.parametrize(("excess", "status"), [(0, 404), (1, 414), (100_000, 414)])
def test_the_longest_address(wire: Wire, excess: int, status: int) -> None:
    path = b"/".ljust(8_192 + excess, b"x")
    wire.send(b"GET " + path + b" HTTP/1.1\r\nhost: x\r\n\r\n")
    assert wire.read_problem()[0] == status


@pytest.mark.parametrize(("excess", "status"), [(0, 200), (1, 431), (100_000, 431)])
def test_the_largest_headers(wire: Wire, excess: int, status: int) -> None:
    host, name = b"host: x\r\n", b"x-filler: "
    length = 16_384 - len(host) - len(name) - 2 + excess
    wire.send(b"GET /api/v1/catalog HTTP/1.1\r\n" + host + name + b"x" * length + b"\r\n\r\n")
    found, headers, body = wire.read_answer()
    assert found == status, body
    assert "content-type" in headers


def test_headers_without_end_are_cut_off(wire: Wire, address: str) -> None:
    wire.send(b"GET /api/v1/catalog HTTP/1.1\r\n")
    headers = [b"x-%d: %s\r\n" % (number, b"y" * 1_000) for number in range(10_000)]
    drip(wire, headers, seconds=0)
    assert is_well(address)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST / HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_problem(wire: Wire, nonsense: bytes) -> None:
    wire.send(nonsense)
    status, problem = wire.read_problem()
    assert (status, problem["type"]) == (400, "/problems/malformed-json")
    wire.wait_for_end()


def test_a_reader_that_stands_still_is_let_go(address: str) -> None:
    layers = [{"units": 200} for _ in range(4)]
    spec = {"inputs": 200, "layers": layers}
    body = json.dumps({"network": spec, "inputs": [[1] * 200], "targets": [[0] * 200]}).encode()
    with Wire(address, receive_buffer=4_096) as wire:
        wire.send(BACKWARD + b"content-length: %d\r\n\r\n" % len(body) + body)
        wire.socket.recv(1)
        # Nobody can make this process hold more and more of what nobody reads.
        url = f"{address}/api/v1/networks/backward"
        refused = httpx.post(url, content=RUN, headers=JSON)
        assert refused.status_code == 429
        assert "unread" in refused.json()["detail"]
        # More than the system holds for a reader: the server has to wait for this one.
        time.sleep(4)
        received = count_to_the_end(wire)
    whole = httpx.post(url, content=body, headers=JSON)
    assert whole.status_code == 200
    assert received < len(whole.content)
    assert is_well(address)


def test_little_is_held_for_a_reader_that_stands_still(address: str) -> None:
    page = httpx.get(f"{address}/docs").text
    path = next(path for path in re.findall(r'src="(/static/[^"]+)"', page) if "bundle" in path)
    size = len(httpx.get(f"{address}{path}", headers={"accept-encoding": "identity"}).content)
    with Wire(address, receive_buffer=4_096) as wire:
        wire.send(b"GET %s HTTP/1.1\r\nhost: x\r\n\r\n" % path.encode())
        # By now the server has given up, and the rest is what the system had taken.
        time.sleep(4)
        received = count_to_the_end(wire)
    assert received < 700_000 < size


def test_one_connection_too_many(address: str) -> None:
    wires = [Wire(address) for _ in range(40)]
    try:
        with Wire(address) as one_more:
            status, problem = one_more.read_problem()
            assert (status, problem["detail"]) == (503, "at most 40 connections")
        wires.pop().socket.close()
        time.sleep(0.2)
        assert is_well(address)
    finally:
        for wire in wires:
            wire.socket.close()
