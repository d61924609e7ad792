"""In which order tasks run, and which of them run as one.

A recurrent network repeats the same tasks at every time step. Those of one family that do not
depend on each other are run as one call over all time steps; those that do, one after the other.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Task(Generic[Name]):
    """One thing to do, once everything that it ``needs`` is done."""

    name: Name
    family: Hashable
    needs: tuple[Name, ...]


def schedule(tasks: Sequence[Task[Name]]) -> list[list[Task[Name]]]:
    """The tasks in an order that serves their needs, in groups that may run as one.

    ``tasks`` must stand in such an order already. A group is a whole family whose members need
    each other not even through members of other families; else it is a single task.
    """
    numbers: dict[Hashable, int] = {}
    for task in tasks:
        numbers.setdefault(task.family, len(numbers))
    if len(numbers) == len(tasks):
        return [[task] for task in tasks]
    above, own_need = _find_ancestors(tasks, numbers)
    circles: dict[int, list[Task[Name]]] = {}
    for task in tasks:
        circles.setdefault(above[numbers[task.family]], []).append(task)
    groups: list[list[Task[Name]]] = []
    # A circle has more ancestors than any that it needs.
    for _, members in sorted(circles.items(), key=lambda item: item[0].bit_count()):
        families = {task.family for task in members}
        if len(families) == 1 and numbers[members[0].family] not in own_need:
            groups.append(members)
        else:
            groups += [[task] for task in members]
    return groups


def _find_ancestors(
    tasks: Sequence[Task[Name]], numbers: dict[Hashable, int]
) -> tuple[list[int], set[int]]:
    """For each family, itself and all that it needs as a set of bits; who needs itself directly.

    Families with equal sets need each other in a circle. Warshall, "A theorem on boolean
    matrices", 1962.
    """
    family_of = {task.name: numbers[task.family] for task in tasks}
    above = [1 << number for number in range(len(numbers))]
    own_need: set[int] = set()
    for task in tasks:
        family = numbers[task.family]
        for need in task.needs:
            above[family] |= 1 << family_of[need]
            if family_of[need] == family:
                own_need.add(family)
    for middle in range(len(above)):
        for family, found in enumerate(above):
            if found >> middle & 1:
                above[family] = found | above[middle]
    return above, own_need
