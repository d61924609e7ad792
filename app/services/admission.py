"""How much work is taken on at a time: what cannot be done soon is refused at once."""

import asyncio
import ctypes
import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from pathlib import Path
from typing import Any

from app.services.priority import step_back
from app.settings import Settings

BUSY_SECONDS = 1
"""When to come back after the queue was full: it empties quickly."""
MEMORY_SHARE = 0.8
GAUGE_SECONDS = 0.25
TRIM_SECONDS = 5
STATM = Path("/proc/self/statm")
PAGE_BYTES = 4096


class BusyError(Exception):
    """Work that is not taken on now. ``retry_after``: in so many seconds it may be."""

    def __init__(self, detail: str, retry_after: int = BUSY_SECONDS) -> None:
        self.detail = detail
        self.retry_after = retry_after
        super().__init__(detail)


_DEADLINE: ContextVar[Callable[[], bool]] = ContextVar("deadline")


def check_deadline() -> None:
    """To be called between the slices of long work.

    Raises ``BusyError`` when the request has computed for longer than it may. Where there is no
    request nothing happens.
    """
    is_over = _DEADLINE.get(None)
    if is_over is not None and is_over():
        raise BusyError("took too long to compute: ask for less, or try again")


class Admission:
    """The compute pool of one process with its short queue, and when heavy work is not taken."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        limits = settings.limits
        self._threads = settings.threads
        self._niceness = settings.niceness
        self._executor: ThreadPoolExecutor | None = None
        self._most = settings.threads + limits.waiting
        self._queue_seconds = limits.queue_seconds
        self._most_seconds = limits.compute_seconds
        self._memory = Memory(int(limits.memory_bytes * MEMORY_SHARE), clock)
        self._buffered_bytes = limits.buffered_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self.draining = False
        self.computing = 0
        self.buffered = 0

    def refuse(self) -> BusyError | None:
        """Why no heavy work is taken on now, if it is not."""
        if self.draining:
            return BusyError("this process is about to stop")
        if self.computing >= self._most:
            return BusyError(f"{self.computing} requests are waiting already")
        if self._memory.is_short():
            return BusyError("memory is short")
        return None

    def drain(self) -> None:
        """Take on no more heavy work: the process is about to stop."""
        self.draining = True

    async def compute(self, function: Callable[..., Any], **arguments: Any) -> Any:
        """What ``function`` returns, run in the pool.

        Raises ``BusyError`` when too many wait already, or when this one has waited so
        long that whoever asked will have given up.
        """
        refusal = self.refuse()
        if refusal is not None:
            raise refusal
        self._count(1)
        asked, context = self._clock(), copy_context()

        def run() -> Any:
            try:
                began = self._clock()
                if began - asked > self._queue_seconds:
                    raise BusyError("waited too long for its turn")
                context.run(_DEADLINE.set, lambda: self._clock() - began > self._most_seconds)
                return context.run(function, **arguments)
            finally:
                # Here and not where it is waited for: nobody may be waiting any more.
                self._count(-1)

        self._executor = self._executor or ThreadPoolExecutor(
            self._threads, "compute", step_back, (self._niceness,)
        )
        future = asyncio.get_running_loop().run_in_executor(self._executor, run)
        future.add_done_callback(_look_at_error)
        return await asyncio.shield(future)

    def buffer(self, size: int) -> None:
        """Count bytes of a body that is being read; a negative size gives them back.

        Raises ``BusyError`` when all bodies together are larger than memory allows.
        """
        if size > 0 and self.buffered + size > self._buffered_bytes:
            raise BusyError("too many large bodies at a time")
        self.buffered += size

    def close(self) -> None:
        """Let go of the threads once they are done."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def _count(self, change: int) -> None:
        with self._lock:
            self.computing += change


def _look_at_error(future: "asyncio.Future[Any]") -> None:
    # Or asyncio would complain of errors that nobody waited for.
    if not future.cancelled():
        future.exception()


class Memory:
    """The memory that this process holds, looked at now and then."""

    def __init__(self, most_bytes: int, clock: Callable[[], float]) -> None:
        self._most_bytes = most_bytes
        self._clock = clock
        self._looked = self._trimmed = -1e9
        self._is_short = False

    def is_short(self) -> bool:
        """Whether it holds more than it should."""
        now = self._clock()
        if now - self._looked >= GAUGE_SECONDS:
            self._looked = now
            self._is_short = count_memory() > self._most_bytes
            if self._is_short and now - self._trimmed >= TRIM_SECONDS:
                # What was freed may still be held, and would be held for ever without new work.
                self._trimmed = now
                trim_memory()
                self._is_short = count_memory() > self._most_bytes
        return self._is_short


def count_memory() -> int:
    """Resident bytes of this process; 0 where that cannot be told."""
    try:
        return int(STATM.read_bytes().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def trim_memory() -> None:
    """Give freed memory back to the system, where the C library can."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
