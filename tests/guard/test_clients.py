"""Who is who, and what kind of work a request is."""

from typing import Any

import pytest

from app.guard.clients import find_address, find_client, find_kind


def scope(host: str | None, *names: bytes) -> dict[str, Any]:
    headers = [(b"retrograd-client", name) for name in names]
    return {"client": (host, 1) if host else None, "headers": headers}


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("nonsense:", "nonsense:"),
        (None, ""),
    ],
)
def test_addresses(host: str | None, address: str) -> None:
    assert find_address(scope(host)) == address


def test_clients_of_one_address() -> None:
    assert find_client(scope("192.0.2.7"), "192.0.2.7") == "192.0.2.7"
    named = scope("192.0.2.7", b"abcd-EF_12")
    assert find_client(named, "192.0.2.7") == "192.0.2.7 abcd-EF_12"
    for name in (b"short", b"x" * 65, b"with space", b"\xff" * 10):
        assert find_client(scope("192.0.2.7", name), "192.0.2.7") == "192.0.2.7"


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/", "files"),
        ("GET", "/static/js/main.js", "files"),
        ("GET", "/s/abc", "pages"),
        ("GET", "/embed/s/abc", "pages"),
        ("GET", "/api/v1/healthz", "probes"),
        ("GET", "/api/v1/catalog", "reads"),
        ("GET", "/api/v1/snapshots/abc", "reads"),
        ("DELETE", "/api/v1/catalog", "reads"),
        ("POST", "/api/v1/networks", "computations"),
        ("POST", "/api/v1/networks/backward", "computations"),
        ("POST", "/api/v1/networks/train", "streams"),
        ("POST", "/api/v1/experiments/sweeps", "streams"),
        ("POST", "/api/v1/snapshots", "snapshots"),
    ],
)
def test_kinds_of_work(method: str, path: str, kind: str) -> None:
    assert find_kind(method, path) == kind
