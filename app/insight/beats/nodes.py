"""The beats of any graph, node by node: each value forward, each message backward, each sum."""

import numpy as np

from app.engine.graph import Node
from app.engine.op import Array
from app.engine.ops import OPS
from app.insight.beats.beat import Beat, BeatEdge
from app.insight.beats.formulas import align, factor
from app.insight.beats.update import Learning, tell_afterwards, tell_update
from app.insight.nodes import NodeReading
from app.insight.reading import derivative, tag, write_number
from app.networks.notation import SUM, hold, wrap, write_rule

MOST_ENTRIES = 4
"""Up to so many rows and columns, numbers stand in a formula as a matrix."""


def list_node_beats(reading: NodeReading, learning: Learning | None = None) -> list[Beat]:
    """All beats of a run; those of the update only with ``learning``."""
    graph = reading.tape.graph
    beats = [tell_leaves(reading)]
    beats += [tell_node(reading, node) for node in graph if node.op is not None]
    beats.append(tell_seed(reading))
    waiting = {node.id: count_messages(reading, node) for node in graph}
    beats += _tell_sums(reading, waiting, [graph[graph.output]])
    for node in reversed(graph.nodes):
        if node.op is None or node.id not in graph.reached:
            continue
        sources = [graph[source] for source in node.inputs if graph[source].constant is None]
        if sources:
            beats.append(tell_messages(reading, node))
            for source in sources:
                waiting[source.id] -= 1
            beats += _tell_sums(reading, waiting, sources)
    if learning is not None:
        beats.append(tell_update(learning, reading.symbol_of_entry, reading.symbol))
        beats.append(tell_afterwards(learning, graph.output, reading.symbol))
    return beats


def count_messages(reading: NodeReading, node: Node) -> int:
    """How many messages come back to the node."""
    graph = reading.tape.graph
    return sum(user.id in graph.reached for user, _ in graph.consumers[node.id])


def _tell_sums(reading: NodeReading, waiting: dict[str, int], nodes: list[Node]) -> list[Beat]:
    complete = {node.id: node for node in nodes if waiting[node.id] == 0}
    return [tell_sum(reading, n) for n in complete.values() if count_messages(reading, n) > 1]


def tell_leaves(reading: NodeReading) -> Beat:
    """The values that come from outside."""
    leaves = [node for node in reading.tape.graph if node.op is None]
    shown = [node for node in leaves if node.constant is None][:MOST_ENTRIES]
    which = f" of sample {reading.sample + 1}" if reading.batch > 1 else ""
    lines = [f"{_tag(n)} &= {write_value(reading.value(n.id), n.latex)}" for n in shown]
    return Beat(
        "leaves",
        "forward",
        "The values go in",
        f"Inputs{which}, parameters and constants: what everything else is computed from.",
        ",\\; ".join(_tag(node) for node in shown),
        align(lines, len(lines)),
        [node.id for node in leaves],
    )


def tell_node(reading: NodeReading, node: Node) -> Beat:
    """A node is computed from its inputs."""
    op = OPS[node.op or ""]
    inputs = [reading.tape.graph[source] for source in node.inputs]
    symbols = [source.latex for source in inputs]
    numbers = [write_value(reading.value(source.id), source.latex) for source in inputs]

    def rule(texts: list[str]) -> str:
        ids = [source.id for source in inputs]
        return write_rule(op.name, texts, lambda k, text: tag(ids[k], ids[k], text))

    right = rule(symbols)
    named = write_rule(op.name, symbols) != node.latex
    left = write_value(reading.value(node.id), node.latex)
    return Beat(
        "node",
        "loss" if node.role == "loss" or node.id.split(".")[0] == "loss" else "forward",
        f"{op.label[0].upper()}{op.label[1:]}" + _place(node),
        op.summary,
        f"{_tag(node)} = {right}" if named else right,
        f"{tag(node.id, node.id, left)} = {rule(numbers)}",
        [node.id],
        [BeatEdge(source, node.id, k) for k, source in enumerate(node.inputs)],
        node.layer,
        node.time,
    )


def tell_seed(reading: NodeReading) -> Beat:
    """Where the backward pass begins."""
    graph = reading.tape.graph
    node, grad = graph[graph.output], reading.grad(graph.output)
    symbol = derivative(reading.symbol, node.latex)
    what = "the loss" if node.role == "loss" else "the output"
    text = f"How much does {what} change with each value? With itself it changes one for one."
    if bool(np.any(grad != 1.0)):
        text = "This gradient arrives here from what comes after."
    return Beat(
        "seed",
        "backward",
        "The gradient sets out",
        text,
        tag(node.id, node.id, symbol),
        f"{symbol} = {tag(node.id, node.id, write_value(grad, symbol))}",
        [node.id],
        layer=node.layer,
        time=node.time,
    )


