"""What a dataset is: samples as arrays, with names, and targets written as a loss wants them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.random import Generator
from pydantic import Field

from app.engine.op import Array

Encoding = Literal["numbers", "zero_one", "signs", "one_hot"]
"""How targets are written: as they are; two classes as 0 and 1 or as -1 and 1; a column a class."""
Samples = Annotated[int, Field(ge=2, le=10_000, description="how many samples")]
Noise = Annotated[
    float,
    Field(ge=0, le=10, allow_inf_nan=False, description="standard deviation of what is added"),
]


class DataError(ValueError):
    """Data that cannot be had or used; ``field`` is where in what was asked for."""

    def __init__(self, field: str, detail: str, code: str) -> None:
        self.field = field
        self.detail = detail
        self.code = code
        super().__init__(detail)


@dataclass(frozen=True)
class Data:
    """Samples of one task.

    ``inputs`` are (samples, features), of sequences (samples, time, features). ``targets`` are as
    long and have a column per output; where there are ``classes`` the only column is the number of
    the class. ``columns`` name the features, ``outputs`` the columns of the targets.
    """

    inputs: Array
    targets: Array
    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """One dataset: its options, and how they and a generator make samples."""

    name: str
    label: str
    summary: str
    latex: str
    task: Literal["classification", "regression"]
    options: type
    draw: Callable[[Generator, Any], Data]
    sequence: bool = False


def encode_targets(data: Data, encoding: Encoding) -> Array:
    """The targets of ``data`` in another writing. Raises ``DataError`` where there is none."""
    if encoding == "numbers" or not data.classes:
        return data.targets
    count = len(data.classes)
    if encoding == "one_hot":
        rows: Array = np.eye(count)[data.targets[..., 0].astype(int)]
        return rows
    if count != 2:
        detail = f"expected one_hot or numbers: there are {count} classes, not 2"
        raise DataError("/encoding", detail, "wrong_encoding")
    return data.targets if encoding == "zero_one" else 2.0 * data.targets - 1.0


def standardize(inputs: Array) -> Array:
    """Each feature with mean 0 and standard deviation 1; one that never changes becomes 0."""
    axes = tuple(range(inputs.ndim - 1))
    spread = inputs.std(axis=axes)
    centered: Array = np.subtract(inputs, inputs.mean(axis=axes))
    centered /= np.where(spread > 0, spread, 1.0)
    return centered
