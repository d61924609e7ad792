"""Published tables, and what is said where their library is not installed."""

import sys

import numpy as np
import pytest

from app.datasets import tables
from app.datasets.data import DataError
from app.datasets.registry import DATASETS
from app.training.order import make_generator


@pytest.mark.parametrize(
    ("name", "rows", "columns", "classes"),
    [("digits", 1797, 64, 10), ("iris", 150, 4, 3), ("wine", 178, 13, 3)],
)
def test_tables_are_the_published_ones(name: str, rows: int, columns: int, classes: int) -> None:
    dataset = DATASETS[name]
    data = dataset.draw(make_generator(0), dataset.options())
    assert data.inputs.shape == (rows, columns)
    assert len(data.columns) == columns
    assert len(data.classes) == classes
    assert set(data.targets[:, 0]) == set(range(classes))
    spread = data.inputs.std(axis=0)
    np.testing.assert_allclose(spread[spread > 0], 1.0)


def test_the_first_iris_is_fishers() -> None:
    iris = DATASETS["iris"]
    data = iris.draw(make_generator(0), iris.options(standardize=False))
    assert data.inputs[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert data.classes == ("setosa", "versicolor", "virginica")


def test_some_rows_are_drawn_by_the_seed() -> None:
    iris = DATASETS["iris"]
    some = [iris.draw(make_generator(seed), iris.options(samples=20)).inputs for seed in (0, 0, 1)]
    assert some[0].shape == (20, 4)
    assert some[0].tobytes() == some[1].tobytes() != some[2].tobytes()
    with pytest.raises(DataError, match="at most its 150 rows"):
        iris.draw(make_generator(0), iris.options(samples=151))


def test_what_is_not_installed_is_said_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables._load.cache_clear()
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    iris = DATASETS["iris"]
    with pytest.raises(DataError, match=r"pip install 'retrograd\[datasets\]'"):
        iris.draw(make_generator(0), iris.options())
    tables._load.cache_clear()
