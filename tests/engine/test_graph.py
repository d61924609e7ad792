"""What a graph accepts."""

import pytest

from app.engine.errors import EngineError
from app.engine.graph import Graph, GraphBuilder, Node


def leaf(node_id: str) -> Node:
    return Node(node_id, None, (), "input", node_id)


def test_an_id_may_be_used_once() -> None:
    with pytest.raises(EngineError, match="two nodes have the id x"):
        Graph((leaf("x"), leaf("x")), "x")
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    with pytest.raises(EngineError, match="two nodes have the id x"):
        graph.leaf("x", "input", "x")


def test_an_input_stands_before_its_use() -> None:
    late = Node("late", "exp", ("x",), "value", "e")
    with pytest.raises(EngineError, match="does not stand before"):
        Graph((late, leaf("x")), "late")


def test_an_unknown_op_lists_the_known_ones() -> None:
    with pytest.raises(EngineError, match=r"known: .*'tanh'"):
        Graph((leaf("x"), Node("n", "tnah", ("x",), "value", "n")), "n")
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    with pytest.raises(EngineError, match="tnah"):
        graph.apply("n", "tnah", "x")


def test_the_output_is_a_node() -> None:
    with pytest.raises(EngineError, match="output y is not a node"):
        Graph((leaf("x"),), "y")


def test_consumers_keep_repeats_apart() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    built = graph.build(graph.apply("n", "multiply", "x", "x"))
    assert [(node.id, position) for node, position in built.consumers["x"]] == [("n", 0), ("n", 1)]


def test_formulas_are_written_from_those_of_the_inputs() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    graph.constant("two", 2.0, "2")
    built = graph.build(graph.apply("n", "power", "x", "two"))
    assert built["n"].latex == "{x}^{2}"
