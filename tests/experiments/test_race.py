"""Optimizers race by their own rules, and only where they may."""

from typing import Any

import numpy as np
import pytest

from app.engine.entries import Entry
from app.experiments.functions import SURFACES
from app.experiments.race import evaluate_function, race_on_function, race_on_slice
from app.experiments.slices import Slice, measure_slice
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, build_graph
from app.networks.document import make_document
from app.training.binding import Samples
from app.training.loop import Plan
from app.training.optimizers import OPTIMIZERS
from app.training.order import make_generator

SPEC = DenseSpec(2, (Layer(3, Choice("tanh")), Layer(1)), seed=5)


def choose(name: str, **options: Any) -> tuple[Any, Any]:
    optimizer = OPTIMIZERS[name]
    return optimizer, optimizer.options(**options)


@pytest.mark.parametrize("name", SURFACES)
def test_a_published_function_is_lowest_where_it_is_said_to_be(name: str) -> None:
    function = SURFACES[name]
    rng = make_generator(0)
    points = np.stack([rng.uniform(*function.x, 500), rng.uniform(*function.y, 500)], axis=1)
    values = evaluate_function(function.expression, ("x", "y"), points)
    ends = (function.x, function.y)
    assert all(low < s < high for s, (low, high) in zip(function.start, ends, strict=True))
    if function.minimum is None:
        assert values.min() < 0 < values.max()
        return
    (lowest,) = evaluate_function(function.expression, ("x", "y"), np.array([function.minimum]))
    assert lowest == pytest.approx(0, abs=1e-12)
    assert values.min() > lowest


def test_beale_and_rosenbrock_have_their_published_values() -> None:
    points = np.array([[0.0, 0.0], [1.0, 1.0]])
    beale = evaluate_function(SURFACES["beale"].expression, ("x", "y"), points)
    assert beale == pytest.approx([1.5**2 + 2.25**2 + 2.625**2] * 2)
    (rosenbrock,) = evaluate_function(
        SURFACES["rosenbrock"].expression, ("x", "y"), np.array([[-1.2, 1.0]])
    )
    assert rosenbrock == pytest.approx(24.2)


def test_plain_descent_in_a_bowl_shrinks_by_the_same_factor() -> None:
    (run,) = race_on_function(
        "x**2 + y**2", ("x", "y"), (4.0, -2.0), [choose("sgd", learning_rate=0.1)], 20
    )
    factors = 0.8 ** np.arange(21)
    np.testing.assert_allclose(run.path, np.outer(factors, [4.0, -2.0]), rtol=1e-12)
    np.testing.assert_allclose(run.losses, 20 * factors**2, rtol=1e-12)
    assert not run.diverged


def test_the_order_of_names_is_that_of_the_point() -> None:
    (run,) = race_on_function("b + 100*a", ("b", "a"), (1.0, 2.0), [choose("sgd")], 1)
    assert run.path == [(1.0, 2.0), (1.0 - 0.001, 2.0 - 0.1)]


def test_what_runs_away_ends_at_its_last_finite_point() -> None:
    racers = [choose("sgd", learning_rate=1.0), choose("adam")]
    fast, slow = race_on_function("x**4 + y**4", ("x", "y"), (3.0, 3.0), racers, 50)
    assert fast.diverged
    assert 1 < len(fast.path) < 51
    assert np.isfinite(fast.path).all()
    assert not slow.diverged
    assert len(slow.path) == 51


@pytest.mark.parametrize("batch", [None, 4])
def test_on_a_slice_only_two_numbers_move_and_the_way_lies_on_the_surface(
    batch: int | None,
) -> None:
    rng, document = make_generator(1), make_document(SPEC)
    leaves = {"x": rng.normal(size=(10, 2)), "y": rng.normal(size=(10, 1))}
    entries = Entry("layer1.weight", (1, 0)), Entry("layer2.bias", (0,))
    part = Slice(document, SPEC, entries)
    plans = [
        Plan(*choose("sgd", learning_rate=0.1), batch),
        Plan(*choose("adam", learning_rate=0.1, weight_decay=0.01), batch),
    ]
    runs = race_on_slice(
        part, Samples(leaves, 10), lambda _: build_graph(SPEC), plans, start=(2.0, -1.0), steps=30
    )
    assert runs[0].path != runs[1].path
    for run in runs:
        assert run.path[0] == (2.0, -1.0)
        assert len(run.path) == 31
        surface = measure_slice(part, leaves, np.array(run.path))
        np.testing.assert_allclose(run.losses, surface, rtol=1e-12)
        assert run.losses[-1] < run.losses[0]
    assert document.parameters["layer1.weight"][1, 0] != 2.0