def tell_messages(reading: NodeReading, node: Node) -> Beat:
    """A node sends its gradient back, times the local derivative, along each edge."""
    graph = reading.tape.graph
    up = derivative(reading.symbol, node.latex)
    symbols, numbers, stops = [], [], True
    upstream = reading.grad(node.id)
    for position, source_id in enumerate(node.inputs):
        source = graph[source_id]
        if source.constant is not None:
            continue
        message, local = reading.message(node, position), reading.local(node, position)
        stops = stops and not message.any() and bool(upstream.any())
        left = derivative(reading.symbol, source.latex)
        equals = r"\mathrel{{+}{=}}" if count_messages(reading, source) > 1 else "="
        slope = derivative(node.latex, source.latex)
        if local is not None and OPS[node.op or ""].elementwise:
            slope = reading.local_latex(node, position)
            slope = wrap(slope) if hold(slope) == SUM else slope
        edge = f"{node.id}:{position}"
        symbols.append(
            f"{tag(source_id, source_id, left)} &{equals} "
            rf"{tag(node.id, node.id, up)} \cdot {tag(node.id, edge, slope)}"
        )
        sent = tag(node.id, edge, write_value(message, left))
        if message.size == upstream.size == 1 and local is not None:
            factors = factor(float(upstream.item())), factor(_entry(reading, node, local))
            sent = rf"{tag(node.id, node.id, factors[0])} \cdot {tag(node.id, edge, factors[1])}"
            sent = f"{write_value(message, left)} &= {sent}"
        else:
            sent = f"{left} &{equals} {sent}"
        numbers.append(sent)
    text = "What arrived goes back along each edge, times the local derivative there."
    if len(symbols) == 1:
        text = "What arrived goes on, times the local derivative."
    if stops:
        text += " Here it is 0: the gradient stops."
    shown = slice(0, MOST_ENTRIES)
    return Beat(
        "messages",
        "backward",
        f"Back through {OPS[node.op or ''].label}" + _place(node),
        text,
        align(symbols[shown], len(symbols)),
        align(numbers[shown], len(numbers)),
        [node.id],
        [
            BeatEdge(source, node.id, k)
            for k, source in enumerate(node.inputs)
            if graph[source].constant is None
        ],
        node.layer,
        node.time,
    )


def tell_sum(reading: NodeReading, node: Node) -> Beat:
    """The messages that came to a node add up."""
    tape = reading.tape
    uses = [(n, k) for n, k in tape.graph.consumers[node.id] if n.id in tape.graph.reached]
    left, total = derivative(reading.symbol, node.latex), reading.grad(node.id)
    terms = [
        tag(
            user.id,
            f"{user.id}:{k}",
            rf"{derivative(reading.symbol, user.latex)} {derivative(user.latex, node.latex)}",
        )
        for user, k in uses
    ]
    parts = [reading.message(user, k) for user, k in uses]
    numbers = [
        tag(u.id, f"{u.id}:{k}", _term(p, left)) for (u, k), p in zip(uses, parts, strict=True)
    ]
    return Beat(
        "sum",
        "backward",
        "The messages add up" + _place(node),
        f"It is used {len(uses)} times, so what comes back adds up: {len(uses)} messages, one sum.",
        f"{_grad_tag(node, left)} = {_join(terms)}",
        f"{_grad_tag(node, write_value(total, left))} = {_join(numbers)}",
        [node.id],
        [BeatEdge(node.id, user.id, k) for user, k in uses],
        node.layer,
        node.time,
    )


def write_value(value: Array, symbol: str) -> str:
    """A number, a small matrix, or where there are too many numbers their symbol."""
    if value.size == 1:
        return write_number(float(value.item()))
    table = value[:, None] if value.ndim == 1 else value
    if value.ndim > 2 or max(table.shape) > MOST_ENTRIES:
        return symbol
    rows = [" & ".join(write_number(float(entry), 3) for entry in row) for row in table]
    body = r" \\ ".join(rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _entry(reading: NodeReading, node: Node, local: Array) -> float:
    return float(reading.row(node.id, local).item() if local.size != 1 else local.item())


def _term(value: Array, symbol: str) -> str:
    return factor(float(value.item())) if value.size == 1 else write_value(value, symbol)


def _tag(node: Node) -> str:
    return tag(node.id, node.id, node.latex)


def _grad_tag(node: Node, text: str) -> str:
    return tag(node.id, node.id, text)


def _join(terms: list[str]) -> str:
    if len(terms) > MOST_ENTRIES:
        terms = [*terms[: MOST_ENTRIES - 1], r"\cdots", terms[-1]]
    return " + ".join(terms)


def _place(node: Node) -> str:
    if node.time is not None:
        return f", step {node.time}"
    return f", layer {node.layer}" if node.layer else ""
