"""Kinks: ops say where they are, and only those that a step reaches are found."""

from typing import Any

import numpy as np
import pytest

from app.engine.entries import Entry
from app.engine.graph import GraphBuilder
from app.engine.ops import OPS
from app.engine.program import Program
from app.insight.kinks import Kinks
from tests.insight.test_explain import run_expression

UNARY = [name for name, op in OPS.items() if op.elementwise and len(op.locals) == 1]
SPACING = 1e-3


def find_jumps(name: str, **options: Any) -> list[float]:
    """Where the slope changes by more than any smooth op's does over a thousandth."""
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    points = np.arange(0.1 if name in ("log", "sqrt") else -3.0, 3.0, SPACING) + SPACING / 2
    program = Program(graph.build(graph.apply("out", name, "x", **options)), {"x": points.shape})
    program.forward({"x": points})
    slopes = program.backward().grads["x"]
    jumps = np.abs(np.diff(slopes)) > 0.1
    return [round(float(x), 3) for x in points[:-1][jumps] + SPACING / 2]


@pytest.mark.parametrize("name", UNARY)
def test_ops_say_where_their_slope_jumps(name: str) -> None:
    # With these options elu bends too, which it does not with its own.
    options = {"alpha": 0.5} if name == "elu" else {}
    assert find_jumps(name, **options) == list(OPS[name].kinks)


def test_ops_of_two_inputs_say_whether_ties_matter() -> None:
    assert {name for name, op in OPS.items() if op.ties} == {"maximum", "minimum"}


def test_the_first_of_several_kinks_is_named_by_its_entry() -> None:
    tape = run_expression("relu(x) + relu(x - 1)", x=[-1.0, 0.5, 1.0])
    kinks = Kinks(tape.graph)
    here = kinks.read(tape.values)
    moved = {**tape.values, "x": np.array([-1.0, -0.5, 1.5])}
    assert kinks.find_crossed(here, kinks.read(moved)) == Entry("n1", (1,))
    assert kinks.find_crossed(here, here) is None


def test_what_does_not_lead_to_the_output_is_not_watched() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    graph.apply("aside", "relu", "x")
    built = graph.build(graph.apply("out", "square", "x"))
    assert Kinks(built).read({"x": np.zeros(1), "aside": np.zeros(1), "out": np.zeros(1)}) == []
