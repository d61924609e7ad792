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
from app.schemas.problem import KINDS, Fault, Problem
from app.services.sizes import LimitError

MEDIA_TYPE = "application/problem+json"
LONGEST_KEY = 64
MOST_FAULTS = 20


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


def _problem(
    request: Request,
    status: int,
    detail: str,
    faults: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    kind = KINDS.get(status)
    body = {
        "type": kind.path if kind else "about:blank",
        "title": kind.title if kind else HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "errors": faults or [],
    }
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


def write_failure(request: Request) -> bytes:
    """What to say of a mistake of the service once the answer has begun."""
    return bytes(_problem(request, 500, KINDS[500].page).body)


def _answer_problem(request: Request, error: ProblemError) -> Response:
    return _problem(request, error.status, error.detail, headers=error.headers)


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
    400: _example(400, "expected a JSON document: unexpected end of data"),
    413: _example(413, "at most 4194304 bytes"),
    415: _example(415, KINDS[415].page),
    422: _example(
        422,
        "/inputs/0: expected 2 numbers per sample, got 3",
        {
            "pointer": "/inputs/0",
            "detail": "expected 2 numbers per sample, got 3",
            "code": "wrong_shape",
        },
    ),
    500: _example(500, KINDS[500].page),
    503: _example(503, "at most 32 streams at a time"),
}
