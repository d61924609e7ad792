"""Points lie where their datasets say, and follow the seed alone."""

from typing import Any

import numpy as np
import pytest

from app.datasets.data import Data, DataError, encode_targets, standardize
from app.datasets.points import GAP, POINTS, RADIUS
from app.datasets.registry import DATASETS
from app.training.order import make_generator


def draw(name: str, seed: int = 0, **options: Any) -> Data:
    dataset = DATASETS[name]
    return dataset.draw(make_generator(seed), dataset.options(**options))


@pytest.mark.parametrize("dataset", POINTS, ids=lambda dataset: dataset.name)
@pytest.mark.parametrize("samples", [2, 7, 200])
def test_samples_have_the_shapes_that_are_promised(dataset: Any, samples: int) -> None:
    data = draw(dataset.name, samples=samples)
    assert data.inputs.shape == (samples, len(data.columns))
    assert data.targets.shape == (samples, len(data.outputs))
    assert bool(data.classes) == (dataset.task == "classification")
    assert np.isfinite(data.inputs).all()
    if data.classes:
        assert set(data.targets[:, 0]) <= set(range(len(data.classes)))


@pytest.mark.parametrize("dataset", POINTS, ids=lambda dataset: dataset.name)
def test_the_seed_decides_and_noise_moves(dataset: Any) -> None:
    first, again = draw(dataset.name, noise=0.1), draw(dataset.name, noise=0.1)
    assert first.inputs.tobytes() == again.inputs.tobytes()
    assert first.targets.tobytes() == again.targets.tobytes()
    noisier, other = draw(dataset.name, noise=0.2), draw(dataset.name, 1, noise=0.1)
    for data in (noisier, other):
        changed = data.inputs if data.classes else data.targets
        assert not np.array_equal(changed, first.inputs if data.classes else first.targets)


def test_exclusive_or_is_a_matter_of_signs() -> None:
    data = draw("xor")
    x1, x2 = data.inputs.T
    np.testing.assert_array_equal(data.targets[:, 0], (x1 > 0) != (x2 > 0))
    assert np.abs(data.inputs).min() >= GAP


def test_circles_are_apart() -> None:
    data = draw("circles")
    radius = np.hypot(*data.inputs.T)
    inner = data.targets[:, 0] == 1
    assert radius[inner].max() <= 0.5 * RADIUS < 0.7 * RADIUS <= radius[~inner].min()


def test_spirals_are_one_arm_turned_by_half() -> None:
    data = draw("spirals", samples=100)
    arms = [data.inputs[data.targets[:, 0] == label] for label in (0, 1)]
    np.testing.assert_allclose(arms[0], -arms[1], atol=1e-12)


def test_moons_are_half_circles_that_reach_into_each_other() -> None:
    data = draw("moons", samples=200)
    upper, lower = (data.inputs[data.targets[:, 0] == label] for label in (0, 1))
    np.testing.assert_allclose(np.hypot(upper[:, 0] + 1.5, upper[:, 1] + 0.75), 3.0)
    assert upper[:, 1].min() < lower[:, 1].max()


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_blobs_have_as_many_classes_as_asked_for(classes: int) -> None:
    data = draw("blobs", classes=classes, noise=0.0, samples=60)
    assert len(np.unique(data.inputs.round(9), axis=0)) == classes
    assert np.bincount(data.targets[:, 0].astype(int)).tolist() == [60 // classes] * classes


def test_functions_are_what_they_say() -> None:
    line = draw("linear", noise=0.0, slope=2.0, intercept=-1.0)
    np.testing.assert_allclose(line.targets, 2 * line.inputs - 1)
    sine = draw("sine", noise=0.0, periods=2)
    np.testing.assert_allclose(sine.targets, np.sin(2 * np.pi * sine.inputs / 5))
    plane = draw("plane", noise=0.0)
    np.testing.assert_allclose(plane.targets[:, 0], plane.inputs.sum(axis=1) / 10)


def test_classes_are_written_as_a_loss_wants_them() -> None:
    data = draw("blobs", samples=4)
    assert encode_targets(data, "numbers").tolist() == [[0], [1], [0], [1]]
    assert encode_targets(data, "zero_one").tolist() == [[0], [1], [0], [1]]
    assert encode_targets(data, "signs").tolist() == [[-1], [1], [-1], [1]]
    assert encode_targets(data, "one_hot").tolist() == [[1, 0], [0, 1], [1, 0], [0, 1]]
    with pytest.raises(DataError, match="3 classes"):
        encode_targets(draw("blobs", classes=3), "signs")


def test_standardized_features_have_mean_0_and_deviation_1() -> None:
    inputs = np.array([[1.0, 5.0, 3.0], [2.0, 5.0, -3.0], [6.0, 5.0, 0.0]])
    found = standardize(inputs)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(found.std(axis=0), [1, 0, 1])
    assert inputs[0, 0] == 1.0
