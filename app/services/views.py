"""A tape as it goes on the wire: by node, or for one sample by unit and weight."""

from collections.abc import Mapping
from typing import Any

from app.engine.graph import Node
from app.engine.ops import OPS
from app.engine.tape import Tape
from app.insight.layers import view_layers
from app.insight.nodes import NodeReading
from app.insight.reading import Reading
from app.insight.units import view_loss, view_units, view_weights
from app.services.wire import Payload, plain
from app.training.optimizers import Update


def describe_node(node: Node) -> Payload:
    """A node without numbers."""
    return {
        "id": node.id,
        "op": node.op,
        "inputs": list(node.inputs),
        "role": node.role,
        "layer": node.layer,
        "time": node.time,
        "latex": node.latex,
    }


def view_nodes(tape: Tape, backward: bool) -> list[Payload]:
    """Every node in topological order, with gradients and messages after a backward run."""
    nodes = []
    for node in tape.graph:
        value = tape.values[node.id]
        view = {**describe_node(node), "shape": list(value.shape), "value": plain(value)}
        if backward:
            view["grad"] = plain(tape.grads.get(node.id))
            view["messages"] = [
                {"to": source, "input": position, "value": plain(tape.messages[node.id, position])}
                for position, source in enumerate(node.inputs)
                if (node.id, position) in tape.messages
            ]
        nodes.append(view)
    return nodes


def view_told_nodes(reading: NodeReading) -> list[Payload]:
    """Every node with its label, and its messages with the local derivatives that made them."""
    nodes = view_nodes(reading.tape, backward=True)
    for node, view in zip(reading.tape.graph, nodes, strict=True):
        view["label"] = OPS[node.op].mark if node.op is not None else write_leaf(node)
        for message in view["messages"]:
            position = message["input"]
            message["local"] = plain(reading.local(node, position))
            message["local_latex"] = reading.local_latex(node, position)
    return nodes


def write_leaf(node: Node) -> str:
    """A leaf's name in plain text; a constant is its number."""
    return node.id if node.constant is None else f"{node.constant:.6g}"


def view_sample(
    reading: Reading, updates: Mapping[str, Update], trainable: Mapping[str, bool]
) -> Payload:
    """Units and weights of one sample."""
    units: list[Any] = view_units(reading, updates, trainable)
    return {"units": plain(units), "weights": plain(view_weights(reading, updates, trainable))}


def view_surroundings(reading: Reading) -> Payload:
    """Columns of the network with their curves, and the inside of the loss."""
    return {"layers": plain(view_layers(reading)), "loss_nodes": plain(view_loss(reading))}


def view_forward_sample(reading: Reading) -> Payload:
    """Units and weights of one sample before anything went back."""
    units, weights = [], []
    for layer in range(reading.depth + 1):
        a, z = reading.a(layer), reading.z(layer) if layer else None
        bias = reading.bias(layer) if layer else None
        for j in range(reading.units(layer)):
            units.append(
                {
                    "id": reading.unit_id(layer, j),
                    "layer": layer,
                    "index": j,
                    "z": None if z is None else float(z[j]),
                    "a": float(a[j]),
                    "bias": None if bias is None else float(bias[j]),
                }
            )
            weights += [
                {
                    "id": f"layer{layer}.weight[{j}][{i}]",
                    "from": reading.unit_id(layer - 1, i),
                    "to": reading.unit_id(layer, j),
                    "value": float(reading.weight(layer)[j, i]),
                }
                for i in range(reading.units(layer - 1) if layer else 0)
            ]
    return {"units": plain(units), "weights": plain(weights)}
