"""JSON in and out: strict in what is read, exact in what is written."""

import functools
import inspect
import json
from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from app.api.dependencies import Admitted
from app.api.problems import ProblemError
from app.services.admission import Admission
from app.services.snapshots import follow_reference, has_reference
from app.services.wire import Payload
from app.settings import Limits
from app.store.snapshots import SnapshotStore

NUMBERS = {float, int}
LARGE = 65_536
"""Bodies from here on are checked off the event loop."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Check = Callable[..., tuple[Any, list[dict[str, Any]]]]
"""From a plain value to a model and what is wrong with it."""


class JsonResponse(Response):
    """A payload as JSON; its arrays are written straight from their buffers."""

    media_type = "application/json"

    def render(self, content: Payload) -> bytes:
        """The bytes of ``content``, which holds no number that JSON cannot."""
        return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)


class JsonRequest(Request):
    """A request whose body has been read and checked already."""

    checked: Any

    async def json(self) -> Any:
        """What the body says, as the route's model."""
        return self.checked


class JsonRoute(APIRoute):
    """Reads JSON bodies strictly, up to the limit on requests that carry data, and runs the
    route's function in the compute pool."""

    limit = "data_bytes"
    computes = True

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, in_pool(endpoint) if self.computes else endpoint, **options)

    def get_route_handler(self) -> Handler:
        """The framework's handler behind a strict reading of the body."""
        handle = super().get_route_handler()
        field = self.body_field
        if field is None:
            return handle

        async def handle_json(request: Request) -> Response:
            limits: Limits = request.app.state.resources.limits
            strict = JsonRequest(request.scope, request.receive)
            require_json(request)
            admission: Admission = request.app.state.admission
            body = await read_body(strict, getattr(limits, self.limit), admission)
            store: SnapshotStore = request.app.state.store
            check = functools.partial(check_body, body, limits.json_depth, field.validate, store)
            # What takes long, or asks the store, does so off the event loop.
            off_loop = len(body) >= LARGE or b'"snapshot"' in body
            strict.checked = await run_in_threadpool(check) if off_loop else check()
            return await handle(strict)

        return handle_json


class SmallJsonRoute(JsonRoute):
    """Reads JSON bodies strictly, up to the limit on requests that carry no data."""

    limit = "body_bytes"


class SnapshotRoute(JsonRoute):
    """Reads JSON bodies strictly, up to the limit on snapshots."""

    limit = "snapshot_bytes"
    # It waits for the database, and would keep others from computing.
    computes = False


def in_pool(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """A route's plain function, run in the compute pool when its turn has come."""

    @functools.wraps(endpoint)
    async def compute(*, admission: Admission, **arguments: Any) -> Any:
        return await admission.compute(endpoint, **arguments)

    # The framework hands a function what its signature asks for.
    signature = inspect.signature(endpoint)
    admission = inspect.Parameter("admission", inspect.Parameter.KEYWORD_ONLY, annotation=Admitted)
    parameters = [*signature.parameters.values(), admission]
    compute.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return compute


def require_json(request: Request) -> None:
    """Raise ``ProblemError`` (415) when the content type is not JSON."""
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    subtype = header.get_content_subtype()
    if header.get_content_maintype() != "application" or not (
        subtype == "json" or subtype.endswith("+json")
    ):
        raise ProblemError(415, "expected a body with Content-Type: application/json")


async def read_body(request: JsonRequest, limit: int, admission: Admission) -> bytes:
    """The whole body.

    Raises ``ProblemError`` (413) as soon as it is known to be too large, ``BusyError`` when too
    much is being read already.
    """
    too_large = ProblemError(413, f"at most {limit} bytes")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            if size + len(chunk) > limit:
                raise too_large
            admission.buffer(len(chunk))
            size += len(chunk)
            chunks.append(chunk)
    finally:
        admission.buffer(-size)
    body = b"".join(chunks)
    # Where Starlette keeps a body that was read; the framework asks for it once more.
    request._body = body
    return body


def check_body(body: bytes, depth: int, check: Check, store: SnapshotStore) -> Any:
    """What a body says, as a model. Raises ``RequestValidationError`` when it does not fit."""
    plain = parse_json(body, depth)
    if has_reference(plain):
        plain = follow_reference(plain, store)
    value, errors = check(plain, loc=("body",))
    if errors:
        raise RequestValidationError(errors)
    return value


def parse_json(body: bytes, depth: int) -> Any:
    """The value of a JSON document without NaN, infinities, duplicate keys or deep nesting."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ProblemError(400, f"expected a JSON document: {error.msg}") from error
    texts = survey(value, depth)
    # orjson keeps the last of duplicate keys in silence. Without escapes, quotation marks that are
    # missing from the value tell; else the standard library lets us look.
    if b"\\" in body or body.count(b'"') != 2 * texts:
        json.loads(body, object_pairs_hook=_refuse_duplicates)
    return value


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ProblemError(400, "expected a JSON document: an object has the same key twice")


def survey(value: Any, depth: int) -> int:
    """How many keys and strings ``value`` is made of.

    Raises ``ProblemError`` (400) for more than ``depth`` levels of nesting.
    """
    texts, level = int(isinstance(value, str)), [value]
    for _ in range(depth):
        below: list[Any] = []
        for part in level:
            if isinstance(part, dict):
                texts += len(part)
                entries = list(part.values())
            elif isinstance(part, list) and not NUMBERS.issuperset(map(type, part)):
                entries = part
            else:
                # Most of a large body is rows of numbers, which are not looked into one by one.
                continue
            texts += sum(isinstance(entry, str) for entry in entries)
            below += [entry for entry in entries if isinstance(entry, dict | list)]
        level = below
        if not level:
            return texts
    raise ProblemError(400, f"expected a JSON document with at most {depth} levels of nesting")
