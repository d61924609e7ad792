"""Tasks run in order, and as one only where they may."""

import pytest
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.schedule import Task, schedule


def names(tasks: list[Task[str]]) -> list[list[str]]:
    return [[task.name for task in group] for group in schedule(tasks)]


def test_a_family_without_needs_of_its_own_is_one_group() -> None:
    tasks = [Task(f"x{t}", "x", ()) for t in range(3)]
    assert names(tasks) == [["x0", "x1", "x2"]]


def test_a_chain_is_run_one_by_one() -> None:
    tasks = [Task("h0", "h", ()), Task("h1", "h", ("h0",)), Task("h2", "h", ("h1",))]
    assert names(tasks) == [["h0"], ["h1"], ["h2"]]


def test_a_circle_of_families_is_run_one_by_one_between_what_it_needs_and_what_needs_it() -> None:
    tasks: list[Task[str]] = []
    for t in range(3):
        tasks.append(Task(f"z{t}", "z", ()))
        tasks.append(Task(f"u{t}", "u", (f"h{t - 1}",) if t else ()))
        tasks.append(Task(f"h{t}", "h", (f"z{t}", f"u{t}")))
        tasks.append(Task(f"o{t}", "o", (f"h{t}",)))
    assert names(tasks) == [
        ["z0", "z1", "z2"],
        *(["u0"], ["h0"], ["u1"], ["h1"], ["u2"], ["h2"]),
        ["o0", "o1", "o2"],
    ]


def test_a_circle_through_members_at_different_times_is_found() -> None:
    # No task needs its own family, but p would have to run between two of q, and q of p.
    tasks = [Task("p0", "p", ()), Task("q0", "q", ("p0",)), Task("q1", "q", ())]
    tasks += [Task("p1", "p", ("q1",))]
    assert names(tasks) == [["p0"], ["q0"], ["q1"], ["p1"]]


@pytest.mark.parametrize("seed", range(200))
def test_whatever_the_needs_they_are_served(seed: int) -> None:
    rng = Generator(PCG64(SeedSequence(seed)))
    count, families = int(rng.integers(1, 25)), int(rng.integers(1, 9))
    tasks = []
    for number in range(count):
        needs = {f"t{k}" for k in range(number) if rng.random() < 0.12}
        tasks.append(Task(f"t{number}", int(rng.integers(families)), tuple(sorted(needs))))
    done: set[str] = set()
    for group in schedule(tasks):
        # All of a group run at once: none may need another of it.
        assert all(done.issuperset(task.needs) for task in group)
        assert len({task.family for task in group}) == 1
        done.update(task.name for task in group)
    assert len(done) == count == sum(map(len, schedule(tasks)))
