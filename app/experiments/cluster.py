"""Processes that run trials: local ones, started on first use, or those of a scheduler elsewhere.

The only module that knows Dask.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.engine.op import Array
from app.experiments.trial import Trial
from app.experiments.workers import Deliver, Failure, Outcome, Task, measure_trial

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

GATHER_SECONDS = 0.01
"""Results are waited for that long, so that many are fetched at once."""
GONE = "the scheduler does not answer any more"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ClusterOptions:
    """Where trials run.

    Without an ``address``, in ``workers`` processes of this host, each with ``memory`` bytes at
    most; they listen on the loopback interface alone. With one, on the workers of the scheduler
    there, which must have this package and must answer within ``connect_seconds``; with a
    certificate authority ``tls_ca``, over TLS only.
    """

    address: str | None = None
    workers: int = 2
    memory: int = 2**30
    connect_seconds: float = 10.0
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None


@dataclass(eq=False)
class _Task(Task):
    future: "Future[Any] | None" = None

    @property
    def ended(self) -> bool:
        return self.cancelled or self.future is None or self.future.done()


class Cluster:
    """Runs trials elsewhere. May be used from several threads."""

    def __init__(self, options: ClusterOptions) -> None:
        self.options = options
        self._lock = threading.Lock()
        self._starting: threading.Thread | None = None
        self._client: Client | None = None
        self._local: LocalCluster | None = None
        self._error: Exception | None = None
        self._running: set[_Task] = set()
        self._submitted = threading.Condition()
        """Of the set of those that run."""
        self._closing = False
        self._collector: threading.Thread | None = None

    def count_threads(self) -> int:
        """How many trials can run at the same time, as the scheduler says now.

        Raises ``ConnectionError`` when there is no scheduler, or none any more.
        """
        client = self._require_client()
        try:
            return sum(client.nthreads().values())
        except OSError as error:
            raise ConnectionError(GONE) from error

    def start(self) -> bool:
        """Begin to start unless that has been done; returns whether trials can be submitted.

        Raises ``ConnectionError`` when there is no scheduler at the address; the next call tries
        again.
        """
        with self._lock:
            if self._error is not None:
                error, self._error, self._starting = self._error, None, None
                raise ConnectionError("no scheduler answers at the address") from error
            if self._client is not None and self._client.status == "closed":
                # The scheduler has gone away; perhaps another one answers now.
                self._client = self._starting = None
            if self._starting is None:
                self._starting = threading.Thread(
                    target=self._connect, name="cluster-start", daemon=True
                )
                self._starting.start()
            return self._client is not None

    def submit(self, trials: Mapping[int, Trial], deliver: Deliver) -> list[Task]:
        """Run each trial once; ``deliver`` gets what became of it, on a thread of the cluster.

        Raises ``ConnectionError`` when there is no scheduler, or none any more.
        """
        client = self._require_client()
        # Keys of their own: two readers who wait for the same trial must not cancel each other.
        futures = client.map(measure_trial, list(trials.values()), pure=False)
        tasks = [
            _Task(number, deliver, future=future)
            for number, future in zip(trials, futures, strict=True)
        ]
        with self._submitted:
            self._running.update(tasks)
            self._submitted.notify()
        return list(tasks)

    def cancel(self, tasks: Sequence[Task]) -> None:
        """Let go of tasks: those that wait are never run, and nothing more is delivered."""
        for task in tasks:
            task.cancelled = True
        futures = [task.future for task in tasks if isinstance(task, _Task) and task.future]
        if futures and self._client is not None and self._client.status == "running":
            self._client.cancel(futures, force=True)

    def close(self) -> None:
        """End everything that was started."""
        if self._starting is not None:
            self._starting.join()
        with self._submitted:
            self._closing = True
            self._submitted.notify()
        if self._client is not None:
            self._client.close()
        if self._collector is not None:
            self._collector.join()
        if self._local is not None:
            self._local.close()
        self._starting = self._client = self._local = self._collector = None
        self._running.clear()
        self._closing = False

    def _require_client(self) -> "Client":
        if self._client is None or self._client.status != "running":
            raise ConnectionError(GONE)
        return self._client

    def _connect(self) -> None:
        # Dask takes half a second to import, and only sweeps need it.
        import dask  # noqa: PLC0415
        from distributed import Client, LocalCluster, Security  # noqa: PLC0415

        options = self.options
        dask.config.set(
            {
                # A client looks that long for a scheduler that has gone away, too.
                "distributed.comm.timeouts.connect": f"{options.connect_seconds}s",
                # Or a local cluster gives a worker up that happens to be on its way back so long
                # after a death, and in the end has none.
                "distributed.deploy.lost-worker-timeout": "1000 days",
            }
        )
        # What it has to say about workers that come and go is told by sweeps.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            if options.address is None:
                self._local = LocalCluster(
                    n_workers=options.workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address=None,
                    memory_limit=options.memory,
                    silence_logs=logging.CRITICAL,
                    # A sweep has its own idea of whom to blame for a worker's death.
                    # Its HTTP server would take a fixed port on all interfaces.
                    scheduler_kwargs={"allowed_failures": 0, "dashboard_address": "127.0.0.1:0"},
                )
                client = Client(self._local, set_as_default=False)
            else:
                security = None
                if options.tls_ca is not None:
                    security = Security(
                        tls_ca_file=str(options.tls_ca),
                        tls_client_cert=_text(options.tls_cert),
                        tls_client_key=_text(options.tls_key),
                        require_encryption=True,
                    )
                client = Client(
                    options.address,
                    set_as_default=False,
                    security=security,
                    timeout=options.connect_seconds,
                )
        except Exception as error:
            log.warning("trials cannot be run: %s", error)
            with self._lock:
                self._error = error
            return
        if self._collector is None:
            self._collector = threading.Thread(target=self._collect, name="cluster", daemon=True)
            self._collector.start()
        with self._lock:
            self._client = client

    def _collect(self) -> None:
        """Fetch results, those that are there together in one go, and deliver them."""
        while True:
            with self._submitted:
                # No callback per trial: that costs more than to look at a few hundred.
                self._submitted.wait_for(lambda: self._closing or self._running)
                self._submitted.wait_for(lambda: self._closing, GATHER_SECONDS)
                if self._closing:
                    return
                ended = [task for task in self._running if task.ended]
                self._running.difference_update(ended)
            if ended:
                self._deliver([task for task in ended if not task.cancelled])

    def _deliver(self, tasks: list[_Task]) -> None:
        finished = [task for task in tasks if task.future and task.future.status == "finished"]
        arrays: list[Any] | None = None
        try:
            client = self._client
            if client is not None and finished:
                arrays = client.gather([task.future for task in finished])
        except Exception:
            # One of them was lost with its worker: each is asked for alone.
            arrays = None
        known = dict(zip(map(id, finished), arrays or [], strict=False))
        for task in tasks:
            outcome: Outcome = known[id(task)] if id(task) in known else _read(task.future)
            if not task.cancelled:
                task.deliver(task.number, outcome)
            task.future = None


def _read(future: "Future[Any] | None") -> Outcome:
    from distributed import CancelledError, KilledWorker  # noqa: PLC0415

    try:
        if future is None:
            return Failure.ERROR
        array: Array = future.result()
    except (KilledWorker, CancelledError):
        return Failure.WORKER_DIED
    except Exception:
        log.exception("a trial failed")
        return Failure.ERROR
    return array


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
