"""How right the outputs are where targets name a class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.op import Array

MOST_CLASSES = 20
"""Up to so many classes, it is told which are taken for which."""


@dataclass(frozen=True)
class Score:
    """The share of samples whose class was found; ``confusion[actual][found]`` counts them."""

    accuracy: float
    confusion: list[list[int]] | None


@dataclass(frozen=True)
class Scorer:
    """Reads classes off outputs: the largest of several, or which side of ``boundary`` one is."""

    classes: int
    boundary: float

    def score(self, outputs: Array, targets: Array) -> Score:
        """How many of ``outputs`` name the class that ``targets`` do."""
        found, actual = self._read(outputs), self._read(targets)
        confusion = None
        if self.classes <= MOST_CLASSES:
            pairs = np.bincount(actual * self.classes + found, minlength=self.classes**2)
            confusion = pairs.reshape(self.classes, self.classes).tolist()
        return Score(float(np.mean(found == actual)), confusion)

    def _read(self, values: Array) -> Array:
        rows = values.reshape(-1, values.shape[-1])
        if rows.shape[1] == 1:
            return (rows[:, 0] > self.boundary).astype(int)
        found: Array = rows.argmax(axis=1)
        return found


def find_scorer(targets: Array, boundary: float | None) -> Scorer | None:
    """How to read classes, or ``None`` where ``targets``, (..., outputs), do not name any.

    ``boundary`` is that of the loss; with ``None`` it lies in the middle between two targets.
    """
    rows = targets.reshape(-1, targets.shape[-1])
    low, high = float(rows.min()), float(rows.max())
    if not _are_marks(rows, (low, high)):
        return None
    if rows.shape[1] == 1:
        return Scorer(2, (low + high) / 2 if boundary is None else boundary)
    one_each = bool(np.all((rows == high).sum(axis=1) == 1))
    return Scorer(rows.shape[1], 0.0) if one_each else None


def _are_marks(rows: Array, ends: Sequence[float]) -> bool:
    return tuple(ends) in ((0.0, 1.0), (-1.0, 1.0)) and bool(np.all(np.isin(rows, ends)))
