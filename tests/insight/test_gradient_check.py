"""Gradients against central differences: right ones pass, wrong ones are named, kinks are told."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.entries import Entry
from app.engine.graph import GraphBuilder
from app.engine.op import Binding, Local
from app.engine.ops import ACTIVATIONS, OPS
from app.engine.program import Program
from app.engine.tape import Tape
from app.insight.gradient_check import (
    CURVE,
    STEP,
    GradientCheck,
    check_gradients,
    find_best,
    select_entries,
)
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, parameter_shapes
from app.networks.losses import LOSSES
from app.networks.recurrent import RecurrentSpec
from tests.insight.runs import read
from tests.insight.test_explain import EXPRESSIONS, run_expression
from tests.networks.test_recurrent import CELLS, draw, run


def check(tape: Tape, **options: Any) -> GradientCheck:
    return check_gradients(tape, [node.id for node in tape.graph.parameters], **options)


def read_network(activation: str, loss: str = "squared_error", seed: int = 0) -> Tape:
    rng = Generator(PCG64(SeedSequence(seed)))
    last = Layer(2, Choice("sigmoid" if loss == "binary_cross_entropy" else "identity"))
    spec = DenseSpec(3, (Layer(4, Choice(activation)), last), Choice(loss))
    y = np.array([[0.0, 1.0], [1.0, 0.0], [0.3, 0.7]])
    if LOSSES[loss].targets == "signs":
        y = np.where(y > 0.5, 1.0, -1.0)
    return read(spec, rng.normal(size=(3, 3)), y).tape


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_passes(activation: str) -> None:
    result = check(read_network(activation))
    assert result.passed
    assert 0.0 < result.max_relative_error < 1e-6
    assert len(result.entries) == result.total == 4 * 3 + 4 + 2 * 4 + 2
    assert result.h == STEP == pytest.approx(6.055e-6, rel=1e-3)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_passes(loss: str) -> None:
    assert check(read_network("tanh", loss)).passed


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_passes(cell: str) -> None:
    spec = RecurrentSpec(2, 3, 1, cell, loss_at="every")
    assert check(run(spec, draw(spec, 2, 4, 0)).tape).passed


@pytest.mark.parametrize("cell", CELLS)
def test_truncated_gradients_are_those_of_the_network_with_its_cuts_held(cell: str) -> None:
    spec = RecurrentSpec(2, 3, 1, cell, truncate=2)
    result = check(run(spec, draw(spec, 2, 5, 0)).tape)
    assert result.passed
    states = ("h", "c") if cell == "lstm" else ("h",)
    assert result.held == [f"time{t}.{letter}_cut" for t in (1, 3) for letter in states]


@settings(deadline=None, derandomize=True)
@given(
    EXPRESSIONS, st.lists(st.floats(0.3, 1.7).map(lambda v: round(v, 3)), min_size=3, max_size=3)
)
def test_random_expressions_pass(text: str, numbers: list[float]) -> None:
    values = dict(zip("xyz", numbers, strict=True))
    tape = run_expression(f"x + 0.1 * y - z / 7 + tanh({text})", **values)
    sizes = [np.abs(part[node.id]).max() for node in tape.graph for part in (tape.values,)]
    grads = [abs(float(tape.grads[name])) for name in values]
    # Where numbers or slopes are huge, a difference has no digits left to judge by.
    if not np.max(sizes) < 1e4 or not np.max(grads) < 1e3:
        return
    assert check_gradients(tape, list(values)).passed


def _wrong_tanh(b: Binding) -> Local:
    s = b.scratch("slope")
    return Local(s, ((np.subtract, (1.0, b.out, s)),))


def test_a_wrong_rule_fails_and_the_entries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPS, "tanh", replace(OPS["tanh"], locals=(_wrong_tanh,), floats=None))
    result = check(read_network("tanh"))
    assert not result.passed
    assert result.max_relative_error > 0.01
    wrong = {e.entry.node for e in result.entries if e.relative_error > 1e-3}
    # Only what lies before the wrong op is wrong.
    assert wrong == {"layer1.weight", "layer1.bias"}


def test_a_small_mistake_in_one_entry_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    tape = read_network("tanh")
    grads = {name: np.array(value) for name, value in tape.grads.items()}
    grads["layer1.weight"][2, 1] *= 1.0 + 1e-4
    result = check(replace(tape, grads=grads))
    assert not result.passed
    (wrong,) = [e for e in result.entries if e.relative_error > 1e-6]
    assert wrong.entry == Entry("layer1.weight", (2, 1))
    assert result.max_relative_error == wrong.relative_error == pytest.approx(1e-4, rel=0.01)


def test_a_wrong_structured_rule_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(
        OPS["softmax"], vjps=(lambda b, up, message: [(np.multiply, (up, b.out, message))],)
    )
    monkeypatch.setitem(OPS, "softmax", wrong)
    assert not check(read_network("softmax")).passed


def find_kinks(tape: Tape, *by: str) -> list[Any]:
    result = check_gradients(tape, by)
    assert result.passed
    return [entry.kink for entry in result.entries]


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("r = relu(x * 3)\nr * y", "r"),
        ("r = abs(x)\nr * y", "r"),
        ("r = leaky_relu(x - 0)\nr * y", "r"),
        ("r = selu(x)\nr * y", "r"),
        ("r = hard_tanh(x + 1)\nr * y", "r"),
        ("r = max(x, 0 * y)\nr + y", "r"),
        ("r = min(x, -x)\nr * y", "r"),
    ],
)
def test_kinks_are_named_instead_of_failed(text: str, node: str) -> None:
    tape = run_expression(text, x=0.0, y=2.0)
    assert find_kinks(tape, "x") == [Entry(node, ())]
    assert find_kinks(tape, "y") == [None]


def test_a_kink_counts_for_the_entries_that_move_its_argument() -> None:
    spec = DenseSpec(2, (Layer(2, Choice("relu")),))
    parameters = {"layer1.weight": [[1.0, -1.0], [1.0, 0.5]]}
    result = check(read(spec, [[1.0, 1.0]], [[1.0, 0.0]], parameters).tape)
    kinks = {(e.entry.node, e.entry.index): e.kink for e in result.entries}
    at = Entry("layer1.a", (0, 0))
    assert kinks == {
        ("layer1.weight", (0, 0)): at,
        ("layer1.weight", (0, 1)): at,
        ("layer1.weight", (1, 0)): None,
        ("layer1.weight", (1, 1)): None,
        ("layer1.bias", (0,)): at,
        ("layer1.bias", (1,)): None,
    }
    assert result.passed
    first = result.entries[0]
    # The slope at 0 is taken as 0, and the difference sees half of 1.
    assert first.analytic == 0.0
    assert first.numeric == pytest.approx(-1.0, rel=1e-4)


def test_a_slope_that_does_not_jump_is_no_kink() -> None:
    assert find_kinks(run_expression("elu(x)", x=0.0), "x") == [None]
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    program = Program(graph.build(graph.apply("out", "elu", "x", alpha=0.5)), {"x": ()})
    program.forward({"x": 0.0})
    assert find_kinks(program.backward(), "x") == [Entry("out", ())]


def test_a_kink_near_by_is_seen_only_by_a_step_that_reaches_it() -> None:
    tape = run_expression("relu(x)", x=1e-3)
    assert check_gradients(tape, ["x"], h=1e-2).entries[0].kink == Entry("n1", ())
    assert check_gradients(tape, ["x"], h=1e-4).entries[0].kink is None


def test_steps_asked_for_are_taken() -> None:
    tape = run_expression("x ** 3", x=2.0)
    result = check_gradients(tape, ["x"], h=1e-2)
    # (f(x + h) - f(x - h)) / 2h = 3 x^2 + h^2.
    assert result.entries[0].numeric == pytest.approx(12.0 + 1e-4, rel=1e-9)
    assert result.entries[0].relative_error == pytest.approx(1e-4 / 12, rel=1e-3)
    assert (result.passed, result.h, result.entries[0].h) == (False, 1e-2, 1e-2)


def test_another_step_is_tried_where_the_first_is_too_coarse() -> None:
    tape = run_expression("sin(100000 * x)", x=0.3)
    assert not check_gradients(tape, ["x"], h=STEP).passed
    result = check_gradients(tape, ["x"])
    assert result.passed
    assert result.entries[0].h < STEP / 10


def test_second_tries_come_out_of_the_same_purse() -> None:
    tape = run_expression("sin(100000 * x)", x=0.3)
    assert not check_gradients(tape, ["x"], most_runs=21).passed
    assert check_gradients(tape, ["x"], most_runs=22).passed


def test_large_values_have_steps_of_their_size() -> None:
    result = check_gradients(run_expression("log(x)", x=1e6), ["x"])
    assert result.entries[0].h == pytest.approx(STEP * 1e6)
    assert result.passed


def test_losses_with_few_digits_left_are_judged_by_the_digits_they_have() -> None:
    assert check_gradients(run_expression("((x + 100000) - 100000) ** 2", x=0.1), ["x"]).passed
    assert check_gradients(run_expression("1000000 + x * 0.001", x=0.1), ["x"]).passed
    wrong = run_expression("1000000 + x * 0.1", x=0.1)
    grads = {**{n: np.array(wrong.grads[n]) for n in wrong.grads}, "x": np.array(0.2)}
    assert not check_gradients(replace(wrong, grads=grads), ["x"]).passed


def test_numbers_that_are_not_finite_do_not_pass() -> None:
    result = check_gradients(run_expression("log(x) * y", x=-1.0, y=2.0), ["x", "y"])
    assert not result.passed
    assert math.isnan(result.max_relative_error)
    assert [math.isnan(entry.numeric) for entry in result.entries] == [True, True]


def test_the_curve_falls_and_rises_again() -> None:
    tape = run_expression("exp(x)", x=1.0)
    curve = check_gradients(tape, ["x"], curve=Entry("x", ())).curve
    assert [point.h for point in curve] == list(CURVE)
    assert (CURVE[0], CURVE[-1]) == (pytest.approx(0.1), pytest.approx(1e-13))
    # h^2 / 6 of curvature at the one end, digits lost at the other.
    assert curve[0].error == pytest.approx(0.1**2 / 6, rel=1e-2)
    assert curve[-1].error > 1e-5
    best = find_best(curve)
    assert best is not None
    assert 1e-8 < best < 1e-3
    assert find_best([replace(curve[0], error=math.nan)]) is None


def test_the_curve_of_a_gradient_of_zero_is_absolute() -> None:
    curve = check_gradients(
        run_expression("x * y", x=1.0, y=0.0), ["x"], curve=Entry("x", ())
    ).curve
    assert {point.error for point in curve} == {0.0}


def test_checking_leaves_the_run_as_it_was() -> None:
    tape = read_network("relu")
    before = {name: np.array(value) for name, value in tape.values.items()}
    check(tape, curve=Entry("layer1.weight", (0, 0)))
    for name, value in before.items():
        np.testing.assert_array_equal(tape.values[name], value)


def test_a_selection_reaches_every_leaf_from_end_to_end() -> None:
    leaves = {"w": np.zeros((10, 10)), "b": np.zeros(3), "v": np.zeros((1, 1))}
    chosen = select_entries(leaves, 20)
    assert [entry.node for entry in chosen] == ["w"] * 19 + ["b", "v"]
    assert chosen[0] == Entry("w", (0, 0))
    assert chosen[18] == Entry("w", (9, 9))
    assert len({entry.index for entry in chosen if entry.node == "w"}) == 19
    assert len(select_entries(leaves, 104)) == 104
    assert select_entries(leaves, 20) == chosen


@pytest.mark.parametrize(("limit", "most"), [("most_entries", 8), ("most_runs", 32)])
def test_a_selection_is_told_honestly(limit: str, most: int) -> None:
    tape = read_network("tanh")
    result = check(tape, **{limit: most})
    assert result.total == sum(
        math.prod(shape) for shape in parameter_shapes(DenseSpec(3, (Layer(4), Layer(2)))).values()
    )
    assert 4 < len(result.entries) <= 8 < result.total
    assert result.passed


def test_expressions_at_many_points_are_checked_by_the_sum_of_their_outputs() -> None:
    tape = run_expression("a * sin(x)", a=2.0, x=[0.1, 0.2, 0.3])
    result = check_gradients(tape, ["a", "x"])
    assert result.passed
    assert [entry.entry.index for entry in result.entries] == [(), (0,), (1,), (2,)]
