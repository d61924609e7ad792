"""What a long job says on the way, and how it can be asked to end."""

from dataclasses import dataclass

import orjson

from app.services.wire import Payload


@dataclass(frozen=True)
class Event:
    """One event of a stream; ``data`` is JSON. Of several unread frames the newest counts."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Wait:
    """Nothing to do for so many seconds."""

    seconds: float


Turn = Event | Wait | None
"""What a job yields: an event, a pause, or nothing but the chance for others to go on."""


@dataclass
class Control:
    """How a job is told from outside to end, with ``reason`` as its last event says it."""

    reason: str | None = None


def make_event(name: str, payload: Payload) -> Event:
    """An event with ``payload``, which holds no number that JSON cannot."""
    return Event(name, orjson.dumps(payload, option=orjson.OPT_SERIALIZE_NUMPY))
