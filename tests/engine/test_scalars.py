"""Single numbers on floats: the same results as on arrays, errors of floats included."""

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.arrays import ArrayRun
from app.engine.graph import Graph, GraphBuilder
from app.engine.ops import OPS
from app.engine.program import Program
from app.engine.scalars import ScalarRun

WITH_FLOATS = [name for name, op in OPS.items() if op.floats is not None]
POINTS = (-2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0, 800.0, 1e200, math.inf, -math.inf, math.nan)


def run_arrays(graph: Graph, leaves: dict[str, float]) -> ArrayRun:
    run = ArrayRun(graph, {node.id: () for node in graph})
    for leaf, value in leaves.items():
        run.load(leaf, np.array(value))
    run.forward()
    run.backward(1.0, record=True)
    return run


def assert_as_on_arrays(graph: Graph, leaves: dict[str, float], tolerance: float = 1e-15) -> None:
    program = Program(graph, dict.fromkeys(leaves, ()))
    program.forward(leaves)
    tape, expected = program.backward(), run_arrays(graph, leaves).tape
    for name in ("values", "grads", "messages", "locals"):
        actual, wanted = getattr(tape, name), getattr(expected, name)
        assert set(actual) == set(wanted)
        for key in wanted:
            np.testing.assert_allclose(actual[key], wanted[key], rtol=tolerance, err_msg=key)


def unary_or_binary(name: str, *, scaled: bool = True) -> Graph:
    graph = GraphBuilder()
    inputs = [graph.leaf(f"x{k}", "input", "x") for k in range(len(OPS[name].local_latex))]
    output = graph.apply("out", name, *inputs)
    return graph.build(output)


@pytest.mark.parametrize("name", WITH_FLOATS)
def test_every_op_is_the_same_on_floats_as_on_arrays(name: str) -> None:
    graph = unary_or_binary(name)
    for values in product(POINTS, repeat=len(graph.leaves)):
        assert_as_on_arrays(graph, {f"x{k}": value for k, value in enumerate(values)}, 1e-14)


def test_these_ops_are_run_on_floats() -> None:
    graph = unary_or_binary("multiply")
    assert ScalarRun.suits(graph, {node.id: () for node in graph})
    assert {"add", "multiply", "power", "tanh", "exp", "log", "relu"} <= set(WITH_FLOATS)


def random_graph(seed: int, count: int) -> tuple[Graph, dict[str, float]]:
    rng = Generator(PCG64(SeedSequence(seed)))
    graph = GraphBuilder()
    leaves = {
        graph.leaf(f"x{k}", "parameter" if k % 2 else "input", "x"): float(rng.normal())
        for k in range(5)
    }
    names = [*leaves, graph.constant("two", 2.0, "2"), graph.constant("half", 0.5, "h")]
    for number in range(count):
        op = WITH_FLOATS[int(rng.integers(len(WITH_FLOATS)))]
        arity = len(OPS[op].local_latex)
        inputs = [names[int(rng.integers(len(names)))] for _ in range(arity)]
        names.append(graph.apply(f"n{number}", op, *inputs, latex="n"))
    return graph.build(names[-2]), leaves


@pytest.mark.parametrize("seed", range(60))
def test_random_graphs_are_the_same_on_floats_as_on_arrays(seed: int) -> None:
    assert_as_on_arrays(*random_graph(seed, 12), tolerance=1e-11)


def test_after_a_division_by_zero_floats_are_used_again() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "parameter", "x")
    one = graph.constant("one", 1.0, "1")
    program = Program(graph.build(graph.apply("f", "divide", one, "x")), {"x": ()})
    program.forward({"x": 0.0})
    assert program.tape.values["f"] == math.inf
    assert program.backward().grads["x"] == -math.inf
    program.forward({"x": 4.0})
    assert program.tape.values["f"] == 0.25
    assert program.backward().grads["x"] == -0.0625


def test_a_slope_that_is_infinite_is_a_result() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "parameter", "x")
    program = Program(graph.build(graph.apply("f", "sqrt", "x")), {"x": ()})
    program.forward({"x": 0.0})
    assert program.backward().grads["x"] == math.inf
    assert program.parameter_grads.tolist() == [math.inf]


def test_parameters_are_read_from_their_vector() -> None:
    graph = GraphBuilder()
    graph.leaf("a", "input", "a")
    graph.leaf("w", "parameter", "w")
    program = Program(graph.build(graph.apply("f", "multiply", "a", "w")), {"a": (), "w": ()})
    program.forward({"a": 3.0, "w": 5.0})
    program.backward(2.0)
    assert program.parameter_grads.tolist() == [6.0]
    program.parameters[:] = 7.0
    assert program.forward().values["f"] == 21.0
    assert program.tape.values["w"] == 7.0


def test_what_does_not_lead_to_the_output_has_no_gradient() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    output = graph.apply("f", "exp", "x")
    graph.apply("beside", "multiply", "x", output)
    built: Any = graph.build(output)
    program = Program(built, {"x": ()})
    program.forward({"x": 0.0})
    tape = program.backward()
    assert [float(tape.grads[node]) for node in ("x", "f", "beside")] == [1.0, 1.0, 0.0]
    assert_as_on_arrays(built, {"x": 0.3})
