"""The outermost layer of the application, in plain ASGI: what it lets through is counted, named,
timed, and answered with the headers that keep browsers safe."""

import asyncio
import math
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from app import policy
from app.api.problems import ProblemError, make_problem
from app.api.streams import CLIENT
from app.guard.buckets import Buckets, Rate
from app.guard.clients import PROBES, find_address, find_client, find_kind
from app.guard.observers import Observe
from app.services.admission import Admission
from app.settings import Limits, Settings

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
HEADER_EXTRA = 4
"""A colon, a space, and the end of the line."""
ADDRESS = "retrograd.address"
"""Where a request's scope says which address it is from."""
STREAM_TOKENS = "retrograd.stream_tokens"
SHORT_STREAM_SECONDS = 2
"""A stream that is over sooner, such as that of a single step, counts as a computation alone."""
PIECE_BYTES = 65_536
HEAVY = {"computations", "streams"}


class Guard:
    """Lets requests through to ``app``, or answers them with a problem."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        admission: Admission,
        observers: list[Observe],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._limits = settings.limits
        self._hosts = {host.lower().encode() for host in settings.hosts}
        self._admission = admission
        self._observers = observers
        self._clock = clock
        self._buckets = Buckets(clock)
        self._unread: Counter[str | None] = Counter()
        self._rates = make_rates(settings.limits) if settings.throttle else {}
        common = [(name.lower().encode(), value.encode()) for name, value in policy.COMMON.items()]
        self._headers = common

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, request_id, status = self._clock(), read_request_id(scope), 500
        bind_contextvars(request_id=request_id)

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = message.get("headers", [])
                names = {name for name, _ in given}
                added = [header for header in self._headers if header[0] not in names]
                message["headers"] = [*given, *added, (b"x-request-id", request_id.encode())]
            if len(message.get("body", b"")) > PIECE_BYTES:
                await self._send_in_pieces(scope, send, message)
            else:
                await send(message)

        try:
            problem = self._refuse(scope)
            if problem is None:
                await self._app(scope, self._hurry(receive), send_guarded)
            else:
                path = scope["path"]
                answer = make_problem(problem.status, problem.detail, path, headers=problem.headers)
                await answer(scope, receive, send_guarded)
        finally:
            seconds = self._clock() - began
            if seconds < SHORT_STREAM_SECONDS:
                self._buckets.give_back(scope.get(STREAM_TOKENS, ()))
            for observe in self._observers:
                observe(scope, request_id, status, seconds)

    async def _send_in_pieces(self, scope: Scope, send: Send, message: Message) -> None:
        """Send a large body at the pace of its reader, and count it until it is read."""
        body, more, address = message["body"], message.get("more_body", False), scope.get(ADDRESS)
        self._unread[address] += len(body)
        try:
            for at in range(0, len(body), PIECE_BYTES):
                piece, rest = body[at : at + PIECE_BYTES], at + PIECE_BYTES < len(body)
                await send({"type": message["type"], "body": piece, "more_body": more or rest})
        finally:
            self._unread[address] -= len(body)
            if not self._unread[address]:
                del self._unread[address]

    def _refuse(self, scope: Scope) -> ProblemError | None:
        """Why a request is not let through, if it is not."""
        limits, path = self._limits, scope["path"]
        query = scope["query_string"]
        length = len(scope.get("raw_path") or path.encode()) + len(query) + bool(query)
        if length > limits.url_bytes:
            return ProblemError(414, f"at most {limits.url_bytes} bytes")
        headers = scope["headers"]
        size = sum(len(name) + len(value) + HEADER_EXTRA for name, value in headers)
        if size > limits.header_bytes:
            return ProblemError(431, f"at most {limits.header_bytes} bytes")
        if self._hosts and path not in PROBES and find_host(scope) not in self._hosts:
            return ProblemError(421, "expected a Host header that names this service")
        kind = find_kind(scope["method"], path)
        problem = self._throttle(scope, kind)
        if kind in HEAVY and self._unread[scope[ADDRESS]] >= limits.unread_bytes:
            detail = f"{limits.unread_bytes} bytes of answers to this address are still unread"
            return ProblemError(429, detail, limits.write_seconds)
        busy = self._admission.refuse() if kind in HEAVY and problem is None else None
        return problem if busy is None else ProblemError(503, busy.detail, busy.retry_after)

    def _throttle(self, scope: Scope, kind: str) -> ProblemError | None:
        if kind == "probes":
            return None
        address = scope[ADDRESS] = find_address(scope)
        client = scope[CLIENT] = find_client(scope, address)
        if kind not in self._rates:
            return None
        per_client, per_address = self._rates[kind]
        wanted = [(f"{kind} of an address", address, per_address)]
        if per_client is not None:
            wanted.append((kind, client, per_client))
        wait = self._buckets.take(wanted)
        if kind == "streams" and not wait:
            scope[STREAM_TOKENS] = wanted
            return self._throttle(scope, "computations")
        if not wait:
            return None
        rate = per_client or per_address
        span = "second" if rate.seconds == 1 else "minute"
        detail = (
            f"at most {rate.tokens} {kind} per {span} from one client, "
            f"and {per_address.tokens} from one address"
        )
        return ProblemError(429, detail, math.ceil(wait))

    def _hurry(self, receive: Receive) -> Receive:
        """``receive`` that gives up on a body that comes too slowly."""
        seconds, deadline, is_whole = self._limits.body_seconds, 0.0, False

        async def receive_in_time() -> Message:
            nonlocal deadline, is_whole
            if is_whole:
                return await receive()
            now = asyncio.get_running_loop().time()
            deadline = deadline or now + seconds
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                late = ProblemError(408, f"a body has to arrive within {seconds} seconds")
                # What is still on its way would be taken for the next request.
                late.headers["Connection"] = "close"
                raise late from error
            is_whole = not message.get("more_body", False)
            return message

        return receive_in_time


def make_rates(limits: Limits) -> dict[str, tuple[Rate | None, Rate]]:
    """By kind of work the rate of one client, and that of everybody at one address together."""
    reads = Rate(limits.reads_per_second, 1)
    computations = Rate(limits.computations_per_second, 1)
    snapshots = Rate(limits.snapshots_per_minute, 60)
    streams = Rate(limits.streams_per_minute, 60)

    def many(rate: Rate) -> Rate:
        return Rate(rate.tokens * limits.clients_per_address, rate.seconds)

    return {
        # A browser asks for pages and files without saying which of many it is.
        "files": (None, many(reads)),
        "pages": (None, many(computations)),
        "reads": (reads, many(reads)),
        "computations": (computations, many(computations)),
        "snapshots": (snapshots, many(snapshots)),
        "streams": (streams, many(streams)),
    }


def read_request_id(scope: Scope) -> str:
    """The id that a proxy gave the request, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return secrets.token_hex(8)


def find_host(scope: Scope) -> bytes:
    """The name in the Host header, without its port."""
    host: bytes = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return host.rsplit(b":", 1)[0].lower() if not host.endswith(b"]") else host.lower()
