"""One unit of a dense network opened up: its arithmetic for one sample as a graph of its own.

The graph is made of the engine's ops and run by the engine; a test proves that its numbers are
those of the whole network.
"""

import re
from dataclasses import dataclass

import numpy as np

from app.engine.graph import GraphBuilder, Role
from app.engine.op import Array
from app.engine.ops import ACTIVATIONS
from app.engine.program import Program
from app.insight.nodes import NodeReading
from app.insight.reading import Reading
from app.networks.errors import NetworkError
from app.training.optimizers import Update

UNIT = re.compile(r"layer([1-9]\d{0,3})\[(\d{1,4})\]", re.ASCII)
MOST_INPUTS = 64


@dataclass(frozen=True)
class Unit:
    """A unit: ``index`` counts from 0 in ``layer``."""

    layer: int
    index: int


def find_unit(reading: Reading, name: str) -> Unit:
    """The unit called ``name``, such as ``layer1[0]``. Raises ``NetworkError`` if there is none."""
    match = UNIT.fullmatch(name)
    unit = Unit(int(match[1]), int(match[2])) if match else None
    if unit is None or unit.layer > reading.depth or unit.index >= reading.units(unit.layer):
        detail = f"expected a unit from layer1[0] to {reading.unit_id(reading.depth, 0)[:-3]}"
        detail += f"[{reading.units(reading.depth) - 1}]"
        raise NetworkError("/unit", detail, "unknown_name")
    if reading.units(unit.layer - 1) > MOST_INPUTS:
        detail = f"a unit with more than {MOST_INPUTS} inputs is not opened"
        raise NetworkError("/unit", detail, "limit_exceeded")
    return unit


def open_unit(reading: Reading, unit: Unit) -> NodeReading:
    """The unit's own graph, run forward and back for the reading's sample.

    Its output is a, or z where the activation mixes units; the gradient that arrives there is the
    one that the unit has in the whole network.
    """
    layer, index = unit.layer, unit.index
    graph, values = GraphBuilder(), {}

    def leaf(node_id: str, role: Role, latex: str, value: float, at: int) -> str:
        values[node_id] = np.array(value)
        return graph.leaf(node_id, role, latex, at)

    below, weights = reading.sent(layer - 1), reading.weight(layer)[index]
    masked = reading.mask(layer - 1) is not None
    # What comes from another unit is no input that could be changed here.
    role: Role = "input" if layer == 1 else "activation"
    products = []
    for i, (a, w) in enumerate(zip(below, weights, strict=True)):
        symbol = reading.symbol_of_unit("a", layer - 1, i)
        if masked:
            symbol = rf"{reading.symbol_of_unit('r', layer - 1, i)}\,{symbol}"
        source = leaf(reading.unit_id(layer - 1, i), role, symbol, a, layer - 1)
        name, symbol = (
            f"layer{layer}.weight[{index}][{i}]",
            reading.symbol_of_weight(layer, index, i),
        )
        weight = leaf(name, "parameter", symbol, w, layer)
        products.append(graph.apply(f"product[{i}]", "multiply", weight, source, layer=layer))
    bias = reading.bias(layer)
    if bias is not None:
        name = f"layer{layer}.bias[{reading.bias_index(layer, index)}]"
        symbol = reading.symbol_of_unit("b", layer, index)
        products.append(leaf(name, "parameter", symbol, bias[index], layer))
    z, a = (reading.symbol_of_unit(letter, layer, index) for letter in "za")
    output = graph.apply("z", "sum", *products, role="preactivation", latex=z, layer=layer)
    grad: Array = reading.grad_z(layer)
    chosen = reading.spec.layers[layer - 1].activation
    if ACTIVATIONS[chosen.name].elementwise:
        grad = reading.grad_a(layer)
        place = {"role": "activation", "latex": a, "layer": layer}
        output = graph.apply("a", chosen.name, "z", **place, **chosen.options)  # type: ignore[arg-type]
    program = Program(graph.build(output), dict.fromkeys(values, ()))
    program.forward(values)
    return NodeReading(program.backward(float(grad[index])))


def pick_updates(reading: NodeReading, updates: dict[str, Update]) -> dict[str, Update]:
    """The updates of the entries that are leaves of an opened unit, each a number."""
    picked = {}
    for node in reading.tape.graph.parameters:
        name, *index = node.id.replace("]", "").split("[")
        if name in updates:
            at = tuple(int(i) for i in index)
            whole = updates[name]
            kept = {slot: np.asarray(a)[at] if np.ndim(a) else a for slot, a in whole.kept.items()}
            before, grad = np.asarray(whole.before[at]), np.asarray(whole.grad[at])
            after, delta = np.asarray(whole.after[at]), np.asarray(whole.delta[at])
            picked[node.id] = Update(before, grad, after, delta, kept)
    return picked
