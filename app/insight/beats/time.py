"""The beats of a recurrent network, time step by time step: forward to the last, and back."""

import numpy as np

from app.engine.graph import Node
from app.insight.beats.beat import Beat, BeatEdge
from app.insight.beats.formulas import align
from app.insight.beats.nodes import MOST_ENTRIES, count_messages, write_value
from app.insight.beats.update import Learning, tell_afterwards, tell_update
from app.insight.nodes import NodeReading
from app.insight.reading import derivative, tag
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
        if _nodes_at(reading, time, OUTPUT):
            beats.append(_tell_output(reading, time))
    beats += [_tell_loss(reading), _tell_loss_gradient(reading)]
    for time in reversed(steps):
        if _nodes_at(reading, time, OUTPUT):
            beats.append(_tell_output_back(reading, time))
        beats.append(_tell_step_back(reading, time))
    beats.append(_tell_totals(reading))
    if learning is not None:
        beats.append(tell_update(learning, reading.symbol_of_entry))
        beats.append(tell_afterwards(learning))
    return beats


def _tell_sequence(reading: NodeReading) -> Beat:
    leaves = [node for node in reading.tape.graph if node.op is None]
    inputs = [node for node in leaves if node.role == "input"]
    which = f", number {reading.sample + 1} of {reading.batch}," if reading.batch > 1 else ""
    shown = inputs[:MOST_ENTRIES]
    lines = [f"{_tag(node)} &= {_write(reading, node)}" for node in shown]
    return Beat(
        "leaves",
        "forward",
        "The sequence is there",
        f"One input per time step{which} and a state that has seen nothing yet.",
        ",\\; ".join(_tag(node) for node in shown),
        align(lines, len(inputs)),
        [node.id for node in leaves],
    )


def _tell_step(spec: RecurrentSpec, reading: NodeReading, time: int) -> Beat:
    nodes = [*_nodes_at(reading, time, CELL), *_cuts_at(reading, time)]
    states = [node for node in nodes if node.role == "state"]
    lines = [f"{_tag(node)} &= {_write(reading, node)}" for node in states]
    latex = CELLS[spec.cell].latex
    for symbol, index in (("t-1", time - 1), ("t", time)):
        latex = latex.replace(f"_{{{symbol}}}", f"_{{{index}}}").replace(
            f"_{symbol} ", f"_{index} "
        )
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
        _edges_into(reading, nodes),
        CELL,
        time,
    )


def _tell_output(reading: NodeReading, time: int) -> Beat:
    nodes = _nodes_at(reading, time, OUTPUT)
    output = nodes[-1]
    return Beat(
        "output",
        "forward",
        f"The output at step {time}",
        "The output layer reads the state.",
        rf"{_tag(output)} = f\left(W_o h_{{{time}}} + b_o\right)",
        f"{_tag(output)} = {_write(reading, output)}",
        [node.id for node in nodes],
        _edges_into(reading, nodes),
        OUTPUT,
        time,
    )


def _tell_loss(reading: NodeReading) -> Beat:
    graph = reading.tape.graph
    nodes = _loss_nodes(reading)
    count = len([node for node in graph if node.role == "target"])
    where = "the last step" if count == 1 else f"all {count} steps"
    loss = graph["loss"]
    return Beat(
        "loss",
        "loss",
        "The loss",
        f"How wrong the outputs of {where} are, as one number.",
        _tag(loss),
        f"{_tag(loss)} = {_write(reading, loss)}",
        [node.id for node in nodes],
        _edges_into(reading, nodes),
    )


def _tell_loss_gradient(reading: NodeReading) -> Beat:
    nodes = _loss_nodes(reading)
    outputs = [n for n in reading.tape.graph if n.id == f"time{n.time}.output.a"]
    shown = outputs[-MOST_ENTRIES:]
    symbols = [f"{_tag_grad(node)}" for node in shown]
    lines = [f"{_tag_grad(node)} &= {_write_grad(reading, node)}" for node in shown]
    return Beat(
        "loss_gradient",
        "backward",
        "From the loss to the outputs",
        "How much would L change if an output changed? Now everything runs back through time.",
        ",\\; ".join(symbols),
        align(lines, len(outputs)),
        [node.id for node in outputs],
        _edges_into(reading, nodes),
    )


