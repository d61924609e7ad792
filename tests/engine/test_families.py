"""What is run as one over time gives what it gives one by one, however odd the graph."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.arrays import ArrayRun
from app.engine.graph import Graph, GraphBuilder, Role
from app.engine.program import Program

BATCH, WIDTH = 3, 4
SHAPES = {
    "weight": (WIDTH, WIDTH),
    "bias": (WIDTH,),
    "row": (1, WIDTH),
    "number": (),
    "full": (BATCH, WIDTH),
    "column": (BATCH, 1),
}
UNARY = ("tanh", "sigmoid", "relu", "softmax", "log_softmax", "stop_gradient", "identity", "elu")
BINARY = ("add", "subtract", "multiply")


def rename(node_id: str) -> str:
    return node_id.replace("time", "step").replace(".", "_")


def without_time(graph: Graph) -> Graph:
    """The same graph with nothing to be grouped by."""
    nodes = tuple(
        replace(node, id=rename(node.id), inputs=tuple(map(rename, node.inputs)), time=None)
        for node in graph
    )
    return Graph(nodes, rename(graph.output))


def compare(graph: Graph, seed: int) -> None:
    """Values, gradients, messages and local derivatives, against the graph without times."""
    rng = Generator(PCG64(SeedSequence(seed)))
    shapes = {n.id: SHAPES.get(n.id, (BATCH, WIDTH)) for n in graph.leaves}
    leaves = {leaf: rng.normal(size=shape) for leaf, shape in shapes.items()}
    program = Program(graph, shapes)
    plain = Program(without_time(graph), {rename(k): v for k, v in shapes.items()})
    plain.forward({rename(k): v for k, v in leaves.items()})
    expected = plain.backward(0.7)
    for _ in range(2):  # The second run finds the buffers of the first.
        program.forward(leaves)
        tape = program.backward(0.7)
    for node in graph:
        close(tape.values[node.id], expected.values[rename(node.id)], node.id)
        if node.constant is None:
            close(tape.grads[node.id], expected.grads[rename(node.id)], f"grad of {node.id}")
    for (user, k), message in tape.messages.items():
        close(message, expected.messages[rename(user), k], f"message of {user} to input {k}")
    for (user, k), local in tape.locals.items():
        close(local, expected.locals[rename(user), k], f"local derivative of {user} by {k}")
    assert len(tape.messages) == len(expected.messages)


def close(actual: Any, expected: Any, what: str) -> None:
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12, err_msg=what)


def random_graph(seed: int) -> Graph:
    """Steps after one recipe, with exceptions, inputs of any earlier time, gaps and forks."""
    rng = Generator(PCG64(SeedSequence(seed)))
    graph = GraphBuilder()
    shared = [graph.leaf(name, "parameter", name) for name in ("weight", "bias")]
    roles: tuple[Role, ...] = ("parameter", "input")
    others = [
        graph.leaf(name, roles[int(rng.integers(2))], name)
        for name in ("row", "number", "full", "column")
    ]
    others.append(graph.constant("two", 2.0, "2"))
    with graph.at(0):
        state = graph.leaf("h", "state", "h")
    recipe = [
        (f"n{k}", "linear" if rng.random() < 0.3 else None, int(rng.integers(6)))
        for k in range(int(rng.integers(2, 7)))
    ]
    ops = {name: pick(rng, (*UNARY, *BINARY)) for name, _, _ in recipe}
    full, before = ["full", state], {"h": state}
    for time in range(1, int(rng.integers(3, 7))):
        now: dict[str, str] = {}
        with graph.at(time):
            if rng.random() < 0.8:
                now["x"] = graph.leaf("x", "input", "x")
            for name, linear, back in recipe:
                if rng.random() < 0.1:
                    continue
                op = linear or ops[name]
                if op != "linear" and rng.random() < 0.1:
                    op = pick(rng, BINARY)
                near = [*now.values(), *before.values()]
                first = near[back % len(near)] if rng.random() < 0.9 else pick(rng, full)
                inputs = [first, *shared] if op == "linear" else [first]
                if op == "linear" and rng.random() < 0.3:
                    inputs.pop()
                if op in BINARY:
                    inputs.append(pick(rng, [*near, *others, *full]))
                now[name] = graph.apply(name, op, *inputs, latex=name)
        full += now.values()
        before = now or before
    last = graph.apply("last", "add", full[-1], pick(rng, full), latex="last")
    return graph.build(graph.apply("loss", "mean", last, *full[-2:], latex="L"))


def pick(rng: Generator, options: Any) -> Any:
    return options[int(rng.integers(len(options)))]


@pytest.mark.parametrize("seed", range(400))
def test_random_graphs_over_time(seed: int) -> None:
    compare(random_graph(seed), seed)


def rnn(steps: int) -> Graph:
    graph = GraphBuilder()
    with graph.at(0):
        h = graph.leaf("h", "state", "h")
    for name in ("weight", "bias"):
        graph.leaf(name, "parameter", name)
    samples = []
    for time in range(1, steps + 1):
        with graph.at(time):
            x = graph.leaf("x", "input", "x")
            mapped = graph.apply("z_x", "linear", x, "weight", "bias", latex="z")
            recurrent = graph.apply("z_h", "linear", h, "weight", latex="z")
            z = graph.apply("z", "add", mapped, recurrent, latex="z")
            h = graph.apply("h", "tanh", z, latex="h")
            samples.append(graph.apply("square", "square", h, latex="h"))
    return graph.build(graph.apply("loss", "mean", *samples, latex="L"))


def count_calls(run: ArrayRun) -> int:
    return len(run._forward) + len(run._needed)


def test_only_the_recurrence_itself_costs_calls_per_step() -> None:
    graphs = [rnn(steps) for steps in (20, 30)]
    counts = []
    for graph in graphs:
        program = Program(graph, {n.id: SHAPES.get(n.id, (BATCH, WIDTH)) for n in graph.leaves})
        assert isinstance(program._run, ArrayRun)
        counts.append(count_calls(program._run))
    # Forward: the map of the state, the sum, tanh. Backward: the map, the sum, times the slope.
    assert counts[1] - counts[0] == 10 * 6
    compare(graphs[0], 1)


def test_a_parameter_that_is_broadcast_over_rows_gets_the_sum_over_time() -> None:
    graph = GraphBuilder()
    graph.leaf("bias", "parameter", "p")
    terms = []
    for time in (1, 2, 3):
        with graph.at(time):
            x = graph.leaf("x", "input", "x")
            terms.append(graph.apply("scaled", "multiply", x, "bias", latex="s"))
    built = graph.build(graph.apply("loss", "sum", *terms, latex="L"))
    leaves = {f"time{t}.x": np.full((BATCH, WIDTH), float(t)) for t in (1, 2, 3)}
    program = Program(built, {**{k: v.shape for k, v in leaves.items()}, "bias": (WIDTH,)})
    program.forward({**leaves, "bias": np.ones(WIDTH)})
    tape = program.backward()
    assert tape.grads["bias"].tolist() == [BATCH * 6.0] * WIDTH
    messages = [tape.messages[f"time{t}.scaled", 1].tolist() for t in (1, 2, 3)]
    assert messages == [[BATCH * float(t)] * WIDTH for t in (1, 2, 3)]
    compare(built, 3)


def test_slices_of_rows_that_lie_apart_are_not_taken_for_neighbors() -> None:
    graph = GraphBuilder()
    graph.leaf("weight", "parameter", "w")
    parts = []
    for time in (1, 2, 3):
        with graph.at(time):
            x = graph.leaf("x", "input", "x")
            z = graph.apply("z", "linear", x, "weight", latex="z")
            half = graph.apply("half", "slice", z, latex="z", start=1, stop=3)
            parts.append(graph.apply("a", "tanh", half, latex="a"))
    compare(graph.build(graph.apply("loss", "mean", *parts, latex="L")), 4)


@pytest.mark.parametrize("seed", range(60))
def test_the_fast_path_and_the_recorded_path_give_the_same_bytes(seed: int) -> None:
    graph = random_graph(seed)
    shapes = {n.id: SHAPES.get(n.id, (BATCH, WIDTH)) for n in graph.leaves}
    rng = Generator(PCG64(SeedSequence(2)))
    leaves = {leaf: rng.normal(size=shape) for leaf, shape in shapes.items()}
    programs = [Program(graph, shapes), Program(graph, shapes)]
    grads: list[list[bytes]] = [[], []]
    for program, record, found in zip(programs, (False, True), grads, strict=True):
        program.load(leaves)
        for _ in range(3):
            program.forward()
            program.backward(record=record)
            found.append(program.parameter_grads.tobytes())
            program.parameters -= 0.1 * program.parameter_grads
    assert grads[0] == grads[1]
    # Turning the record on later finds everything that the steps before left out.
    late = programs[0].backward()
    for key, message in programs[1].backward().messages.items():
        np.testing.assert_array_equal(late.messages[key], message)
