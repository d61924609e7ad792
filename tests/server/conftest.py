"""A real server process with limits that are reached soon."""

from collections.abc import Iterator

import pytest

from tests.browser.server import serve
from tests.server.wire import Wire


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    limits = {
        "limits__header_seconds": 1,
        "limits__body_seconds": 1,
        "limits__write_seconds": 1,
        "limits__connections": 40,
        "limits__unread_bytes": 5_000_000,
    }
    with serve(**limits) as address:
        yield address


@pytest.fixture
def wire(address: str) -> Iterator[Wire]:
    with Wire(address) as wire:
        yield wire
