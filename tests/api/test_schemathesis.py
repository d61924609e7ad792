"""The whole OpenAPI document, tried by a machine: what is promised is answered, to good requests
and to bad ones."""

import os
import time
from typing import Any, get_args

import pytest
import schemathesis
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from hypothesis import HealthCheck, settings
from pydantic_core.core_schema import ErrorType
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.api.problems import _answer_validation_error
from app.main import create_app
from app.services import pool
from app.services.pool import Pool
from app.settings import Limits, Settings

EXAMPLES = int(os.environ.get("RETROGRAD_TEST_EXAMPLES", "0"))
"""Per operation; named by scripts/fuzz-api. As part of the tests a few have to do, without those
that cover every corner of the schemas."""

config = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": EXAMPLES > 0}}})
HASTE = 100
"""Streams are over after a hundredth of a second that they are told was one."""
limits = Limits(memory_bytes=2**40, stream_seconds=1, sweep_seconds=100)
"""The memory is that of all the tests, and nobody has to see a long training to its end."""
app = create_app(Settings(limits=limits))
app.state.streams.clock = lambda: HASTE * time.monotonic()
app.state.streams.pool = Pool(1, app.state.streams.clock)
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config)

FORM = "Refused-For-Form"
"""A header that only the application of these tests has."""
CODES = set(get_args(ErrorType))
"""What is wrong with a form has one of these codes, unless it is what no schema says."""


@app.exception_handler(RequestValidationError)
async def tell_form(request: Request, error: RequestValidationError) -> Response:
    """The application's own answer, with the faults that a JSON Schema could have told."""
    answer = _answer_validation_error(request, error)
    formal = [fault["loc"] for fault in error.errors() if fault["type"] in CODES]
    if formal:
        answer.headers[FORM] = str(formal[:3])
    return answer


def check_acceptance(_: Any, response: Any, case: Any) -> None:
    """A request that is valid by the schema is served, or refused for what no schema says: that
    shapes have to fit each other, that a name is one of a network's parameters."""
    if case.meta.generation.mode.is_positive and response.status_code >= 400:
        assert response.status_code in (404, 422, 503), response.status_code
        assert FORM.lower() not in response.headers, response.headers[FORM.lower()]


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "LONGEST_PAUSE", 1 / HASTE)


@schema.parametrize()  # type: ignore[misc, untyped-decorator, unused-ignore]
@settings(
    max_examples=EXAMPLES or 6,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_promises(case: Any) -> None:
    case.call_and_validate(
        excluded_checks=[positive_data_acceptance], additional_checks=[check_acceptance]
    )
