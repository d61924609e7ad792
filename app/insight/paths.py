"""All the ways by which one number reaches the output: how many, and what each is worth."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.dependence import sum_fed
from app.engine.entries import Entries, Entry

MOST_STATIONS = 25_000
"""Up to so many entries on all listed paths together, so that an answer has an end."""


@dataclass(frozen=True)
class Path:
    """One way from an entry to the output.

    ``factors`` has the local derivative of each entry by the one before it, ``positions`` at which
    input it is used. ``product`` is that of the factors, times the output's own gradient.
    """

    entries: tuple[Entry, ...]
    positions: tuple[int, ...]
    factors: tuple[float, ...]
    product: float


@dataclass(frozen=True)
class Paths:
    """The paths of one entry: ``count`` of all, ``total`` of the products of those listed."""

    count: int
    listed: list[Path]
    total: float

    @property
    def cut(self) -> bool:
        """Whether there are more than are listed; then ``total`` need not be the gradient."""
        return len(self.listed) < self.count


class PathCounts:
    """How many paths lead from each entry of a graph to its output.

    Counted from the output backwards, each entry the sum over its uses, and exactly: there can be
    more than fit into any machine's number. Entries that are alike for their shape's sake are
    counted once.
    """

    def __init__(self, entries: Entries) -> None:
        graph, self._shapes = entries.tape.graph, entries.shapes
        output = graph.output
        self._counts: dict[str, NDArray[np.object_]] = {}
        for node in reversed(graph.nodes):
            alike = (1,) * len(self._shapes[node.id])
            count = np.full(alike, int(node.id == output), dtype=object)
            if node.id != output:
                for user, position in graph.consumers[node.id]:
                    if user.id in graph.reached:
                        shapes = self._shapes[node.id], self._shapes[user.id]
                        dependence = entries.dependence(user.id, position)
                        fed = sum_fed(dependence, self._counts[user.id], *shapes)
                        # Sums of arrays without axes would be plain numbers.
                        count = np.asarray(count + fed, dtype=object)
            self._counts[node.id] = count

    def count(self, entry: Entry) -> int:
        """The number of paths from ``entry``."""
        counts = np.broadcast_to(self._counts[entry.node], self._shapes[entry.node])
        return int(counts[entry.index])


def find_paths(entries: Entries, entry: Entry, most: int) -> Paths:
    """The paths from ``entry``, ``most`` of them at most, in the order of the graph."""
    counts, listed, stations = PathCounts(entries), list[Path](), 0
    for path in walk_paths(entries, entry, counts):
        stations += len(path.entries)
        if len(listed) == most or (listed and stations > MOST_STATIONS):
            break
        listed.append(path)
    return Paths(counts.count(entry), listed, add_up(path.product for path in listed))


def walk_paths(entries: Entries, entry: Entry, counts: PathCounts) -> Iterator[Path]:
    """Every path from ``entry``, one after the other; none is looked for in vain."""
    if counts.count(entry) == 0:
        return
    way, positions, factors = [entry], list[int](), list[float]()
    open_uses = [entries.list_uses(entry)]
    while open_uses:
        if way[-1].node == entries.tape.graph.output:
            yield _finish(entries, way, positions, factors)
        use = next((u for u in open_uses[-1] if counts.count(u.entry)), None)
        if use is not None:
            factors.append(entries.local(way[-1], use))
            way.append(use.entry)
            positions.append(use.position)
            open_uses.append(entries.list_uses(use.entry))
            continue
        open_uses.pop()
        way.pop()
        if open_uses:
            positions.pop()
            factors.pop()


def add_up(numbers: Iterable[float]) -> float:
    """The sum, rounded once where it is finite; infinities and NaN as in any other sum."""
    kept = list(numbers)
    try:
        return math.fsum(kept)
    except (OverflowError, ValueError):
        return float(sum(kept))


def _finish(entries: Entries, way: list[Entry], positions: list[int], factors: list[float]) -> Path:
    product = entries.grad(way[-1])
    # From the output back, as the gradient itself goes: where it overflows, so does this.
    for factor in reversed(factors):
        product *= factor
    return Path(tuple(way), tuple(positions), tuple(factors), product)
