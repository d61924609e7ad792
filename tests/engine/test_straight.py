"""Straight code against the loop: the same bytes, whatever is run in whatever order."""

import math
import re
import struct
from collections.abc import Callable, Hashable, Mapping
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import scalars
from app.engine.graph import Graph, GraphBuilder
from app.engine.op import Array
from app.engine.ops import OPS
from app.engine.program import Program
from app.engine.straight import NODES, PIECE, RUNS, write_backward, write_forward

FLOATS = {name: op.floats for name, op in OPS.items() if op.floats is not None}
NUMBERS = (-2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0, 800.0, 1e200, math.inf, -math.inf, math.nan)
Action = Callable[[Program], object]


def pack(number: Array | float) -> bytes:
    # Which NaN comes out of two is up to the compiler of Python; it is never asked for.
    return b"nan" if math.isnan(number) else struct.pack("d", number)


def copy_tape(program: Program) -> dict[str, Any]:
    def pack_all(numbers: Mapping[Any, Array | float]) -> dict[Hashable, bytes]:
        return {key: pack(number) for key, number in numbers.items()}

    tape = program.tape
    parts = {name: getattr(tape, name) for name in ("values", "grads", "messages", "locals")}
    found: dict[str, Any] = {name: pack_all(part) for name, part in parts.items()}
    found["parameters"] = [pack(number) for number in program.parameters]
    found["parameter_grads"] = [pack(number) for number in program.parameter_grads]
    return found


def act(graph: Graph, actions: list[Action], runs: int) -> list[dict[str, Any]]:
    """What the tape holds after each action, in a program written out from run ``runs`` on."""
    program = Program(graph, {node.id: () for node in graph.leaves})
    found = []
    with patch.object(scalars, "RUNS", runs):
        for action in actions:
            action(program)
            found.append(copy_tape(program))
    return found


def assert_same_bytes(graph: Graph, actions: list[Action], runs: int = 1) -> None:
    looped = act(graph, actions, runs=0)
    assert act(graph, actions, runs) == looped


def forward(values: dict[str, float]) -> Action:
    return lambda program: program.forward(values)


def load(node: str, value: float) -> Action:
    return lambda program: program.load({node: value})


def backward(seed: float = 1.0) -> Action:
    return lambda program: program.backward(seed)


def move(value: float) -> Action:
    def write(program: Program) -> None:
        program.parameters[:] = value

    return write


@st.composite
def runs_of_graphs(draw: st.DrawFn) -> tuple[Graph, list[Action], int]:
    numbers = st.one_of(st.floats(-3, 3), st.sampled_from(NUMBERS))
    graph = GraphBuilder()
    roles = draw(st.lists(st.sampled_from(("parameter", "input")), min_size=1, max_size=4))
    leaves = [graph.leaf(f"x{k}", role, "x") for k, role in enumerate(roles)]  # type: ignore[arg-type]
    nodes = list(leaves)
    for number in range(draw(st.integers(1, 25))):
        if draw(st.integers(0, 9)) == 0:
            nodes.append(graph.constant(f"c{number}", draw(numbers), "c"))
        op = draw(st.sampled_from(sorted(FLOATS)))
        inputs = [draw(st.sampled_from(nodes)) for _ in FLOATS[op].locals]
        nodes.append(graph.apply(f"n{number}", op, *inputs, latex="n"))
    output = draw(st.sampled_from([n for n in nodes if not n.startswith("c")]))
    actions = [forward({leaf: draw(numbers) for leaf in leaves})]
    further = st.one_of(
        st.dictionaries(st.sampled_from(leaves), numbers).map(forward),
        st.builds(load, st.sampled_from(leaves), numbers),
        st.builds(backward, numbers),
        st.builds(move, numbers),
    )
    actions += [backward(draw(numbers)), *draw(st.lists(further, max_size=6)), backward()]
    return graph.build(output), actions, draw(st.integers(1, 3))


@settings(deadline=None, max_examples=120, derandomize=True)
@given(runs_of_graphs())
def test_straight_code_leaves_the_same_bytes_as_the_loop(
    case: tuple[Graph, list[Action], int],
) -> None:
    assert_same_bytes(*case)


