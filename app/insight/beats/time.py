"""The beats of a recurrent network, time step by time step: forward to the last, and back."""

import re

from app.engine.graph import Node
from app.engine.ops import ACTIVATIONS
from app.insight.beats.beat import Beat
from app.insight.beats.formulas import align, factor
from app.insight.beats.nodes import MOST_ENTRIES
from app.insight.beats.time_back import (
    tell_loss_gradient,
    tell_output_back,
    tell_step_back,
    tell_totals,
)
from app.insight.beats.time_parts import (
    cuts_at,
    edges_into,
    loss_nodes,
    nodes_at,
    tag_node,
    write_node,
)
from app.insight.beats.update import Learning, tell_afterwards, tell_update
from app.insight.nodes import NodeReading
from app.insight.reading import tag
from app.networks.cells import CELLS
from app.networks.recurrent import CELL, OUTPUT, RecurrentSpec


def list_time_beats(
    spec: RecurrentSpec, reading: NodeReading, learning: Learning | None = None
) -> list[Beat]:
    """All beats of a run; those of the update only with ``learning``."""
    graph = reading.tape.graph
    steps = sorted({node.time for node in graph if node.time})
    beats = [_tell_sequence(reading)]
    for time in steps:
        beats.append(_tell_step(spec, reading, time))
        if nodes_at(reading, time, OUTPUT):
            beats.append(_tell_output(reading, time))
    beats += [_tell_loss(reading), tell_loss_gradient(reading)]
    for time in reversed(steps):
        if nodes_at(reading, time, OUTPUT):
            beats.append(tell_output_back(reading, time))
        beats.append(tell_step_back(reading, time))
    beats.append(tell_totals(reading))
    if learning is not None:
        beats.append(tell_update(learning, reading.symbol_of_entry))
        beats.append(tell_afterwards(learning))
    return beats


def _tell_sequence(reading: NodeReading) -> Beat:
    leaves = [node for node in reading.tape.graph if node.op is None]
    inputs = [node for node in leaves if node.role == "input"]
    which = f", number {reading.sample + 1} of {reading.batch}," if reading.batch > 1 else ""
    shown = inputs[:MOST_ENTRIES]
    lines = [f"{tag_node(node)} &= {write_node(reading, node)}" for node in shown]
    return Beat(
        "leaves",
        "forward",
        "The sequence is there",
        f"One input per time step{which} and a state that has seen nothing yet.",
        ",\\; ".join(tag_node(node) for node in shown),
        align(lines, len(inputs)),
        [node.id for node in leaves],
    )


def _tell_step(spec: RecurrentSpec, reading: NodeReading, time: int) -> Beat:
    nodes = [*nodes_at(reading, time, CELL), *cuts_at(reading, time)]
    states = [node for node in nodes if node.role == "state"]
    lines = [line for node in states for line in _write_step(reading, node)]
    latex = CELLS[spec.cell].latex.replace("_{t-1}", f"_{{{time - 1}}}")
    latex = re.sub(r"_t\b", f"_{{{time}}}", latex)
    if spec.activation.name != "tanh":
        latex = latex.replace(r"\tanh", rf"\text{{{ACTIVATIONS[spec.activation.name].label}}}")
    return Beat(
        "step",
        "forward",
        f"Step {time}",
        "The cell takes this step's input and the state before, with the same weights as ever."
        if time > 1
        else "The cell takes the first input and makes its first state of it.",
        latex,
        align(lines, len(lines)),
        [node.id for node in nodes],
        edges_into(reading, nodes),
        CELL,
        time,
    )


def _write_step(reading: NodeReading, state: Node) -> list[str]:
    # Of a single unit that only bends z, the products in z can be told one by one.
    graph = reading.tape.graph
    plain = [f"{tag_node(state)} &= {write_node(reading, state)}"]
    z = graph[state.inputs[0]]
    if len(state.inputs) > 1 or z.op != "add" or reading.value(z.id).size != 1:
        return plain
    terms = []
    for linear in (graph[source] for source in z.inputs):
        source, weight, *bias = linear.inputs
        if reading.value(source).size != 1:
            return plain
        pair = (tag(name, name, _factor(reading, name)) for name in (weight, source))
        terms.append(r" \cdot ".join(pair))
        terms += [tag(name, name, _factor(reading, name)) for name in bias]
    label = ACTIVATIONS[state.op or ""].label
    name = r"\tanh" if state.op == "tanh" else rf"\text{{{label}}}"
    bent = rf"{tag_node(state)} &= {name}\left({' + '.join(terms)}\right)"
    return [bent, f"&= {write_node(reading, state)}"]


def _factor(reading: NodeReading, name: str) -> str:
    return factor(float(reading.value(name).item()))


def _tell_output(reading: NodeReading, time: int) -> Beat:
    nodes = nodes_at(reading, time, OUTPUT)
    output = nodes[-1]
    return Beat(
        "output",
        "forward",
        f"The output at step {time}",
        "The output layer reads the state.",
        rf"{tag_node(output)} = f\left(W_o h_{{{time}}} + b_o\right)",
        f"{tag_node(output)} = {write_node(reading, output)}",
        [node.id for node in nodes],
        edges_into(reading, nodes),
        OUTPUT,
        time,
    )


def _tell_loss(reading: NodeReading) -> Beat:
    graph = reading.tape.graph
    nodes = loss_nodes(reading)
    count = len([node for node in graph if node.role == "target"])
    where = "the last step" if count == 1 else f"all {count} steps"
    loss = graph["loss"]
    return Beat(
        "loss",
        "loss",
        "The loss",
        f"How wrong the outputs of {where} are, as one number.",
        tag_node(loss),
        f"{tag_node(loss)} = {write_node(reading, loss)}",
        [node.id for node in nodes],
        edges_into(reading, nodes),
    )
