"""Graphs taken apart into single numbers."""

from typing import Any

import numpy as np
import pytest

from app.engine.dependence import Axis, align, find_fed, sum_fed
from app.engine.entries import Entries, Entry, Use
from app.engine.graph import GraphBuilder
from app.engine.op import Array
from app.engine.ops import OPS
from app.engine.program import Program
from app.engine.shapes import fill_options
from tests.complex_step import differentiate
from tests.engine.test_ops import CASES, DIFFERENTIABLE, make_case, run


def find_jacobian(entries: Entries, leaf: str, position: int) -> Array:
    """Every local derivative of ``out`` by the entries of a leaf; 0 where there is no use."""
    jacobian = np.zeros((*entries.shapes["out"], *entries.shapes[leaf]))
    for index in np.ndindex(entries.shapes[leaf]):
        entry, count = Entry(leaf, index), 0
        for use in entries.list_uses(entry):
            assert use.position == position
            jacobian[(*use.entry.index, *index)] = entries.local(entry, use)
            count += 1
        assert entries.count_uses(entry) == count
    return jacobian


@pytest.mark.parametrize(("name", "options"), DIFFERENTIABLE)
def test_local_derivatives_of_every_op(name: str, options: dict[str, Any]) -> None:
    graph, leaves, seed = make_case(name, options)
    entries = Entries(run(graph, leaves, seed).tape)
    for position, leaf in enumerate(leaves):
        jacobian = find_jacobian(entries, leaf, position)
        for out in np.ndindex(seed.shape):
            one = np.zeros(seed.shape)
            one[out] = 1.0
            expected = differentiate(graph, leaves, leaf, one)
            np.testing.assert_allclose(jacobian[out], expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_what_is_read_and_what_is_fed_are_the_same_pairs(
    name: str, options: dict[str, Any]
) -> None:
    graph, leaves, seed = make_case(name, options)
    entries = Entries(run(graph, leaves, seed).tape)
    op, filled = OPS[name], fill_options(graph["out"])
    shapes = tuple(value.shape for value in leaves.values())
    for position, leaf in enumerate(leaves):
        read = {
            (out, index)
            for out in np.ndindex(seed.shape)
            for index in op.read_entries(shapes, filled, position, out)
        }
        fed = {
            (use.entry.index, index)
            for index in np.ndindex(shapes[position])
            for use in entries.list_uses(Entry(leaf, index))
        }
        assert read == fed
        assert bool(read) == (name != "stop_gradient")


@pytest.mark.parametrize(("name", "options"), CASES)
def test_sums_over_what_is_fed(name: str, options: dict[str, Any]) -> None:
    graph, leaves, seed = make_case(name, options)
    entries = Entries(run(graph, leaves, seed).tape)
    numbers = np.arange(seed.size).reshape(seed.shape) + 1
    alike = np.full((1,) * seed.ndim, 7)
    for position, (leaf, value) in enumerate(leaves.items()):
        dependence = entries.dependence("out", position)
        expected = {
            which: np.array(
                [
                    sum(int(part[use.entry.index]) for use in entries.list_uses(Entry(leaf, index)))
                    for index in np.ndindex(value.shape)
                ]
            ).reshape(value.shape)
            for which, part in (("numbers", numbers), ("alike", np.full(seed.shape, 7)))
        }
        for which, part in (("numbers", numbers), ("alike", alike)):
            found = sum_fed(dependence, part, value.shape, seed.shape)
            np.testing.assert_array_equal(
                np.broadcast_to(found, value.shape), expected[which], err_msg=which
            )


def test_broadcasting_feeds_every_row() -> None:
    assert align((3,), (4, 3)) == (None, Axis(0))
    assert align((4, 1), (4, 3)) == (Axis(0), None)
    assert align((), (4, 3)) == (None, None)
    assert find_fed(align((3,), (4, 3)), (4, 3), (2,)) == (slice(0, 4), slice(2, 3))
    counts = np.array([[1, 2, 3]] * 4)
    np.testing.assert_array_equal(sum_fed(align((3,), (4, 3)), counts, (3,), (4, 3)), [4, 8, 12])
    np.testing.assert_array_equal(
        sum_fed(align((4, 1), (4, 3)), counts, (4, 1), (4, 3)), [[6], [6], [6], [6]]
    )


def test_a_bias_that_a_layer_shares() -> None:
    graph = GraphBuilder()
    for leaf in ("x", "w", "b"):
        graph.leaf(leaf, "input", leaf)
    built = graph.build(graph.apply("out", "linear", "x", "w", "b"))
    leaves = {"x": np.ones((4, 3)), "w": np.ones((2, 3)), "b": np.ones(1)}
    entries = Entries(run(built, leaves, np.ones((4, 2))).tape)
    assert entries.count_uses(Entry("b", (0,))) == 8
    assert {
        entries.local(Entry("b", (0,)), use) for use in entries.list_uses(Entry("b", (0,)))
    } == {1.0}


def test_a_number_used_twice_by_one_op() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    built = graph.build(graph.apply("out", "multiply", "x", "x"))
    program = Program(built, {"x": ()})
    program.forward({"x": 3.0})
    entries = Entries(program.backward())
    x, out = Entry("x", ()), Entry("out", ())
    assert list(entries.list_uses(x)) == [Use(out, 0), Use(out, 1)]
    assert [entries.local(x, use) for use in entries.list_uses(x)] == [3.0, 3.0]
    assert entries.value(x) == 3.0
    assert entries.grad(x) == 6.0


def test_what_does_not_lead_to_the_output_is_no_use() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    graph.apply("aside", "tanh", "x")
    built = graph.build(graph.apply("out", "square", "x"))
    program = Program(built, {"x": ()})
    program.forward({"x": 3.0})
    entries = Entries(program.backward())
    assert [use.entry.node for use in entries.list_uses(Entry("x", ()))] == ["out"]
    assert entries.count_uses(Entry("out", ())) == 0


def test_one_entry_of_a_large_layer_takes_no_more_than_its_own_row() -> None:
    graph = GraphBuilder()
    for leaf in ("x", "w"):
        graph.leaf(leaf, "input", leaf)
    built = graph.build(graph.apply("out", "linear", "x", "w"))
    leaves = {"x": np.ones((64, 300)), "w": np.full((400, 300), 0.5)}
    entries = Entries(run(built, leaves, np.ones((64, 400))).tape)
    boxes = entries._choose_boxes(Entry("out", (3, 7)))
    assert boxes == [(slice(3, 4), slice(0, 300)), (slice(7, 8), slice(0, 300))]
