"""Parts of an unrolled network as its beats name them."""

from app.engine.graph import Node
from app.insight.beats.beat import BeatEdge
from app.insight.beats.nodes import write_value
from app.insight.nodes import NodeReading
from app.insight.reading import derivative, tag


def nodes_at(reading: NodeReading, time: int, layer: int) -> list[Node]:
    """The ops of a layer at a time step."""
    graph = reading.tape.graph
    return [n for n in graph if n.time == time and n.layer == layer and n.op is not None]


def cuts_at(reading: NodeReading, time: int) -> list[Node]:
    """The nodes that let no gradient back from what comes after a time step."""
    return [n for n in reading.tape.graph if n.time == time and n.op == "stop_gradient"]


def loss_nodes(reading: NodeReading) -> list[Node]:
    """The loss with all that leads to it from outputs and targets."""
    return [n for n in reading.tape.graph if n.id.removeprefix(f"time{n.time}.")[:4] == "loss"]


def edges_into(reading: NodeReading, nodes: list[Node]) -> list[BeatEdge]:
    """The edges into nodes, but for those from constants."""
    graph = reading.tape.graph
    return [
        BeatEdge(source, node.id, k)
        for node in nodes
        for k, source in enumerate(node.inputs)
        if graph[source].constant is None
    ]


def tag_node(node: Node) -> str:
    """The node's symbol, marked as the node."""
    return tag(node.id, node.id, node.latex)


def tag_grad(node: Node) -> str:
    """The symbol of the node's gradient, marked as the node."""
    return tag(node.id, node.id, derivative("L", node.latex))


def write_node(reading: NodeReading, node: Node) -> str:
    """The node's value, or its symbol."""
    return write_value(reading.value(node.id), node.latex)


def write_grad(reading: NodeReading, node: Node) -> str:
    """The node's gradient, or its symbol."""
    return write_value(reading.grad(node.id), derivative("L", node.latex))
