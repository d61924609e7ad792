"""Serving: one process, or several that share a socket."""

import os
import resource
import signal
import tempfile
from contextlib import suppress
from types import FrameType

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.server.logs import configure_logs
from app.server.protocol import Connection
from app.settings import Settings

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def serve(settings: Settings) -> int:
    """Serve until told to stop; returns the exit status."""
    raise_file_limit()
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=Connection,
        ws="none",
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        access_log=False,
        log_config=configure_logs(settings),
        server_header=False,
        timeout_graceful_shutdown=settings.graceful_seconds,
    )
    if settings.workers == 1:
        server = uvicorn.Server(config)
        server.run()
        return 0 if server.started else 1
    with tempfile.TemporaryDirectory(prefix="retrograd-metrics-") as folder:
        # Read when the library is imported, in each of the processes.
        os.environ.setdefault(METRICS_FOLDER, folder)
        Workers(config, [config.bind_socket()]).run()
    return 0


class Workers(Multiprocess):
    """Several processes; a second signal ends them now."""

    def terminate_all(self) -> None:
        """Ask all to end, and be ready to insist."""
        super().terminate_all()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._kill_all)

    def _kill_all(self, _: int, __: FrameType | None) -> None:
        for process in self.processes:
            process.process.kill()


def raise_file_limit() -> None:
    """As many open files as the system allows: every connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
