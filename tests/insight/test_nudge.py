"""What the gradient predicts and what happens."""

import math

import numpy as np
import pytest

from app.engine.entries import Entry
from app.insight.nudge import nudge
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.networks.recurrent import RecurrentSpec
from tests.insight.runs import read, read_neuron
from tests.insight.test_explain import run_expression
from tests.networks.test_recurrent import draw, run


def test_the_worked_example() -> None:
    told = nudge(read_neuron(0.0).tape, Entry("layer1.weight", (0, 0)), 0.1)
    # L = (2 w)^2 at w = 0.5: dL/dw = 4, and (2 * 0.6)^2 = 1.44.
    assert (told.value_before, told.value_after, told.grad) == (0.5, 0.6, 4.0)
    assert told.predicted == pytest.approx(0.4)
    assert told.actual == pytest.approx(0.44)
    assert told.loss_before == 1.0
    assert told.loss_after == pytest.approx(1.44)


@pytest.mark.parametrize(
    "entry",
    [
        Entry("layer1.weight", (1, 0)),
        Entry("layer1.bias", (0,)),
        Entry("layer1.z", (2, 1)),
        Entry("layer2.a", (0, 0)),
        Entry("loss.sample", (1,)),
        Entry("x", (1, 1)),
        Entry("y", (0, 0)),
        Entry("loss", ()),
    ],
)
def test_a_small_nudge_of_anything_does_as_predicted(entry: Entry) -> None:
    spec = DenseSpec(2, (Layer(2, Choice("tanh")), Layer(1)))
    tape = read(spec, [[1, 2], [0.5, -1], [3, 1]], [[0.3], [1], [-1]]).tape
    before = {name: np.array(value) for name, value in tape.values.items()}
    told = nudge(tape, entry, 1e-6)
    assert told.actual == pytest.approx(told.predicted, rel=1e-4)
    assert told.predicted == pytest.approx(float(tape.grads[entry.node][entry.index]) * 1e-6)
    for name, value in before.items():
        np.testing.assert_array_equal(tape.values[name], value)


def test_what_predicts_and_what_happens_part_by_the_square_of_the_nudge() -> None:
    tape = run_expression("x ** 3", x=2.0)
    for delta in (0.1, 0.01, 0.001):
        told = nudge(tape, Entry("x", ()), delta)
        assert told.actual - told.predicted == pytest.approx(6 * delta**2 + delta**3, rel=1e-6)


def test_a_truncated_gradient_does_not_see_all_that_happens() -> None:
    spec = RecurrentSpec(1, 1, 1, "rnn", truncate=1)
    told = nudge(run(spec, draw(spec, 1, 4, 0)).tape, Entry("time1.h", (0, 0)), 0.1)
    assert told.predicted == 0.0
    assert told.actual != 0.0


def test_a_nudge_may_leave_the_range_of_numbers() -> None:
    told = nudge(run_expression("log(x)", x=1.0), Entry("x", ()), -2.0)
    assert math.isnan(told.loss_after)
    assert math.isnan(told.actual)
    assert told.predicted == -2.0


def test_all_points_of_an_expression_count() -> None:
    tape = run_expression("a * x", a=2.0, x=[1.0, 2.0, 3.0])
    told = nudge(tape, Entry("a", ()), 0.5)
    assert (told.loss_before, told.predicted, told.actual) == (12.0, 3.0, 3.0)
