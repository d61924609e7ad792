"""Samples as requests bring them, checked and made into arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.op import Array, Shape
from app.networks.errors import NetworkError


@dataclass(frozen=True)
class Batch:
    """Values for the leaves of a graph that are no parameters.

    The first axis of each counts ``size`` samples; of an expression, points, or nothing.
    """

    inputs: Mapping[str, Array]
    targets: Mapping[str, Array]
    size: int

    @property
    def leaves(self) -> dict[str, Array]:
        """Inputs and targets together."""
        return {**self.inputs, **self.targets}


def shapes_of(values: Mapping[str, Array]) -> dict[str, Shape]:
    """The shape of every array by name."""
    return {name: value.shape for name, value in values.items()}


def read_rows(rows: Any, features: int, pointer: str) -> Array:
    """Samples by features. Raises ``NetworkError`` for anything else."""
    _require_list(rows, pointer, "rows of numbers, one per sample")
    for number, row in enumerate(rows):
        _require_numbers(row, features, f"{pointer}/{number}", "per sample")
    return np.array(rows, dtype=np.float64)


def read_sequences(sequences: Any, features: int, steps: int | None, pointer: str) -> Array:
    """Samples by time steps by features; as many steps as told, else as the first sample has."""
    _require_list(sequences, pointer, "sequences of rows, one sequence per sample")
    for number, sequence in enumerate(sequences):
        place = f"{pointer}/{number}"
        _require_list(sequence, place, "a sequence: rows of numbers, one per time step")
        steps = len(sequence) if steps is None else steps
        if len(sequence) != steps:
            detail = f"expected {steps} time steps, got {len(sequence)}"
            raise NetworkError(place, detail, "wrong_shape")
        for time, row in enumerate(sequence):
            _require_numbers(row, features, f"{place}/{time}", "per time step")
    return np.array(sequences, dtype=np.float64)


def require_samples(count: int, expected: int, pointer: str) -> None:
    """Raise ``NetworkError`` unless there are as many samples as inputs."""
    if count != expected:
        detail = f"expected {expected} samples, as many as inputs, got {count}"
        raise NetworkError(pointer, detail, "wrong_shape")


def _require_list(value: Any, pointer: str, expected: str) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise NetworkError(pointer, f"expected {expected}", "wrong_shape")
    if not value:
        least = "sample" if pointer.count("/") == 1 else "time step"
        raise NetworkError(pointer, f"expected at least one {least}", "wrong_shape")


def _require_numbers(row: Any, features: int, pointer: str, per: str) -> None:
    plain = isinstance(row, Sequence) and not (row and isinstance(row[0], Sequence))
    if not plain or len(row) != features:
        numbers = "1 number" if features == 1 else f"{features} numbers"
        got = f", got {len(row)}" if plain else ""
        raise NetworkError(pointer, f"expected {numbers} {per}{got}", "wrong_shape")
