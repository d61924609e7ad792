"""What trials gave, kept by key."""

import threading
from pathlib import Path

import numpy as np

from app.experiments.results import Results, make_key


def numbers(start: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.arange(start, start + 8)


def test_a_key_is_of_what_is_asked_and_not_of_its_order() -> None:
    assert make_key({"a": 1, "b": [2.5]}) == make_key({"b": [2.5], "a": 1})
    assert make_key({"a": 1}) != make_key({"a": 2})
    assert len(make_key({})) == 64


def test_the_least_recently_used_is_given_up() -> None:
    results = Results(most_bytes=3 * 64)
    for key in "abc":
        results.keep(key, numbers(ord(key)))
    assert results.find("a") is not None
    results.keep("d", numbers(0))
    results.keep("d", numbers(1))
    assert [key for key in "abcd" if results.find(key) is not None] == ["a", "c", "d"]
    results.keep("large", np.zeros(100))
    assert results.find("large") is None


def test_a_folder_keeps_what_memory_gives_up(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    first = Results(64, folder)
    strange = np.array([np.nan, np.inf, -0.0, 5e-324])
    first.keep("one", strange)
    first.keep("two", numbers(2))
    assert sorted(path.name for path in folder.iterdir()) == ["one", "two"]
    for results in (first, Results(64, folder)):
        found = results.find("one")
        assert found is not None
        assert found.tobytes() == strange.tobytes()
    assert Results(64, folder).find("three") is None


def test_a_damaged_file_is_computed_again(tmp_path: Path) -> None:
    results = Results(1, tmp_path)
    results.keep("one", numbers(1))
    whole = (tmp_path / "one").read_bytes()
    for content in (b"", whole[:40], whole[:-1], b"\x80\x04pickle"):
        (tmp_path / "one").write_bytes(content)
        assert results.find("one") is None
    results.keep("one", numbers(1))
    assert results.find("one") is not None


def test_several_threads_may_use_it(tmp_path: Path) -> None:
    results = Results(10 * 64, tmp_path)

    def work(name: str) -> None:
        for number in range(60):
            results.keep(f"{name}{number % 7}", numbers(number % 7))
            found = results.find(f"{name}{number % 7}")
            assert found is not None
            assert found[0] == number % 7

    threads = [threading.Thread(target=work, args=("same",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(tmp_path.iterdir())) == 7
