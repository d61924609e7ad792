"""Token buckets: exact at the limit, refilled by the clock that they are given."""

from app.guard.buckets import SWEEP_AT, Buckets, Rate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_as_many_as_the_rate_at_once_and_not_one_more() -> None:
    for tokens, seconds in ((1, 1), (3, 1), (20, 60), (50, 1), (2_500, 1)):
        buckets = Buckets(Clock())
        rate = Rate(tokens, seconds)
        assert all(buckets.take([("kind", "a", rate)]) == 0 for _ in range(tokens))
        wait = buckets.take([("kind", "a", rate)])
        assert abs(wait - seconds / tokens) < 1e-4 * seconds / tokens
        assert buckets.take([("kind", "b", rate)]) == 0
        assert buckets.take([("other", "a", rate)]) == 0


def test_a_token_comes_back_after_its_time() -> None:
    clock = Clock()
    buckets, wanted = Buckets(clock), [("kind", "a", Rate(4, 1))]
    for _ in range(4):
        assert buckets.take(wanted) == 0
    clock.now += 0.24
    assert 0 < buckets.take(wanted) < 0.02
    clock.now += 0.02
    assert buckets.take(wanted) == 0
    assert buckets.take(wanted) > 0
    clock.now += 60
    assert [buckets.take(wanted) == 0 for _ in range(5)] == [True] * 4 + [False]


def test_from_all_buckets_or_from_none() -> None:
    buckets = Buckets(Clock())
    small, large = ("client", "a", Rate(1, 1)), ("address", "x", Rate(3, 1))
    assert buckets.take([large, small]) == 0
    assert all(buckets.take([large, small]) > 0 for _ in range(10))
    assert buckets.take([large, ("client", "b", Rate(1, 1))]) == 0
    assert buckets.take([large, ("client", "c", Rate(1, 1))]) == 0
    assert buckets.take([large, ("client", "d", Rate(1, 1))]) > 0
    assert buckets.take([("client", "d", Rate(1, 1))]) == 0


def test_full_buckets_are_forgotten() -> None:
    clock = Clock()
    buckets = Buckets(clock)
    for number in range(SWEEP_AT):
        buckets.take([("kind", str(number), Rate(1, 1))])
    assert len(buckets) == SWEEP_AT
    clock.now += 2
    buckets.take([("kind", "one more", Rate(1, 1))])
    assert len(buckets) == 1


def test_a_token_given_back_can_be_taken_again() -> None:
    buckets, wanted = Buckets(Clock()), [("kind", "a", Rate(2, 60))]
    assert [buckets.take(wanted) == 0 for _ in range(3)] == [True, True, False]
    buckets.give_back(wanted)
    assert [buckets.take(wanted) == 0 for _ in range(2)] == [True, False]
    buckets.give_back([("kind", "b", Rate(2, 60))])
    assert buckets.take([("kind", "b", Rate(2, 60))]) == 0
