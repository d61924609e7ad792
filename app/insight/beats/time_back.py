"""The beats that go back through time, and the sum of what every step sends to a shared weight."""

import numpy as np

from app.engine.graph import Node
from app.insight.beats.beat import Beat, BeatEdge
from app.insight.beats.formulas import align, factor
from app.insight.beats.nodes import MOST_ENTRIES, count_messages
from app.insight.beats.time_parts import (
    cuts_at,
    edges_into,
    loss_nodes,
    nodes_at,
    tag_grad,
    write_grad,
)
from app.insight.nodes import NodeReading
from app.insight.reading import derivative, tag, write_number
from app.networks.recurrent import CELL, OUTPUT


def tell_loss_gradient(reading: NodeReading) -> Beat:
    """The gradient sets out from the loss to every output."""
    nodes = loss_nodes(reading)
    outputs = [n for n in reading.tape.graph if n.id == f"time{n.time}.output.a"]
    shown = outputs[-MOST_ENTRIES:]
    symbols = [f"{tag_grad(node)}" for node in shown]
    lines = [f"{tag_grad(node)} &= {write_grad(reading, node)}" for node in shown]
    return Beat(
        "loss_gradient",
        "backward",
        "From the loss to the outputs",
        "How much would L change if an output changed? Now everything runs back through time.",
        ",\\; ".join(symbols),
        align(lines, len(outputs)),
        [node.id for node in outputs],
        edges_into(reading, nodes),
    )


def tell_output_back(reading: NodeReading, time: int) -> Beat:
    """An output sends its gradient to the state it has read, and to its weights."""
    nodes = nodes_at(reading, time, OUTPUT)
    state = reading.tape.graph[nodes[0].inputs[0]]
    return Beat(
        "output_back",
        "backward",
        f"From the output into step {time}",
        "The output layer's weights get their share, and the state hears what it has done.",
        rf"{derivative('L', state.latex)} \mathrel{{{{+}}{{=}}}} W_o^\top "
        f"{derivative('L', nodes[0].latex)}",
        f"{tag_grad(nodes[0])} = {write_grad(reading, nodes[0])}",
        [state.id],
        edges_into(reading, nodes),
        OUTPUT,
        time,
    )


def tell_step_back(reading: NodeReading, time: int) -> Beat:
    """The gradient of a state runs back through its cell."""
    nodes, cut = nodes_at(reading, time, CELL), cuts_at(reading, time)
    states = [node for node in nodes if node.role == "state"]
    lines = _write_back(reading, states, time) or [
        f"{tag_grad(node)} &= {write_grad(reading, node)}" for node in states
    ]
    text = "The gradient of the state runs back through the cell; each weight gets a share."
    if cut:
        text = "Truncated here: nothing comes back from later steps. " + text
    elif not any(reading.grad(node.id).any() for node in states):
        text = "Nothing comes back to this step: its gradient is 0."
    before = f"h_{{{time - 1}}}"
    slope = derivative(f"h_{{{time}}}", before)
    equals = r"\mathrel{{+}{=}}" if nodes_at(reading, time - 1, OUTPUT) else "="
    latex = rf"{derivative('L', before)} {equals} {derivative('L', f'h_{{{time}}}')} \cdot {slope}"
    if cuts_at(reading, time - 1):
        latex = rf"{slope} := 0 \quad\text{{(truncated)}}"
    return Beat(
        "step_back",
        "backward",
        f"Back through step {time}",
        text,
        latex,
        align(lines, len(lines)),
        [node.id for node in states],
        edges_into(reading, [*nodes, *cut]),
        CELL,
        time,
    )


def _write_back(reading: NodeReading, states: list[Node], time: int) -> list[str]:
    # What a single unit sends back is a product of two numbers.
    state = states[-1]
    if len(states) > 1 or len(state.inputs) > 1 or reading.value(state.id).size != 1:
        return []
    graph = reading.tape.graph
    z = graph[state.inputs[0]]
    linear = graph[z.inputs[-1]]
    slope, weight = reading.local(state, 0), reading.local(linear, 0)
    if slope is None or weight is None or linear.op != "linear" or cuts_at(reading, time - 1):
        return []
    bent = float(reading.row(state.id, slope).item())
    upstream, local = float(reading.grad(state.id).item()), bent * float(weight.item())
    sent = write_number(float(reading.message(linear, 0).item()))
    return [rf"{sent} &= {tag(state.id, state.id, factor(upstream))} \cdot {factor(local)}"]


def tell_totals(reading: NodeReading) -> Beat:
    """The shares of all steps add up to each shared weight's gradient."""
    graph = reading.tape.graph
    shared = [node for node in graph.parameters if count_messages(reading, node) > 1]
    lines, numbers = [], []
    for node in shared[:MOST_ENTRIES]:
        tagged = tag_grad(node)
        lines.append(rf"{tagged} &= \sum_t \left.{derivative('L', node.latex)}\right|_{{t}}")
        grad = reading.tape.grads[node.id]
        if grad.size == 1:
            numbers.append(f"{tagged} &= {write_number(float(grad.item()))}")
        else:
            norm = write_number(float(np.linalg.norm(grad)))
            numbers.append(rf"\left\|{tagged}\right\| &= {norm}")
    return Beat(
        "sum",
        "backward",
        "The shares add up over time",
        "One weight was used at every step: its gradient is the sum of what every step sent back.",
        align(lines or ["&"], max(1, len(lines))),
        align(numbers or ["&"], max(1, len(numbers))),
        [node.id for node in shared],
        [
            BeatEdge(node.id, user.id, k)
            for node in shared
            for user, k in graph.consumers[node.id]
            if user.id in graph.reached
        ],
    )
