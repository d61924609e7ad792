"""One spelling per JSON value, and the name that follows from it."""

import base64
import hashlib
from typing import Any

import orjson

ID_LENGTH = 26
"""Characters of an id, five bits each: 130 bits of a SHA-256."""
ID_PATTERN = f"^[a-z2-7]{{{ID_LENGTH}}}$"
EXACT = 2**53
"""Below this every whole double is one whole number and the other way round."""


def write_canonical(value: Any) -> bytes:
    """``value`` as JSON in its one canonical spelling.

    Keys are sorted, nothing is spaced, and a whole number is written without a point, as in
    RFC 8785: ``2`` and ``2.0`` are the same number. Minus zero keeps its sign.
    """
    return orjson.dumps(_canonical(value), option=orjson.OPT_SORT_KEYS)


def identify(body: bytes) -> str:
    """The id of canonical bytes: lower-case letters and digits, safe in any address."""
    digest = hashlib.sha256(body).digest()
    return base64.b32encode(digest).decode().lower()[:ID_LENGTH]


def _canonical(value: Any) -> Any:
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < EXACT and not _is_minus_zero(value)
        return int(value) if whole else value
    if isinstance(value, dict):
        return {key: _canonical(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_canonical(entry) for entry in value]
    return value


def _is_minus_zero(value: float) -> bool:
    return value == 0 and str(value).startswith("-")
