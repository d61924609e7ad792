"""Who asks, and for what kind of work: without cookies, and without keeping anything."""

import ipaddress
import re

from starlette.types import Scope

CLIENT_HEADER = b"retrograd-client"
CLIENT_NAME = re.compile(rb"[A-Za-z0-9_-]{8,64}")
IPV6_NETWORK = 64
"""Whoever has one IPv6 address has all of these bits' worth of them."""

PROBES = {"/api/v1/healthz", "/api/v1/readyz", "/api/v1/metrics"}
STREAMS = {"/api/v1/networks/train", "/api/v1/experiments/sweeps"}
SNAPSHOTS = "/api/v1/snapshots"


def find_address(scope: Scope) -> str:
    """The address that a request comes from; of IPv6 the network."""
    host = scope["client"][0] if scope.get("client") else ""
    if ":" not in host:
        return str(host)
    try:
        return str(ipaddress.ip_network(f"{host}/{IPV6_NETWORK}", strict=False))
    except ValueError:
        return str(host)


def find_client(scope: Scope, address: str) -> str:
    """One of those who share an address, by the name that a page gives itself as long as it is
    open; whoever gives none is the address."""
    for name, value in scope["headers"]:
        if name == CLIENT_HEADER and CLIENT_NAME.fullmatch(value):
            return f"{address} {value.decode()}"
    return address


def find_kind(method: str, path: str) -> str:
    """What kind of work a request is: ``probes``, ``files``, ``pages`` that compute, ``reads``,
    ``snapshots``, ``streams`` or ``computations``."""
    if path in PROBES:
        return "probes"
    if not path.startswith("/api/"):
        return "pages" if "/s/" in path else "files"
    if method != "POST":
        return "reads"
    if path == SNAPSHOTS:
        return "snapshots"
    return "streams" if path in STREAMS else "computations"
