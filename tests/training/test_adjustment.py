"""Penalties are gradients of penalties; clipping is PyTorch's."""

import numpy as np
import pytest

from app.engine.graph import GraphBuilder
from app.engine.program import Program
from app.training.adjustment import Adjustment, adjust_grads, measure_norm

PARAMETERS = {"layer1.weight": np.array([[1.0, -2.0, 0.0]]), "layer1.bias": np.array([3.0])}


def adjust(adjustment: Adjustment, scale: float = 1.0) -> dict[str, np.ndarray]:
    grads = {
        "layer1.weight": scale * np.array([[3.0, -4.0, 0.0]]),
        "layer1.bias": scale * np.array([12.0]),
    }
    adjust_grads(PARAMETERS, grads, adjustment)
    return grads


def test_penalties_are_the_gradients_of_what_is_added_to_the_loss() -> None:
    l1, l2 = 0.3, 0.7
    g = GraphBuilder()
    w = g.leaf("w", "parameter", "w")
    sizes = g.apply("sizes", "sum", g.apply("abs", "abs", w))
    squares = g.apply("squares", "sum", g.apply("square", "square", w))
    first = g.apply("first", "multiply", g.constant("l1", l1, "l1"), sizes)
    second = g.apply("second", "multiply", g.constant("l2", l2 / 2, "l2"), squares)
    program = Program(g.build(g.apply("penalty", "add", first, second)), {"w": (1, 3)})
    program.forward({"w": PARAMETERS["layer1.weight"]})
    wanted = program.backward().grads["w"]
    found = adjust(Adjustment(l1=l1, l2=l2), scale=0.0)
    np.testing.assert_allclose(found["layer1.weight"], wanted, rtol=1e-15)
    assert found["layer1.bias"].tolist() == [0.0]


def test_the_norm_of_all_gradients_together_is_bounded() -> None:
    found = adjust(Adjustment(norm=1.3))
    # clip_grad_norm_ multiplies by max_norm / (norm + 1e-6).
    scale = 1.3 / (13.0 + 1e-6)
    np.testing.assert_array_equal(found["layer1.weight"], scale * np.array([[3.0, -4.0, 0.0]]))
    assert measure_norm(found) == pytest.approx(1.3, rel=1e-6)
    untouched = adjust(Adjustment(norm=13.1))
    assert untouched["layer1.bias"].tolist() == [12.0]


def test_the_size_of_each_number_is_bounded() -> None:
    found = adjust(Adjustment(value=3.5))
    assert found["layer1.weight"].tolist() == [[3.0, -3.5, 0.0]]
    assert found["layer1.bias"].tolist() == [3.5]


def test_penalties_come_before_clipping() -> None:
    found = adjust(Adjustment(l2=10.0, value=3.5))
    assert found["layer1.weight"].tolist() == [[3.5, -3.5, 0.0]]


def test_nan_is_not_clipped_away() -> None:
    found = adjust(Adjustment(norm=1.0), scale=float("nan"))
    assert np.isnan(found["layer1.bias"]).all()
    assert np.isnan(adjust(Adjustment(value=1.0), scale=float("nan"))["layer1.bias"]).all()
