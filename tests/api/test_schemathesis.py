"""The whole OpenAPI document, tried by a machine: what is promised is answered, to good requests
and to bad ones."""

import os
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.main import create_app
from app.settings import Limits, Settings

EXAMPLES = int(os.environ.get("RETROGRAD_TEST_EXAMPLES", "0"))
"""Per operation; named by scripts/fuzz-api. As part of the tests a few have to do, without those
that cover every corner of the schemas."""

MEANING = [positive_data_acceptance]
"""What a JSON Schema cannot say is left out: that shapes have to fit each other, that a name is one
of a network's parameters. Such requests are valid by the schema and rightly answered with 422."""

config = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": EXAMPLES > 0}}})
limits = Limits(memory_bytes=2**40, stream_seconds=1)
"""The memory is that of all the tests, and nobody has to see a long training to its end."""
app = create_app(Settings(limits=limits))
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config)


@schema.parametrize()  # type: ignore[misc, untyped-decorator, unused-ignore]
@settings(
    max_examples=EXAMPLES or 6,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_promises(case: Any) -> None:
    case.call_and_validate(excluded_checks=MEANING)
