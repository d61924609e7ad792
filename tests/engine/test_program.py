"""Programs and the tapes that they write."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.errors import EngineError, ShapeError
from app.engine.graph import Graph, GraphBuilder
from app.engine.program import Program
from app.engine.tape import Tape
from tests.complex_step import differentiate, evaluate


def assert_grads_are_sums_of_messages(tape: Tape) -> None:
    """The sentence that is backpropagation, for every node but the output and constants."""
    for node in tape.graph:
        if node.constant is not None or node.id == tape.graph.output:
            continue
        messages = [tape.messages[user.id, k] for user, k in tape.graph.consumers[node.id]]
        total = sum(messages, np.zeros(tape.values[node.id].shape))
        np.testing.assert_allclose(tape.grads[node.id], total, rtol=1e-15, atol=0)


def fork() -> Graph:
    """f = x * x + x * w + w, a graph in which both leaves are used more than once."""
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    graph.leaf("w", "parameter", "w")
    square = graph.apply("square", "multiply", "x", "x")
    product = graph.apply("product", "multiply", "x", "w")
    both = graph.apply("both", "add", square, product)
    return graph.build(graph.apply("f", "add", both, "w"))


def test_a_fork_adds_its_messages() -> None:
    program = Program(fork(), {"x": (), "w": ()})
    program.forward({"x": 3.0, "w": 5.0})
    tape = program.backward()
    assert tape.values["f"] == 29.0
    assert tape.grads["x"] == 2 * 3.0 + 5.0
    assert tape.grads["w"] == 3.0 + 1.0
    assert [tape.messages["square", k] for k in (0, 1)] == [3.0, 3.0]
    assert_grads_are_sums_of_messages(tape)


def test_running_backward_twice_gives_the_same_numbers() -> None:
    program = Program(fork(), {"x": (), "w": ()})
    program.forward({"x": 3.0, "w": 5.0})
    first = {k: v.tobytes() for k, v in program.backward().grads.items()}
    again = {k: v.tobytes() for k, v in program.backward().grads.items()}
    program.forward({"x": -1.0, "w": 7.0})
    program.backward()
    program.forward({"x": 3.0, "w": 5.0})
    back = {k: v.tobytes() for k, v in program.backward().grads.items()}
    assert first == again == back


def test_the_seed_scales_every_gradient() -> None:
    program = Program(fork(), {"x": (), "w": ()})
    program.forward({"x": 3.0, "w": 5.0})
    assert program.backward(seed=10.0).grads["x"] == 110.0
    assert program.backward().grads["x"] == 11.0


def test_what_depends_on_the_seed_alone_follows_it() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "parameter", "x")
    half = graph.constant("half", 0.5, "h")
    halved = graph.apply("halved", "multiply", half, graph.apply("square", "square", "x"))
    program = Program(graph.build(graph.apply("loss", "mean", halved)), {"x": (4,)})
    program.forward({"x": [1.0, 2.0, 3.0, 4.0]})
    for seed in (1.0, 1.0, 8.0, np.array(-4.0), 1.0, 2, 1.0, float("nan"), 1.0):
        for record in (False, True):
            grad = program.backward(seed, record=record).grads["x"]
            np.testing.assert_array_equal(grad, np.array([0.25, 0.5, 0.75, 1.0]) * seed)


@pytest.mark.parametrize(("x", "w"), [((4,), ()), ((4, 3), (3,)), ((4, 3), (4, 1)), ((), (2,))])
def test_broadcasting_is_undone_by_sums(x: tuple[int, ...], w: tuple[int, ...]) -> None:
    rng = Generator(PCG64(SeedSequence(1)))
    leaves = {"x": rng.normal(size=x), "w": rng.normal(size=w)}
    graph = fork()
    program = Program(graph, {"x": x, "w": w})
    program.forward(leaves)
    seed = rng.normal(size=program.tape.values["f"].shape)
    tape = program.backward(seed)
    for leaf in leaves:
        expected = differentiate(graph, leaves, leaf, seed)
        np.testing.assert_allclose(tape.grads[leaf], expected, rtol=1e-12, atol=1e-14)
    assert_grads_are_sums_of_messages(tape)


def test_parameters_and_their_gradients_are_views_of_flat_vectors() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    graph.leaf("weight", "parameter", "W")
    graph.leaf("bias", "parameter", "b")
    z = graph.apply("z", "linear", "x", "weight", "bias")
    program = Program(
        graph.build(graph.apply("sum", "sum", z)), {"x": (2, 3), "weight": (4, 3), "bias": (4,)}
    )
    program.forward({"x": np.ones((2, 3)), "weight": np.ones((4, 3)), "bias": np.ones(4)})
    program.backward()
    assert program.parameters.tolist() == [1.0] * 16
    assert program.parameter_grads.tolist() == [2.0] * 16
    program.parameters[:] = 3.0
    assert float(program.forward().values["sum"]) == 2 * 4 * (3 * 3.0 + 3.0)


def test_constants_have_no_gradient() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    graph.constant("two", 2.0, "2")
    program = Program(graph.build(graph.apply("n", "multiply", "two", "x")), {"x": (3,)})
    program.forward({"x": [1.0, 2.0, 3.0]})
    tape = program.backward(np.ones(3))
    assert "two" not in tape.grads
    assert tape.grads["x"].tolist() == [2.0, 2.0, 2.0]


def test_a_leaf_that_nothing_uses_has_a_gradient_of_zero() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    graph.leaf("unused", "parameter", "u")
    program = Program(graph.build(graph.apply("n", "exp", "x")), {"x": (), "unused": (2,)})
    program.forward({"x": 1.0, "unused": [1.0, 1.0]})
    assert program.backward().grads["unused"].tolist() == [0.0, 0.0]


def test_overflow_is_a_result_and_not_a_warning() -> None:
    program = Program(fork(), {"x": (), "w": ()})
    tape = program.forward({"x": 1e200, "w": 1e200})
    assert np.isinf(tape.values["f"])
    assert np.isfinite(program.backward().grads["x"])


def test_shapes_that_do_not_fit_are_named() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    graph.leaf("weight", "parameter", "W")
    built = graph.build(graph.apply("z", "linear", "x", "weight"))
    with pytest.raises(ShapeError, match=r"z: expected x \[2, 3\] needs a weight"):
        Program(built, {"x": (2, 3), "weight": (4, 5)})
    program = Program(built, {"x": (2, 3), "weight": (4, 3)})
    with pytest.raises(ShapeError, match=r"x: expected shape \[2, 3\], got shape \[3, 2\]"):
        program.forward({"x": np.ones((3, 2))})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"x": 1.0}, r"no value was given for \['w'\]"),
        ({"f": 1.0}, "f is not a leaf"),
        ({"nothing": 1.0}, "nothing is not a leaf"),
    ],
)
def test_leaves_are_all_and_only_what_is_loaded(values: dict[str, Any], message: str) -> None:
    with pytest.raises(EngineError, match=message):
        Program(fork(), {"x": (), "w": ()}).forward(values)


def test_every_leaf_needs_a_shape() -> None:
    with pytest.raises(EngineError, match="no shape was given for the leaf w"):
        Program(fork(), {"x": ()})


SAFE_OPS = {
    "tanh": 1,
    "sigmoid": 1,
    "sin": 1,
    "add": 2,
    "subtract": 2,
    "multiply": 2,
    "softplus": 1,
}


@st.composite
def random_graphs(draw: st.DrawFn) -> tuple[Graph, dict[str, Any]]:
    graph = GraphBuilder()
    count = draw(st.integers(1, 3))
    nodes = [graph.leaf(f"x{k}", "input", "x") for k in range(count)]
    leaves = {node: draw(st.floats(-2, 2)) for node in nodes}
    for number in range(draw(st.integers(1, 12))):
        op = draw(st.sampled_from(sorted(SAFE_OPS)))
        inputs = [draw(st.sampled_from(nodes)) for _ in range(SAFE_OPS[op])]
        nodes.append(graph.apply(f"n{number}", op, *inputs))
    return graph.build(nodes[-1]), leaves


@settings(deadline=None, max_examples=150, derandomize=True)
@given(random_graphs())
def test_random_scalar_graphs_agree_with_the_complex_step(
    case: tuple[Graph, dict[str, Any]],
) -> None:
    graph, leaves = case
    program = Program(graph, dict.fromkeys(leaves, ()))
    program.forward(leaves)
    tape = program.backward()
    expected = evaluate(graph, leaves)[graph.output]
    np.testing.assert_allclose(tape.values[graph.output], expected, rtol=1e-12, atol=1e-13)
    for leaf in leaves:
        np.testing.assert_allclose(
            tape.grads[leaf], differentiate(graph, leaves, leaf), rtol=1e-11, atol=1e-12
        )
    assert_grads_are_sums_of_messages(tape)


@pytest.mark.parametrize("shape", [(), (2, 2)])
def test_calls_may_follow_in_the_same_go(shape: tuple[int, ...]) -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    graph.leaf("w", "parameter", "w")
    product = graph.apply("f", "multiply", "x", "w")
    output = graph.apply("sum", "sum", product) if shape else product
    program = Program(graph.build(output), {"x": shape, "w": shape})
    program.load({"x": np.full(shape, 3.0), "w": np.full(shape, 2.0)})
    move = (np.subtract, (program.parameters, program.parameter_grads, program.parameters))
    value = program.differentiate((move,))
    assert float(value) == 6.0 * len(program.parameters)
    np.testing.assert_array_equal(program.parameters, np.full(program.parameters.shape, -1.0))
    program.differentiate()
    np.testing.assert_array_equal(program.parameters, np.full(program.parameters.shape, -1.0))
    program.differentiate((move,))
    np.testing.assert_array_equal(program.parameters, np.full(program.parameters.shape, -4.0))
