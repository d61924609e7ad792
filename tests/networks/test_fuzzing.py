"""Texts that the fuzzer kept are read as they were, and the fuzzer sees what it should."""

import pytest

from app.networks.tokens import FormulaError
from tests.networks import fuzzing


@pytest.mark.parametrize("text", fuzzing.load())
def test_every_kept_text_is_read_or_refused(text: str) -> None:
    assert fuzzing.read(text)


def test_another_way_through_the_reader_is_seen() -> None:
    _, plain = fuzzing.trace(fuzzing.read, "x")
    _, power = fuzzing.trace(fuzzing.read, "x ** 2")
    assert plain
    assert power - plain


def test_a_place_outside_the_text_would_be_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> None:
        raise FormulaError("wrong", 5, 1)

    monkeypatch.setattr(fuzzing, "list_names", refuse)
    with pytest.raises(AssertionError):
        fuzzing.read("x")