@pytest.mark.parametrize("name", FLOATS)
def test_every_op_is_the_same_written_out(name: str) -> None:
    arity = len(FLOATS[name].locals)
    graph = GraphBuilder()
    leaves = [graph.leaf(f"x{k}", "input", "x") for k in range(arity)]
    built = graph.build(graph.apply("out", name, *leaves))
    actions: list[Action] = []
    for values in product(NUMBERS, repeat=arity):
        actions += [forward(dict(zip(leaves, values, strict=True))), backward(-0.0), backward(3.0)]
    assert_same_bytes(built, actions)


def use_often(times: int) -> Graph:
    graph = GraphBuilder()
    total = graph.leaf("x", "parameter", "x")
    for number in range(times):
        total = graph.apply(
            f"n{number}",
            ("add", "multiply", "sin")[number % 3],
            *((total,) if number % 3 == 2 else (total, "x")),
            latex="n",
        )
    return graph.build(total)


@pytest.mark.parametrize("times", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 1, NODES - 1])
def test_values_used_very_often_are_summed_in_order(times: int) -> None:
    actions = [forward({"x": 0.9}), backward(0.7), forward({"x": -0.3}), backward()]
    assert_same_bytes(use_often(times), actions)


def test_an_error_in_the_derivatives_falls_back_to_arrays_and_returns() -> None:
    graph = GraphBuilder()
    leaves = {graph.leaf("x", "parameter", "x"): 0.0, graph.leaf("y", "input", "y"): 2.0}
    built = graph.build(graph.apply("f", "multiply", graph.apply("r", "sqrt", "x"), "y"))
    after = [forward({"x": 4.0}), backward(3.0), backward(-1.0)]
    assert_same_bytes(built, [forward(leaves), backward(2.0), *after])
    tape = Program(built, {"x": (), "y": ()})
    with patch.object(scalars, "RUNS", 1):
        tape.forward(leaves)
        assert tape.backward().grads["x"] == math.inf
        tape.forward({"x": 4.0})
        assert tape.backward(3.0).grads["x"] == 1.5


def test_no_gradient_is_minus_zero_but_the_seed() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "parameter", "x")
    minus = graph.constant("minus", -2.0, "-2")
    built = graph.build(graph.apply("f", "multiply", graph.apply("g", "identity", "x"), minus))
    program = Program(built, {"x": ()})
    with patch.object(scalars, "RUNS", 1):
        program.forward({"x": 1.0})
        assert [math.copysign(1, program.backward(0.0).grads[n]) for n in ("x", "g")] == [1, 1]
        assert math.copysign(1, program.backward(-0.0).grads["f"]) == -1


def test_only_what_runs_often_is_written_out_once() -> None:
    program = Program(use_often(3), {"x": ()})
    with (
        patch.object(scalars, "write_forward", wraps=write_forward) as forwards,
        patch.object(scalars, "write_backward", wraps=write_backward) as backwards,
    ):
        program.load({"x": 0.5})
        for _ in range(RUNS - 1):
            program.forward()
        assert not forwards.called
        program.forward()
        program.forward()
        assert forwards.call_count == 1
        assert not backwards.called
        for _ in range(RUNS + 1):
            program.backward()
        assert backwards.call_count == 1


def test_large_graphs_are_not_written_out() -> None:
    actions = [forward({"x": 0.5}), backward()]
    with patch.object(scalars, "write_forward", wraps=write_forward) as forwards:
        act(use_often(NODES - 1), actions, runs=1)
        assert forwards.call_count == 1
        act(use_often(NODES), actions, runs=1)
        assert forwards.call_count == 1


def test_ids_and_numbers_stay_out_of_the_code() -> None:
    graph = GraphBuilder()
    graph.leaf("x\nimport os", "parameter", "{x}")
    constants = [graph.constant(f"c{n}'\"", n, "c") for n in (math.inf, math.nan, -7.25)]
    last = "x\nimport os"
    for number, constant in enumerate(constants):
        last = graph.apply(f"{{y}};{number}", "power", last, constant, latex="n")
    written: list[Any] = []
    with (
        patch.object(scalars, "write_forward", lambda *a: written.append(write_forward(*a))),
        patch.object(scalars, "write_backward", lambda *a: written.append(write_backward(*a))),
    ):
        act(graph.build(last), [forward({"x\nimport os": 0.5}), backward()], runs=1)
    for function in written:
        code = function.__code__
        names = [*code.co_varnames, *code.co_names]
        assert all(re.fullmatch(r"[fgv]\d+|slots|grads|seed", name) for name in names), names
        assert all(
            number is None or number == 0.0 or isinstance(number, int) for number in code.co_consts
        )
    assert len(written) == 2
