"""Who is told of every request: the log, and the metrics where they are installed."""

import logging
from collections.abc import Callable
from importlib.util import find_spec
from os import environ
from typing import Any

from starlette.types import Scope

from app.services.admission import Admission, count_memory

API = "/api/v1"
LONGEST_PATH = 200
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

Observe = Callable[[Scope, str, int, float], None]
"""Is told of a request, its id, the status of the answer, and the seconds until it was whole."""

log = logging.getLogger("retrograd.request")


def log_request(scope: Scope, request_id: str, status: int, seconds: float) -> None:
    """One line per request. Neither addresses nor anything that was sent is written down."""
    if log.isEnabledFor(logging.INFO):
        log.info(
            "request",
            extra={
                "request_id": request_id,
                "method": scope["method"],
                "path": scope["path"][:LONGEST_PATH],
                "status": status,
                "milliseconds": round(seconds * 1000, 3),
            },
        )


class Metrics:
    """Counters and times of requests, and how busy the process is, for Prometheus."""

    def __init__(self, admission: Admission, count_streams: Callable[[], int]) -> None:
        import prometheus_client as prometheus  # noqa: PLC0415

        self._prometheus = prometheus
        self._admission = admission
        self._count_streams = count_streams
        self._registry = prometheus.CollectorRegistry()
        self._requests = prometheus.Counter(
            "retrograd_requests",
            "Requests by route and status",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = prometheus.Histogram(
            "retrograd_request_seconds",
            "Seconds until an answer was whole",
            ["route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._computing = self._gauge("computing", "Requests that compute or wait to")
        self._streams = self._gauge("streams", "Streams that are open")
        self._tasks = self._gauge("tasks", "Tasks of the event loop, connections among them")
        self._memory = self._gauge("memory_bytes", "Resident memory")

    def observe(self, scope: Scope, _: str, status: int, seconds: float) -> None:
        """Count one request."""
        route = find_route(scope)
        self._requests.labels(scope["method"], route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def write(self, tasks: int) -> bytes:
        """The text that Prometheus reads, of all processes of this server.

        ``tasks`` is how many the event loop of this one has.
        """
        self._tasks.set(tasks)
        self._computing.set(self._admission.computing)
        self._streams.set(self._count_streams())
        self._memory.set(count_memory())
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in environ:
            from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

            registry = self._prometheus.CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return self._prometheus.generate_latest(registry)

    def _gauge(self, name: str, what: str) -> Any:
        return self._prometheus.Gauge(
            f"retrograd_{name}", what, multiprocess_mode="livesum", registry=self._registry
        )


def make_metrics(admission: Admission, count_streams: Callable[[], int]) -> Metrics | None:
    """Metrics, or ``None`` where their extra is not installed."""
    if find_spec("prometheus_client") is None:
        return None
    return Metrics(admission, count_streams)


def find_route(scope: Scope) -> str:
    """The pattern that a request's path matched; names in paths would be without number."""
    path, route = scope["path"], getattr(scope.get("route"), "path", None)
    if route is not None:
        return f"{API}{route}" if path.startswith(f"{API}/") else str(route)
    return "/static" if path.startswith("/static/") else "none"
