"""Results as plain values."""

import math
from dataclasses import dataclass

import numpy as np
import orjson
import pytest

from app.services.wire import plain


@dataclass(frozen=True)
class Span:
    source: str
    target: str
    length: float


@pytest.mark.parametrize(
    ("value", "name"),
    [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")],
)
def test_non_finite_numbers_get_names(value: float, name: str) -> None:
    assert plain(value) == name
    assert plain(np.float64(value)) == name
    assert plain(np.array(value)) == name
    assert plain(np.array([[1.0, value]])) == [[1.0, name]]
    assert plain({"a": [value]}) == {"a": [name]}
    assert plain(Span("x", "y", value)) == {"from": "x", "to": "y", "length": name}


def test_an_array_is_copied_in_reading_order() -> None:
    buffer = np.zeros((3, 2)).T
    buffer[:] = [[1, 2, 3], [4, 5, 6]]
    answer = plain(buffer)
    buffer.fill(0)
    written = orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)
    assert orjson.loads(written) == [[1, 2, 3], [4, 5, 6]]


def test_numbers_survive_to_the_last_bit() -> None:
    numbers = np.array([0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0, 2.0**53 + 2])
    written = orjson.dumps(plain(numbers), option=orjson.OPT_SERIALIZE_NUMPY)
    assert np.array(orjson.loads(written)).tobytes() == numbers.tobytes()


def test_everything_else_stays_as_it_is() -> None:
    assert plain({"a": None, "b": True, "c": 3, "d": ("x", 0.5)}) == {
        "a": None,
        "b": True,
        "c": 3,
        "d": ["x", 0.5],
    }
