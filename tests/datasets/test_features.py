"""Features are made of the first two inputs."""

import numpy as np
import pytest

from app.datasets.data import DataError
from app.datasets.features import FEATURES, apply_features

X = np.array([[2.0, -3.0], [0.5, 4.0]])
WANTED = {
    "x1": [2.0, 0.5],
    "x2": [-3.0, 4.0],
    "x1_squared": [4.0, 0.25],
    "x2_squared": [9.0, 16.0],
    "x1_x2": [-6.0, 2.0],
    "sin_x1": [np.sin(2.0), np.sin(0.5)],
    "sin_x2": [np.sin(-3.0), np.sin(4.0)],
}


def test_every_feature_is_what_it_says() -> None:
    assert set(WANTED) == set(FEATURES)
    found = apply_features(list(WANTED), X)
    np.testing.assert_array_equal(found, np.array(list(WANTED.values())).T)


def test_sequences_have_features_at_every_step() -> None:
    found = apply_features(["x1_x2"], np.stack([X, 2 * X]))
    np.testing.assert_array_equal(found[..., 0], [[-6.0, 2.0], [-24.0, 8.0]])


def test_a_feature_that_cannot_be_made_is_named() -> None:
    with pytest.raises(DataError, match="expected one of: x1, x2") as caught:
        apply_features(["x1", "cube"], X)
    assert caught.value.field == "/features/1"
    with pytest.raises(DataError, match="there is no other"):
        apply_features(["x1_x2"], X[:, :1])
