"""Jobs as streams of server-sent events, at the pace of whoever reads them."""

import asyncio
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import anyio
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.problems import ProblemError, write_failure
from app.services.events import Control, Event, Turn, make_event
from app.services.pool import Job, Pool
from app.services.wire import Payload
from app.settings import Settings

BUSY_SECONDS = 5
"""When to come back after all streams were taken."""
CLIENT = "retrograd.client"
"""Where a request's scope says which client it is of."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

log = logging.getLogger(__name__)


class Mailbox:
    """Events on their way from a job's thread to the event loop that made the mailbox.

    Of several unread frames the newest is kept; every other event is.
    """

    def __init__(self, failure: Callable[[], bytes], lost: Payload) -> None:
        self._failure = failure
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._lock = threading.Lock()
        self._frame: Event | None = None
        self._others: deque[Event | None] = deque()

    def put(self, event: Event | None, error: BaseException | None) -> None:
        """Take an event, or the end of the job, from any thread."""
        with self._lock:
            if event is not None and event.name == "frame":
                self._frame = event
            elif error is not None:
                log.error("a stream's job failed", exc_info=error)
                end = make_event("end", {"reason": "problem", **self._lost})
                self._others += [Event("problem", self._failure()), end, None]
            else:
                self._others.append(event)
        with suppress(RuntimeError):  # The loop is gone, and the reader with it.
            self._loop.call_soon_threadsafe(self._ready.set)

    async def take(self) -> Event | None:
        """The next event; ``None`` when there will be no more."""
        while True:
            with self._lock:
                if self._frame is not None:
                    event, self._frame = self._frame, None
                    return event
                if self._others:
                    return self._others.popleft()
                self._ready.clear()
            await self._ready.wait()


class Taken(NamedTuple):
    """One of the streams, or sweeps, that a client may have at a time."""

    client: str
    what: str


class Streams:
    """All streams of one application: how many there are, and how they come to an end."""

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.limits
        self._of_client: Counter[Taken] = Counter()
        self.heartbeat = float(settings.heartbeat_seconds)
        self.stall = float(settings.stall_seconds)
        self.pool = Pool(settings.stream_threads, time.monotonic, settings.niceness)
        self.clock = time.monotonic
        self.jobs: set[Job] = set()
        self.count = 0
        """How many streams there are."""
        self._lock = threading.Lock()

    def open(
        self,
        request: Request,
        make: Callable[[Control], Iterator[Turn]],
        stream: "type[EventStream] | None" = None,
    ) -> Response:
        """The response that runs the job which ``make`` gives, for as long as there is a reader.

        ``stream`` says how its events are written, ``EventStream`` unless given.

        Raises ``ProblemError`` (503, or 429 when they are all of one client) when there are as many
        streams as there may be, and whatever ``make`` raises.
        """
        kind = stream or EventStream
        client = str(request.scope.get(CLIENT, ""))
        taken = [Taken(client, what) for what in kind.counted]
        with self._lock:
            for one in taken:
                most = getattr(self._limits, f"{one.what}_per_client")
                if self._of_client[one] >= most:
                    several = one.what if most > 1 else one.what.removesuffix("s")
                    detail = f"at most {most} {several} of one client at a time"
                    raise ProblemError(429, detail, BUSY_SECONDS)
            if self.count >= self._limits.streams:
                detail = f"at most {self._limits.streams} streams at a time"
                raise ProblemError(503, detail, BUSY_SECONDS)
            self.count += 1
            self._of_client.update(taken)
        control = Control()
        try:
            turns = make(control)
        except BaseException:
            self.leave(None, taken)
            raise
        return kind(self, taken, turns, control, lambda: write_failure(request))

    def start(self, turns: Iterator[Turn], mailbox: Mailbox, control: Control) -> Job:
        """Run a job, its events going to ``mailbox``."""
        job = self.pool.start(turns, mailbox.put, control)
        with self._lock:
            self.jobs.add(job)
        return job

    def leave(self, job: Job | None, taken: Sequence[Taken]) -> None:
        """Let go of a job whose reader is gone, and make room for another."""
        if job is not None:
            self.pool.cancel(job)
        with self._lock:
            self.count -= 1
            self._of_client -= Counter(taken)
            if job is not None:
                self.jobs.discard(job)

    def drain(self, reason: str = "draining") -> None:
        """Ask every job to end by itself, with ``reason`` in its last event."""
        with self._lock:
            jobs = list(self.jobs)
        for job in jobs:
            self.pool.ask_to_end(job, reason)

    def close(self) -> None:
        """End all jobs and the threads that run them."""
        self.pool.close()


class EventStream(Response):
    """A job's events as they come, a comment where none comes, and an end for the job when the
    reader leaves or stops reading."""

    media_type = "text/event-stream"
    counted: tuple[str, ...] = ("streams",)
    """What it counts as, among what a client may have so many of at a time."""
    silence = KEEPALIVE_COMMENT
    """What is sent where nothing has come for a while."""
    lost: Mapping[str, None] = {"step": None, "network": None}
    """What the last event has no value for when the job has failed."""

    def __init__(
        self,
        streams: Streams,
        taken: Sequence[Taken],
        turns: Iterator[Turn],
        control: Control,
        failure: Callable[[], bytes],
    ) -> None:
        self._streams = streams
        self._taken = taken
        self._turns = turns
        self._control = control
        self._failure = failure
        self.status_code = 200
        self.background = None
        self.init_headers(HEADERS)

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Send the stream; returns when it is over or its reader is gone."""
        mailbox, job = Mailbox(self._failure, dict(self.lost)), None
        try:
            job = self._streams.start(self._turns, mailbox, self._control)
            async with anyio.create_task_group() as group:
                group.start_soon(self._listen, receive, group.cancel_scope)
                await self._send(mailbox, send)
                group.cancel_scope.cancel()
        finally:
            self._streams.leave(job, self._taken)

    async def _listen(self, receive: Receive, scope: anyio.CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _send(self, mailbox: Mailbox, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        while True:
            data: bytes | None = self.silence
            with anyio.move_on_after(self._streams.heartbeat):
                event = await mailbox.take()
                data = None if event is None else self.write(event)
            try:
                with anyio.fail_after(self._streams.stall):
                    body = {"body": data or b"", "more_body": data is not None}
                    await send({"type": "http.response.body", **body})
            except TimeoutError:
                return
            if data is None:
                return

    def write(self, event: Event) -> bytes:
        """An event as it goes on the wire."""
        return write_event(event)


def write_event(event: Event) -> bytes:
    """A server-sent event as it goes on the wire."""
    return format_sse_event(data_str=event.data.decode(), event=event.name)
