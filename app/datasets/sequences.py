"""Sequences that ask a network to remember. Targets are given for every time step."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.random import Generator
from pydantic import Field

from app.datasets.data import Data, DataError, Dataset, Samples
from app.engine.op import Array

Steps = Annotated[int, Field(ge=2, le=200, description="how many time steps")]
Few = Annotated[int, Field(ge=1, le=100)]


@dataclass(frozen=True)
class EchoOptions:
    """Options of echo."""

    samples: Samples = 100
    steps: Steps = 12
    delay: Annotated[int, Field(ge=1, le=100, description="how many steps later it is said")] = 3


@dataclass(frozen=True)
class SequenceOptions:
    """Options of parity and of adding."""

    samples: Samples = 100
    steps: Steps = 10


@dataclass(frozen=True)
class CopyOptions:
    """Options of copy: the sequence has ``2 * length + pause + 1`` time steps."""

    samples: Samples = 100
    length: Annotated[int, Field(ge=1, le=50, description="symbols to remember")] = 3
    pause: Annotated[int, Field(ge=0, le=100, description="empty steps before the answer")] = 4
    symbols: Annotated[int, Field(ge=2, le=10, description="different symbols")] = 3


def _draw_echo(rng: Generator, options: EchoOptions) -> Data:
    if options.delay >= options.steps:
        detail = f"expected less than the {options.steps} time steps"
        raise DataError("/delay", detail, "out_of_range")
    x = rng.choice([-1.0, 1.0], (options.samples, options.steps, 1))
    y = np.zeros_like(x)
    y[:, options.delay :] = x[:, : -options.delay]
    return Data(x, y, ("x",), ("echo",))


def _draw_parity(rng: Generator, options: SequenceOptions) -> Data:
    x = rng.integers(0, 2, (options.samples, options.steps, 1)).astype(float)
    return Data(x, np.cumsum(x, axis=1) % 2, ("bit",), ("parity",), ("even", "odd"))


def _draw_adding(rng: Generator, options: SequenceOptions) -> Data:
    values = rng.random((options.samples, options.steps))
    marks = np.zeros_like(values)
    # As in the paper: one mark in each half.
    half, rows = options.steps // 2, np.arange(options.samples)
    marks[rows, rng.integers(0, half, options.samples)] = 1.0
    marks[rows, rng.integers(half, options.steps, options.samples)] = 1.0
    total = np.cumsum(values * marks, axis=1)
    return Data(np.stack([values, marks], axis=2), total[:, :, None], ("value", "mark"), ("sum",))


def _draw_copy(rng: Generator, options: CopyOptions) -> Data:
    length, blank, recall = options.length, options.symbols, options.symbols + 1
    word = rng.integers(0, options.symbols, (options.samples, length))
    steps = 2 * length + options.pause + 1
    if steps > 200:
        raise DataError("/pause", "expected at most 200 time steps in all", "out_of_range")
    shown = np.full((options.samples, steps), blank)
    shown[:, :length] = word
    shown[:, length + options.pause] = recall
    wanted = np.full((options.samples, steps), blank)
    wanted[:, -length:] = word
    names = (*(f"symbol{k}" for k in range(options.symbols)), "blank")
    x: Array = np.eye(recall + 1)[shown]
    return Data(x, wanted[:, :, None].astype(float), (*names, "recall"), ("symbol",), names)


SEQUENCES = (
    Dataset(
        "echo",
        "Echo",
        "Say every sign again, some steps later.",
        r"y_t = x_{t - d}",
        "regression",
        EchoOptions,
        _draw_echo,
        sequence=True,
    ),
    Dataset(
        "parity",
        "Parity",
        "Whether the number of ones so far is odd: one wrong step spoils the rest.",
        r"y_t = \sum_{s \le t} x_s \bmod 2",
        "classification",
        SequenceOptions,
        _draw_parity,
        sequence=True,
    ),
    Dataset(
        "adding",
        "Adding",
        "The sum of the two numbers that are marked (Hochreiter and Schmidhuber, 1997).",
        r"y_t = \sum_{s \le t} m_s v_s",
        "regression",
        SequenceOptions,
        _draw_adding,
        sequence=True,
    ),
    Dataset(
        "copy",
        "Copy",
        "Remember a word through a pause and say it again when asked.",
        r"y_{T - n + k} = x_k",
        "classification",
        CopyOptions,
        _draw_copy,
        sequence=True,
    ),
)
