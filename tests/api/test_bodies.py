"""What is seen of a JSON body before it is checked: its depth, and keys that stand twice."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.bodies import parse_json, survey
from app.api.problems import ProblemError

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
)


@given(VALUES)
def test_every_document_without_duplicates_is_read(value: Any) -> None:
    body = orjson.dumps(value)
    assert parse_json(body, 50) == orjson.loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": [1], "b": 2}}',
        b'[[1, 2], {"x": "y", "x": "y"}]',
        b'{"a": "\\"", "a": 1}',
        b'{"a\\u0062": 1, "ab": 2}',
    ],
)
def test_a_key_that_stands_twice_is_refused(body: bytes) -> None:
    with pytest.raises(ProblemError, match="same key twice"):
        parse_json(body, 32)


def nest(levels: int) -> Any:
    value: Any = [1.0, 2.0]
    for _ in range(levels - 1):
        value = [value, "x"]
    return value


@pytest.mark.parametrize("levels", [1, 2, 5])
def test_nesting_at_the_limit_and_past_it(levels: int) -> None:
    assert survey(nest(levels), levels) == levels - 1
    with pytest.raises(ProblemError, match=f"at most {levels - 1} levels"):
        survey(nest(levels), levels - 1)
    with pytest.raises(ProblemError):
        survey({"a": nest(levels)}, levels)
