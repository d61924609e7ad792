"""Sequences ask for what they say they ask for."""

from typing import Any

import numpy as np
import pytest

from app.datasets.data import Data, DataError
from app.datasets.registry import DATASETS
from app.datasets.sequences import SEQUENCES
from app.training.order import make_generator


def draw(name: str, seed: int = 0, **options: Any) -> Data:
    dataset = DATASETS[name]
    return dataset.draw(make_generator(seed), dataset.options(**options))


@pytest.mark.parametrize("dataset", SEQUENCES, ids=lambda dataset: dataset.name)
def test_sequences_have_a_target_at_every_step(dataset: Any) -> None:
    data = draw(dataset.name, samples=5)
    assert data.inputs.shape[:2] == data.targets.shape[:2]
    assert data.inputs.shape[2] == len(data.columns)
    assert data.inputs.tobytes() == draw(dataset.name, samples=5).inputs.tobytes()
    assert data.inputs.tobytes() != draw(dataset.name, 1, samples=5).inputs.tobytes()


def test_echo_comes_later() -> None:
    data = draw("echo", steps=6, delay=2)
    np.testing.assert_array_equal(data.targets[:, 2:], data.inputs[:, :4])
    assert not data.targets[:, :2].any()
    with pytest.raises(DataError, match="less than the 6 time steps"):
        draw("echo", steps=6, delay=6)


def test_parity_counts_ones() -> None:
    data = draw("parity", steps=9)
    odd = [[sum(row[: t + 1]) % 2 for t in range(9)] for row in data.inputs[..., 0].tolist()]
    assert data.targets[..., 0].tolist() == odd


def test_adding_adds_the_two_marked() -> None:
    data = draw("adding", steps=11)
    values, marks = data.inputs[..., 0], data.inputs[..., 1]
    assert (marks.sum(axis=1) == 2).all()
    assert (marks[:, :5].sum(axis=1) == 1).all()
    np.testing.assert_allclose(data.targets[:, -1, 0], (values * marks).sum(axis=1))


def test_copy_says_the_word_again_at_the_end() -> None:
    data = draw("copy", samples=8, length=3, pause=2, symbols=4)
    assert data.inputs.shape == (8, 9, 6)
    shown = data.inputs.argmax(axis=2)
    assert (data.inputs.sum(axis=2) == 1).all()
    np.testing.assert_array_equal(data.targets[:, 6:, 0], shown[:, :3])
    assert (data.targets[:, :6, 0] == 4).all()
    assert (shown[:, 5] == 5).all()
    with pytest.raises(DataError, match="200 time steps in all"):
        draw("copy", length=50, pause=100)
