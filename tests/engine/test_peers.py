"""Layers that share the calls for their local derivatives give what each gives alone."""

from typing import Any

import numpy as np
import pytest
from numpy.random import PCG64, Generator, SeedSequence

from app.engine import peers
from app.engine.arrays import ArrayRun
from app.engine.graph import Graph, GraphBuilder
from app.engine.ops import OPS
from app.engine.program import Program

UNARY = [
    name
    for name, op in OPS.items()
    if op.elementwise and len(op.local_latex) == 1 and op.view is None
]
SHAPES = {
    "x": (5, 3),
    "layer1.weight": (4, 3),
    "layer1.bias": (4,),
    "layer2.weight": (7, 4),
    "layer2.bias": (7,),
    "layer3.weight": (60, 7),
    "layer3.bias": (60,),
    "y": (5, 60),
}


def layers(names: tuple[str, str, str], **options: Any) -> Graph:
    """Three layers, of which the middle one's activation has two uses, and a mean of squares."""
    graph = GraphBuilder()
    below = graph.leaf("x", "input", "x")
    for number, name in enumerate(names, start=1):
        weight = graph.leaf(f"layer{number}.weight", "parameter", "W", number)
        bias = graph.leaf(f"layer{number}.bias", "parameter", "b", number)
        z = graph.apply(f"layer{number}.z", "linear", below, weight, bias, layer=number)
        below = graph.apply(f"layer{number}.a", name, z, layer=number, **options)
    graph.leaf("y", "target", "y")
    error = graph.apply("error", "subtract", below, "y")
    square = graph.apply("square", "square", error)
    twice = graph.apply("twice", "sum", "layer2.a")
    mean = graph.apply("mean", "mean", square)
    return graph.build(graph.apply("loss", "add", mean, twice))


def draw(seed: int) -> dict[str, Any]:
    rng = Generator(PCG64(SeedSequence(seed)))
    return {name: rng.uniform(0.1, 1.0, shape) for name, shape in SHAPES.items()}


def count_needed(graph: Graph) -> int:
    run = Program(graph, SHAPES)._run
    assert isinstance(run, ArrayRun)
    return len(run._needed)


@pytest.mark.parametrize("name", UNARY)
def test_peers_give_the_same_bytes_as_each_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = layers((name, name, name))
    together = Program(graph, SHAPES)
    monkeypatch.setattr(peers, "ENTRIES", 0)
    alone = Program(graph, SHAPES)
    for seed in range(3):  # A later run finds the buffers of the one before.
        tapes = []
        for program in (together, alone):
            program.forward(draw(seed))
            tapes.append(program.backward(0.7))
        told, expected = tapes
        for node in graph:
            np.testing.assert_array_equal(told.values[node.id], expected.values[node.id])
            np.testing.assert_array_equal(told.grads[node.id], expected.grads[node.id])
        for edge, message in expected.messages.items():
            np.testing.assert_array_equal(told.messages[edge], message)
        for edge, local in expected.locals.items():
            np.testing.assert_array_equal(told.locals[edge], local)


def test_layers_alike_need_fewer_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    alike, mixed = layers(("tanh",) * 3), layers(("tanh", "exp", "tanh"))
    counts = count_needed(alike), count_needed(mixed)
    monkeypatch.setattr(peers, "ENTRIES", 0)
    # Two calls each: the square of the output, and 1 minus that.
    assert counts == (count_needed(alike) - 4, count_needed(mixed) - 2)


def test_other_options_are_another_op() -> None:
    graph = GraphBuilder()
    x = graph.leaf("x", "parameter", "x")
    graph.leaf("w", "parameter", "w")
    z = graph.apply("z", "multiply", x, "w")
    small = graph.apply("small", "leaky_relu", z, negative_slope=0.1)
    y = graph.apply("y", "multiply", small, "w")
    large = graph.apply("large", "leaky_relu", y, negative_slope=0.5)
    program = Program(graph.build(graph.apply("f", "sum", large)), {"x": (2, 2), "w": (2, 2)})
    program.forward({"x": -np.ones((2, 2)), "w": np.ones((2, 2))})
    tape = program.backward()
    np.testing.assert_array_equal(tape.locals["small", 0], np.full((2, 2), 0.1))
    np.testing.assert_array_equal(tape.locals["large", 0], np.full((2, 2), 0.5))
    np.testing.assert_allclose(tape.grads["x"], np.full((2, 2), 0.05), rtol=1e-15)


@pytest.mark.parametrize("name", ["tanh", "relu", "square"])
def test_a_step_in_one_go_is_forward_and_backward(name: str) -> None:
    graph = layers((name,) * 3)
    first, second = Program(graph, SHAPES), Program(graph, SHAPES)
    for seed in range(3):
        first.load(draw(seed))
        loss = first.differentiate()
        second.forward(draw(seed))
        second.backward(record=False)
        assert float(loss) == float(second.tape.values["loss"])
        np.testing.assert_array_equal(first.parameter_grads, second.parameter_grads)
        # Another seed in between changes nothing.
        first.backward(0.25)
        np.testing.assert_allclose(first.parameter_grads, 0.25 * second.parameter_grads)
