"""Jobs as streams of server-sent events, at the pace of whoever reads them."""

import asyncio
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress

import anyio
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.problems import ProblemError, write_failure
from app.services.events import Control, Event, Turn, make_event
from app.services.pool import Job, Pool
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

    def __init__(self, failure: Callable[[], bytes]) -> None:
        self._failure = failure
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
                end = make_event("end", {"reason": "problem", "step": None, "network": None})
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


class Streams:
    """All streams of one application: how many there are, and how they come to an end."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.limits.streams
        self._most_of_client = settings.limits.streams_per_client
        self._of_client: Counter[str] = Counter()
        self.heartbeat = float(settings.heartbeat_seconds)
        self.stall = float(settings.stall_seconds)
        self.pool = Pool(settings.stream_threads, time.monotonic)
        self.clock = time.monotonic
        self.jobs: set[Job] = set()
        self.count = 0
        """How many streams there are."""
        self._lock = threading.Lock()

    def open(self, request: Request, make: Callable[[Control], Iterator[Turn]]) -> Response:
        """The response that runs the job which ``make`` gives, for as long as there is a reader.

        Raises ``ProblemError`` (503, or 429 when they are all of one client) when there are as many
        streams as there may be, and whatever ``make`` raises.
        """
        client = str(request.scope.get(CLIENT, ""))
        with self._lock:
            if self._of_client[client] >= self._most_of_client:
                detail = f"at most {self._most_of_client} streams of one client at a time"
                raise ProblemError(429, detail, BUSY_SECONDS)
            if self.count >= self._most:
                detail = f"at most {self._most} streams at a time"
                raise ProblemError(503, detail, BUSY_SECONDS)
            self.count += 1
            self._of_client[client] += 1
        control = Control()
        try:
            turns = make(control)
        except BaseException:
            self.leave(None, client)
            raise
        return EventStream(self, client, turns, control, lambda: write_failure(request))

    def start(self, turns: Iterator[Turn], mailbox: Mailbox, control: Control) -> Job:
        """Run a job, its events going to ``mailbox``."""
        job = self.pool.start(turns, mailbox.put, control)
        with self._lock:
            self.jobs.add(job)
        return job

    def leave(self, job: Job | None, client: str) -> None:
        """Let go of a job whose reader is gone, and make room for another."""
        if job is not None:
            self.pool.cancel(job)
        with self._lock:
            self.count -= 1
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]
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

    def __init__(
        self,
        streams: Streams,
        client: str,
        turns: Iterator[Turn],
        control: Control,
        failure: Callable[[], bytes],
    ) -> None:
        self._streams = streams
        self._client = client
        self._turns = turns
        self._control = control
        self._failure = failure
        self.status_code = 200
        self.background = None
        self.init_headers(HEADERS)

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Send the stream; returns when it is over or its reader is gone."""
        mailbox, job = Mailbox(self._failure), None
        try:
            job = self._streams.start(self._turns, mailbox, self._control)
            async with anyio.create_task_group() as group:
                group.start_soon(self._listen, receive, group.cancel_scope)
                await self._send(mailbox, send)
                group.cancel_scope.cancel()
        finally:
            self._streams.leave(job, self._client)

    async def _listen(self, receive: Receive, scope: anyio.CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _send(self, mailbox: Mailbox, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        while True:
            data: bytes | None = KEEPALIVE_COMMENT
            with anyio.move_on_after(self._streams.heartbeat):
                event = await mailbox.take()
                data = None if event is None else write_event(event)
            try:
                with anyio.fail_after(self._streams.stall):
                    body = {"body": data or b"", "more_body": data is not None}
                    await send({"type": "http.response.body", **body})
            except TimeoutError:
                return
            if data is None:
                return


def write_event(event: Event) -> bytes:
    """An event as it goes on the wire."""
    return format_sse_event(data_str=event.data.decode(), event=event.name)