def _tell_output_back(reading: NodeReading, time: int) -> Beat:
    nodes = _nodes_at(reading, time, OUTPUT)
    state = reading.tape.graph[nodes[0].inputs[0]]
    return Beat(
        "output_back",
        "backward",
        f"From the output into step {time}",
        "The output layer's weights get their share, and the state hears what it has done.",
        rf"{derivative('L', state.latex)} \mathrel{{{{+}}{{=}}}} W_o^\top "
        f"{derivative('L', nodes[0].latex)}",
        f"{_tag_grad(nodes[0])} = {_write_grad(reading, nodes[0])}",
        [state.id],
        _edges_into(reading, nodes),
        OUTPUT,
        time,
    )


def _tell_step_back(reading: NodeReading, time: int) -> Beat:
    nodes, cut = _nodes_at(reading, time, CELL), _cuts_at(reading, time)
    states = [node for node in nodes if node.role == "state"]
    lines = [f"{_tag_grad(node)} &= {_write_grad(reading, node)}" for node in states]
    text = "The gradient of the state runs back through the cell; each weight gets a share."
    if cut:
        text = "Truncated here: nothing comes back from later steps. " + text
    elif not any(reading.grad(node.id).any() for node in states):
        text = "Nothing comes back to this step: its gradient is 0."
    before = f"{time - 1}"
    return Beat(
        "step_back",
        "backward",
        f"Back through step {time}",
        text,
        rf"{derivative('L', f'h_{{{before}}}')} = {derivative('L', f'h_{{{time}}}')} \cdot "
        f"{derivative(f'h_{{{time}}}', f'h_{{{before}}}')}",
        align(lines, len(lines)),
        [node.id for node in states],
        _edges_into(reading, [*nodes, *cut]),
        CELL,
        time,
    )


def _tell_totals(reading: NodeReading) -> Beat:
    graph = reading.tape.graph
    shared = [node for node in graph.parameters if count_messages(reading, node) > 1]
    lines, numbers = [], []
    for node in shared[:MOST_ENTRIES]:
        tagged = _tag_grad(node)
        lines.append(rf"{tagged} &= \sum_t \left.{derivative('L', node.latex)}\right|_{{t}}")
        norm = float(np.sqrt(np.sum(reading.tape.grads[node.id] ** 2)))
        numbers.append(rf"\left\|{tagged}\right\| &= {norm:.4g}")
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


def _nodes_at(reading: NodeReading, time: int, layer: int) -> list[Node]:
    graph = reading.tape.graph
    return [n for n in graph if n.time == time and n.layer == layer and n.op is not None]


def _cuts_at(reading: NodeReading, time: int) -> list[Node]:
    return [n for n in reading.tape.graph if n.time == time and n.op == "stop_gradient"]


def _loss_nodes(reading: NodeReading) -> list[Node]:
    return [n for n in reading.tape.graph if n.id.removeprefix(f"time{n.time}.")[:4] == "loss"]


def _edges_into(reading: NodeReading, nodes: list[Node]) -> list[BeatEdge]:
    graph = reading.tape.graph
    return [
        BeatEdge(source, node.id, k)
        for node in nodes
        for k, source in enumerate(node.inputs)
        if graph[source].constant is None
    ]


def _tag(node: Node) -> str:
    return tag(node.id, node.id, node.latex)


def _tag_grad(node: Node) -> str:
    return tag(node.id, node.id, derivative("L", node.latex))


def _write(reading: NodeReading, node: Node) -> str:
    return write_value(reading.value(node.id), node.latex)


def _write_grad(reading: NodeReading, node: Node) -> str:
    return write_value(reading.grad(node.id), derivative("L", node.latex))
