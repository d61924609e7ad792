"""What was acknowledged is there after kill -9."""

from tests.store.durability import kill_writers


def test_nothing_acknowledged_is_lost(url: str) -> None:
    told = list(kill_writers(url, kills=3))
    assert len(told) == 3
    assert min(told) >= 2
