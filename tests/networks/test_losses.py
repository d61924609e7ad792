"""Losses at the ends of their range, and the targets that they take."""

from typing import Any

import numpy as np
import pytest

from app.engine.program import Program
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, build_graph, leaf_shapes
from app.networks.errors import NetworkError
from app.networks.losses import LOSSES, check_targets


def judge(loss: str, outputs: list[float], targets: list[float]) -> tuple[float, list[float]]:
    """The loss of one sample with the given outputs, and its gradient for them."""
    count = len(outputs)
    spec = DenseSpec(count, (Layer(count, use_bias=False),), Choice(loss))
    program = Program(build_graph(spec), leaf_shapes(spec, 1))
    program.forward({"x": [outputs], "y": [targets], "layer1.weight": np.eye(count)})
    tape = program.backward()
    return float(tape.values["loss"]), tape.grads["layer1.a"][0].tolist()


def test_squared_error_of_the_worked_example() -> None:
    assert judge("squared_error", [1.0], [0.0]) == (1.0, [2.0])
    assert judge("squared_error", [1.0], [1.0]) == (0.0, [0.0])


def test_cross_entropy_is_stable_for_huge_logits() -> None:
    value, grad = judge("cross_entropy", [1e308, -1e308], [0.0, 1.0])
    assert value == np.inf
    value, grad = judge("cross_entropy", [1000.0, 0.0], [1.0, 0.0])
    assert value == 0.0
    assert grad == [0.0, 0.0]
    value, grad = judge("cross_entropy", [1000.0, 0.0], [0.0, 1.0])
    assert value == 1000.0
    assert grad == [1.0, -1.0]


def test_cross_entropy_of_equal_logits_is_the_log_of_their_number() -> None:
    value, grad = judge("cross_entropy", [0.3, 0.3, 0.3, 0.3], [0.0, 0.0, 1.0, 0.0])
    assert value == pytest.approx(np.log(4), rel=1e-15)
    np.testing.assert_allclose(grad, [0.25, 0.25, -0.75, 0.25], rtol=1e-15)


def test_binary_cross_entropy_with_logits_is_stable() -> None:
    value, grad = judge("binary_cross_entropy_with_logits", [800.0, -800.0], [1.0, 0.0])
    assert value == 0.0
    assert grad == [0.0, 0.0]
    assert judge("binary_cross_entropy_with_logits", [800.0], [0.0])[0] == 800.0


def test_binary_cross_entropy_at_certainty() -> None:
    value, grad = judge("binary_cross_entropy", [1.0, 0.0], [1.0, 0.0])
    assert value == 0.0
    assert np.isfinite(grad).all()
    assert judge("binary_cross_entropy", [0.0], [1.0])[0] == np.inf


def test_hinge_stops_past_the_margin() -> None:
    value, grad = judge("hinge", [0.5, -3.0], [1.0, -1.0])
    assert value == 0.25
    assert grad == [-0.5, 0.0]


def test_huber_turns_from_a_square_into_a_line() -> None:
    assert judge("huber", [0.5], [0.0]) == (0.125, [0.5])
    assert judge("huber", [3.0], [0.0]) == (2.5, [1.0])


def test_mean_absolute_error_has_no_slope_at_zero() -> None:
    value, grad = judge("mean_absolute_error", [1.0, 4.0], [1.0, 2.0])
    assert value == 1.0
    assert grad == [0.0, 0.5]


def test_sum_of_outputs_ignores_targets() -> None:
    assert judge("sum_of_outputs", [2.0], [7.0]) == (2.0, [1.0])


def test_weighted_sum_sends_the_targets_back() -> None:
    assert judge("weighted_sum", [2.0, 3.0], [7.0, -1.0]) == (11.0, [7.0, -1.0])


@pytest.mark.parametrize(
    ("loss", "targets", "fits"),
    [
        ("squared_error", [[-7.0, 3.0]], True),
        ("binary_cross_entropy", [[0.0, 1.0]], True),
        ("binary_cross_entropy", [[0.0, 1.1]], False),
        ("cross_entropy", [[0.25, 0.75]], True),
        ("cross_entropy", [[0.5, 0.6]], False),
        ("cross_entropy", [[-0.5, 1.5]], False),
        ("hinge", [[1.0, -1.0]], True),
        ("hinge", [[0.0, 1.0]], False),
    ],
)
def test_targets_are_checked(loss: str, targets: Any, fits: bool) -> None:
    if fits:
        check_targets(LOSSES[loss], np.array(targets))
        return
    with pytest.raises(NetworkError, match="expects targets") as caught:
        check_targets(LOSSES[loss], np.array(targets))
    assert caught.value.pointer == "/targets"
