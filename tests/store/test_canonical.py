"""The same value has the same bytes, and another value has others."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.canonical import ID_LENGTH, identify, write_canonical

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_read_back_is_equal_and_written_alike(value: Any) -> None:
    body = write_canonical(value)
    assert json.loads(body) == value
    assert write_canonical(json.loads(body)) == body
    assert b"\n" not in body


@given(st.dictionaries(st.text("abc"), st.integers(-5, 5)))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    backwards = dict(reversed(list(value.items())))
    assert write_canonical(backwards) == write_canonical(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2.0, b"2"),
        (2, b"2"),
        (-3.0, b"-3"),
        (0.0, b"0"),
        (-0.0, b"-0.0"),
        (0.1, b"0.1"),
        (1e300, b"1e+300"),
        (float(2**53), b"9007199254740992.0"),
        ({"b": [1.0], "a": "ö"}, '{"a":"ö","b":[1]}'.encode()),
    ],
)
def test_the_spelling(value: Any, written: bytes) -> None:
    assert write_canonical(value) == written


def test_an_id_is_the_hash_in_letters_that_an_address_can_hold() -> None:
    # The first 130 bits of the SHA-256 of nothing, in base 32 as in RFC 4648.
    assert identify(b"") == "4oymiquy7qobjgx36tejs35zeq"
    assert len(identify(b"")) == ID_LENGTH
    assert identify(b"{}") != identify(b"[]")
