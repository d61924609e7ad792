"""Connections: uvicorn's own, with deadlines, bounds on what is held, and problems as answers."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.api.problems import make_problem
from app.settings import Limits

SLACK = 1_024
"""What a request has before its body besides address and headers: method, version, line ends."""
SEND_BUFFER = 131_072
"""Bytes that the system takes for a reader that does not read. It would take megabytes, and handing
those to hundreds of such readers keeps the event loop from accepting others for seconds."""


class Connection(HttpToolsProtocol):
    """One connection. Its limits come from the application's lifespan.

    The exact limits on address and headers are the guard's; here is what would otherwise be held,
    or waited for, without end before the guard hears of a request.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._limits: Limits = self.app_state["limits"]
        self._requests = 0
        self._in_head = True
        self._head_bytes = 0
        self._waiting_for = (-1, False)
        self._timer: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, or refuse one connection too many."""
        super().connection_made(transport)
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER
        )
        if len(self.connections) > self._limits.connections:
            self._refuse(503, f"at most {self._limits.connections} connections")
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget all deadlines."""
        for timer in (self._timer, self._stall):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, as far as a request may go."""
        if self.transport.is_closing():
            return
        self._head_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        # The parser holds all of this while there is no end of the headers.
        excess = self._find_excess() if self._in_head else None
        if excess is None:
            self._wait()
        else:
            self._refuse(*excess)

    def on_headers_complete(self) -> None:
        """The request is the application's from here on."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Whole: the next one may begin."""
        self._in_head, self._head_bytes = True, 0
        self._requests += 1
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The reader is slow: until the deadline it has to read most of what waits for it."""
        super().pause_writing()
        self._give_time_to_read()

    def resume_writing(self) -> None:
        """It has."""
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more was asked."""
        self._end()

    def send_400_response(self, _: str) -> None:
        """What is no HTTP is answered with a problem too."""
        self._refuse(*(self._find_excess() or (400, "expected a request as in RFC 9112")))

    def _find_excess(self) -> tuple[int, str] | None:
        """What is surely too long in a head that has not ended: status and detail."""
        limits = self._limits
        if self._head_bytes <= limits.url_bytes + limits.header_bytes + SLACK:
            return None
        if len(getattr(self, "url", b"")) > limits.url_bytes:
            return 414, f"at most {limits.url_bytes} bytes"
        return 431, f"at most {limits.header_bytes} bytes"

    def _wait(self) -> None:
        """Set the deadline for what has to arrive next, unless it is set already."""
        waiting_for = (self._requests, self._in_head)
        if waiting_for == self._waiting_for:
            return
        self._waiting_for = waiting_for
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._in_head:
            # Later than the guard's own, which can still answer.
            self._set(self._limits.body_seconds + 1, self.transport.abort)
        elif self._head_bytes or not self._requests:
            self._set(self._limits.header_seconds, self._give_up_on_headers)
        else:
            # Between requests it is uvicorn that waits.
            self._waiting_for = (-1, False)

    def _set(self, seconds: float, give_up: Callable[[], None]) -> None:
        self._timer = self.loop.call_later(seconds, give_up)

    def _give_up_on_headers(self) -> None:
        if self._head_bytes:
            seconds = self._limits.header_seconds
            self._refuse(408, f"headers have to arrive within {seconds} seconds")
        else:
            self._end()

    def _refuse(self, status: int, detail: str) -> None:
        """Answer with a problem, unless an answer is on its way, and close."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()
            return
        retry = {"Retry-After": "1"} if status == 503 else {}
        answer = make_problem(status, detail, "/", headers={"Connection": "close", **retry})
        head = [STATUS_LINE[status]]
        for name, value in (*self.server_state.default_headers, *answer.raw_headers):
            head += [name, b": ", value, b"\r\n"]
        self.transport.write(b"".join([*head, b"\r\n", bytes(answer.body)]))
        self._end()

    def _end(self) -> None:
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self._give_time_to_read()

    def _give_time_to_read(self) -> None:
        if self._stall is None:
            self._stall = self.loop.call_later(self._limits.write_seconds, self.transport.abort)
