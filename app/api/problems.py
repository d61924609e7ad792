"""Errors as RFC 9457 problems. What was sent is never repeated; what is allowed is said."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.networks.errors import NetworkError
from app.networks.tokens import FormulaError
from app.schemas.problem import DAMAGED_SNAPSHOT, KINDS, Fault, Kind, Problem
from app.services.admission import BusyError
from app.services.sizes import LimitError
from app.store.errors import (
    DamagedSnapshotError,
    SnapshotTooLargeError,
    StoreFullError,
    UnreachableStoreError,
)

MEDIA_TYPE = "application/problem+json"
LONGEST_KEY = 64
MOST_FAULTS = 20
LONGEST_INSTANCE = 256
RETRY_SECONDS = 5
"""When to come back where nothing better is known."""


class ProblemError(Exception):
    """A request that cannot be served, found out before any service is asked."""

    def __init__(self, status: int, detail: str, retry_after: int | None = None) -> None:
        self.status = status
        self.detail = detail
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        super().__init__(detail)


def install(app: FastAPI) -> None:
    """Let ``app`` answer every error with a problem."""
    app.exception_handler(ProblemError)(_answer_problem)
    app.exception_handler(BusyError)(_answer_busy)
    app.exception_handler(SnapshotTooLargeError)(_answer_too_large)
    app.exception_handler(StoreFullError)(_answer_store_full)
    app.exception_handler(DamagedSnapshotError)(_answer_damaged_snapshot)
    app.exception_handler(UnreachableStoreError)(_answer_unreachable_store)
    app.exception_handler(NetworkError)(_answer_network_error)
    app.exception_handler(RequestValidationError)(_answer_validation_error)
    app.exception_handler(HTTPException)(_answer_http_exception)
    app.exception_handler(Exception)(_answer_unexpected)


def describe_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of an operation for OpenAPI."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": KINDS[status].title,
            "content": {MEDIA_TYPE: {"schema": schema, "example": EXAMPLES[status]}},
        }
        for status in statuses
    }


def make_problem(
    status: int,
    detail: str,
    path: str,
    *,
    faults: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
    kind: Kind | None = None,
) -> Response:
    """The answer to a request for ``path`` that cannot be served."""
    kind = kind or KINDS.get(status)
    body = {
        "type": kind.path if kind else "about:blank",
        "title": kind.title if kind else HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": path[:LONGEST_INSTANCE],
        "errors": faults or [],
    }
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


def _problem(
    request: Request,
    status: int,
    detail: str,
    faults: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return make_problem(status, detail, request.url.path, faults=faults, headers=headers)


def write_failure(request: Request) -> bytes:
    """What to say of a mistake of the service once the answer has begun."""
    return bytes(_problem(request, 500, KINDS[500].page).body)


def _answer_problem(request: Request, error: ProblemError) -> Response:
    return _problem(request, error.status, error.detail, headers=error.headers)


def _answer_busy(request: Request, error: BusyError) -> Response:
    headers = {"Retry-After": str(error.retry_after)}
    return _problem(request, 503, error.detail, headers=headers)


def _answer_too_large(request: Request, error: SnapshotTooLargeError) -> Response:
    return _problem(request, 413, f"at most {error.most_bytes} bytes")


def _answer_store_full(request: Request, error: StoreFullError) -> Response:
    return _problem(request, 507, f"at most {error.most_bytes} bytes of snapshots")


def _answer_damaged_snapshot(request: Request, error: DamagedSnapshotError) -> Response:
    kind = DAMAGED_SNAPSHOT
    return make_problem(kind.status, kind.page, request.url.path, kind=kind)


def _answer_unreachable_store(request: Request, error: UnreachableStoreError) -> Response:
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return _problem(request, 503, "the store of snapshots does not answer", headers=headers)


def _answer_network_error(request: Request, error: NetworkError) -> Response:
    fault: dict[str, Any] = {"pointer": error.pointer, "detail": error.detail, "code": error.code}
    if isinstance(error, LimitError):
        fault |= {"limit": error.limit, "maximum": error.maximum}
    if isinstance(error, LimitError | FormulaError) and error.place is not None:
        fault |= {"position": error.place[0], "length": error.place[1]}
    return _problem(request, 422, f"{error.pointer or '/'}: {error.detail}", [fault])


def _answer_validation_error(request: Request, error: RequestValidationError) -> Response:
    entries = error.errors()
    faults = [_describe_fault(entry) for entry in entries[:MOST_FAULTS]]
    first = f"{faults[0]['pointer'] or '/'}: {faults[0]['detail']}"
    more = f", and {len(entries) - 1} more" if len(entries) > 1 else ""
    return _problem(request, 422, first + more, faults)


def _answer_http_exception(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    if error.status_code == 405:
        # Starlette's static files leave it out.
        headers.setdefault("Allow", "GET, HEAD")
    kind = KINDS.get(error.status_code)
    detail = kind.page if kind else HTTPStatus(error.status_code).phrase
    return _problem(request, error.status_code, detail, headers=headers)


def _answer_unexpected(request: Request, error: Exception) -> Response:
    return _problem(request, 500, KINDS[500].page)


def _describe_fault(entry: Mapping[str, Any]) -> dict[str, Any]:
    context = entry.get("ctx", {})
    # The first part is always "body"; parts with ~ name a branch of a union, not a field.
    parts = [str(part) for part in entry["loc"][1:] if not str(part).startswith("~")]
    if "field" in context:
        parts.append(str(context["field"]))
    kept = [part for part in parts if len(part) <= LONGEST_KEY]
    pointer = "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in kept)
    code = str(entry["type"])
    return {"pointer": pointer, "detail": _say(code, str(entry["msg"]), context), "code": code}


SAYINGS = {
    "missing": "this field is required",
    "literal_error": "expected one of: {expected}",
    "greater_than_equal": "expected a number of at least {ge}",
    "less_than_equal": "expected a number of at most {le}",
    "greater_than": "expected a number above {gt}",
    "less_than": "expected a number below {lt}",
    "float_type": "expected a number",
    "finite_number": "expected a finite number",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "bool_type": "expected true or false",
    "string_type": "expected a string",
    "list_type": "expected an array",
    "dict_type": "expected an object",
    "model_type": "expected an object",
    "model_attributes_type": "expected an object",
    "too_short": "expected at least {min_length} entries",
}


def _say(code: str, message: str, context: Mapping[str, Any]) -> str:
    saying = SAYINGS.get(code)
    return message if saying is None else saying.format_map(context)


def _example(status: int, detail: str, *faults: dict[str, Any]) -> dict[str, Any]:
    kind = KINDS[status]
    return Problem(
        type=kind.path,
        title=kind.title,
        status=status,
        detail=detail,
        instance="/api/v1/networks/backward",
        errors=[Fault(**fault) for fault in faults],
    ).model_dump()


EXAMPLES: dict[int, dict[str, Any]] = {
    status: _example(status, kind.page) for status, kind in KINDS.items()
} | {
    400: _example(400, "expected a JSON document: unexpected end of data"),
    413: _example(413, "at most 4194304 bytes"),
    422: _example(
        422,
        "/inputs/0: expected 2 numbers per sample, got 3",
        {
            "pointer": "/inputs/0",
            "detail": "expected 2 numbers per sample, got 3",
            "code": "wrong_shape",
        },
    ),
    503: _example(503, "at most 32 streams at a time"),
    429: _example(429, "at most 20 computations per second from one client"),
    507: _example(507, "at most 2147483648 bytes of snapshots"),
}
