"""The step list of a run: forward, loss, backward, update, each with its rule in numbers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from app.engine.op import write_latex
from app.engine.ops import ACTIVATIONS
from app.insight.reading import Reading, derivative, tag, write_number
from app.networks.choice import resolve
from app.networks.losses import LOSSES
from app.training.optimizers import Optimizer, Update

MOST_LINES = 3
MOST_TERMS = 4


@dataclass(frozen=True)
class BeatEdge:
    """An edge of the graph: the value of ``source`` enters ``target`` as its input number."""

    source: str
    target: str
    input: int


@dataclass(frozen=True)
class Beat:
    """One step that can be told in a sentence.

    ``latex`` is the rule in symbols, ``latex_numbers`` the same rule with this run's numbers; both
    mark each term with the id of the node, unit, weight or loss that it stands for.
    """

    kind: str
    phase: Literal["forward", "loss", "backward", "update"]
    title: str
    text: str
    latex: str
    latex_numbers: str
    nodes: list[str]
    edges: list[BeatEdge] = field(default_factory=list)
    layer: int | None = None
    time: int | None = None


@dataclass(frozen=True)
class Learning:
    """The update that ends a run: what moved, by which rule, and the loss afterwards."""

    optimizer: Optimizer
    options: Any
    updates: Mapping[str, Update]
    loss_after: float


def list_beats(reading: Reading, learning: Learning | None = None) -> list[Beat]:
    """All beats of a run; those of the update only with ``learning``."""
    layers = range(1, reading.depth + 1)
    beats = [_inputs(reading)]
    for layer in layers:
        beats += [_linear(reading, layer), _activation(reading, layer)]
    beats += [_loss(reading), _loss_gradient(reading)]
    for layer in reversed(layers):
        beats += [_slope(reading, layer), _weights(reading, layer), _messages(reading, layer)]
    if learning is not None:
        beats += [_update(reading, learning), _afterwards(reading, learning)]
    return beats


def _align(lines: list[str], total: int) -> str:
    """Lines ``left &= right`` under each other, with dots where some are left out."""
    if total == 1:
        return lines[0].replace("&", "")
    if total > len(lines):
        lines = [*lines, r"&\;\;\vdots"]
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"


def _factor(value: float) -> str:
    """A number as a factor or a summand: in parentheses when negative."""
    text = write_number(value)
    return f"({text})" if text.startswith("-") else text


def _rows(reading: Reading, layer: int, line: Callable[[int, bool], str]) -> tuple[str, str]:
    """The rule for the first units of a layer, in symbols and in numbers."""
    count = reading.units(layer)
    shown = range(min(count, MOST_LINES))
    symbols = _align([line(unit, False) for unit in shown], count)
    return symbols, _align([line(unit, True) for unit in shown], count)


def _tag_a(reading: Reading, layer: int, unit: int, text: str) -> str:
    return tag(reading.node_a(layer), reading.unit_id(layer, unit), text)


def _tag_z(reading: Reading, layer: int, unit: int, text: str) -> str:
    return tag(f"layer{layer}.z", reading.unit_id(layer, unit), text)


def _tag_w(layer: int, unit: int, source: int, text: str) -> str:
    return tag(f"layer{layer}.weight", f"layer{layer}.weight[{unit}][{source}]", text)


def _edges_into(reading: Reading, node_id: str) -> list[BeatEdge]:
    node = reading.tape.graph[node_id]
    return [BeatEdge(source, node_id, k) for k, source in enumerate(node.inputs)]


def _inputs(reading: Reading) -> Beat:
    values = reading.a(0)

    def line(unit: int, numbers: bool) -> str:
        symbol = _tag_a(reading, 0, unit, reading.symbol_of_unit("a", 0, unit))
        if not numbers:
            return symbol
        return f"{symbol} &= {_tag_a(reading, 0, unit, write_number(values[unit]))}"

    latex, numbers = _rows(reading, 0, line)
    which = f", number {reading.sample + 1} of {reading.batch}," if reading.batch > 1 else ""
    return Beat(
        "inputs",
        "forward",
        "The sample goes in",
        f"The sample{which} goes in: its numbers are the activations of the input.",
        latex,
        numbers,
        ["x"],
        layer=0,
    )


def _linear(reading: Reading, layer: int) -> Beat:
    weight, bias = reading.weight(layer), reading.bias(layer)
    a, z = reading.a(layer - 1), reading.z(layer)
    fan_in = reading.units(layer - 1)

    def line(unit: int, numbers: bool) -> str:
        terms = []
        for i in _ends(fan_in):
            w_text = reading.symbol_of_weight(layer, unit, i)
            a_text = reading.symbol_of_unit("a", layer - 1, i)
            if numbers:
                w_text, a_text = _factor(weight[unit, i]), _factor(a[i])
            w, x = _tag_w(layer, unit, i, w_text), _tag_a(reading, layer - 1, i, a_text)
            terms.append(rf"{w} \cdot {x}" if numbers else rf"{w}\,{x}")
        total = _dotted(terms, fan_in)
        if bias is not None:
            entry = f"layer{layer}.bias[{reading.bias_index(layer, unit)}]"
            text = _factor(bias[unit]) if numbers else reading.symbol_of_unit("b", layer, unit)
            total = f"{total} + {tag(f'layer{layer}.bias', entry, text)}"
        left = write_number(z[unit]) if numbers else reading.symbol_of_unit("z", layer, unit)
        return f"{_tag_z(reading, layer, unit, left)} &= {total}"

    latex, numbers = _rows(reading, layer, line)
    each = "The unit multiplies" if reading.units(layer) == 1 else "Each unit multiplies"
    its = "" if bias is None else " and its bias"
    node = reading.tape.graph[f"layer{layer}.z"]
    return Beat(
        "linear",
        "forward",
        f"Layer {layer} adds up",
        f"{each} what comes in by its weights and adds the products{its}.",
        latex,
        numbers,
        [*node.inputs[1:], node.id],
        _edges_into(reading, node.id),
        layer,
    )


def _ends(count: int) -> list[int]:
    """The indices that a shortened sum shows."""
    if count <= MOST_TERMS:
        return list(range(count))
    return [*range(MOST_TERMS - 2), count - 1]


def _dotted(terms: list[str], count: int) -> str:
    """The sum of ``terms``, with dots before the last where ``count`` says some are left out."""
    if count > len(terms):
        terms = [*terms[:-1], r"\cdots", terms[-1]]
    return " + ".join(terms).replace("+ -", "- ")


def _activation(reading: Reading, layer: int) -> Beat:
    op = ACTIVATIONS[reading.spec.layers[layer - 1].activation.name]
    z, a = reading.z(layer), reading.a(layer)

    def line(unit: int, numbers: bool) -> str:
        a_text = write_number(a[unit]) if numbers else reading.symbol_of_unit("a", layer, unit)
        z_text = write_number(z[unit]) if numbers else reading.symbol_of_unit("z", layer, unit)
        inside = _tag_z(reading, layer, unit, z_text)
        left = _tag_a(reading, layer, unit, a_text)
        if op.elementwise:
            return f"{left} &= {write_latex(op.latex, '', inside)}"
        others = write_number(float(np.sum(np.exp(z - z.max()))) * float(np.exp(z.max())))
        below = others if numbers else r"\sum_k e^{z_k}"
        return rf"{left} &= \frac{{e^{{{inside}}}}}{{{below}}}"

    with np.errstate(all="ignore"):
        latex, numbers = _rows(reading, layer, line)
    text = f"The activation, {op.label}, bends z into a."
    if op.name == "identity":
        text = "This layer hands z on as it is: a = z."
    if not op.elementwise:
        text = f"{op.label} turns the layer's z into shares of one whole."
    node = f"layer{layer}.a"
    return Beat(
        "activation",
        "forward",
        f"Layer {layer} activates",
        text,
        latex,
        numbers,
        [node],
        _edges_into(reading, node),
        layer,
    )


def _loss_nodes(reading: Reading) -> list[str]:
    return [n.id for n in reading.tape.graph if n.id == "y" or n.id.split(".")[0] == "loss"]


def _scale(reading: Reading, batch: bool, numbers: bool) -> str:
    """The factor that averaging puts before a term: over outputs, and over the batch if asked."""
    loss = LOSSES[reading.spec.loss.name]
    count = reading.spec.outputs if loss.over_outputs == "mean" else 1
    letters = ["K"] if count > 1 else []
    if batch and reading.batch > 1 and reading.spec.reduction == "mean":
        count *= reading.batch
        letters.append("N")
    if not letters:
        return ""
    return rf"\tfrac{{1}}{{{count if numbers else ' '.join(letters)}}} "


def _fill_loss(reading: Reading, template: str, unit: int, numbers: bool) -> str:
    """A loss's template for one output, its terms tagged."""
    a, y = reading.a(reading.depth)[unit], reading.y()[unit]
    a_text = reading.symbol_of_unit("a", reading.depth, unit)
    y_text = reading.symbol_of_unit("y", reading.depth, unit)
    share = rf"\operatorname{{softmax}}({reading.symbol('a', reading.depth)})"
    if reading.units(reading.depth) > 1:
        share += f"_{{{unit + 1}}}"
    if numbers:
        a_text, y_text = _factor(a), _factor(y)
        logs = reading.tape.values.get("loss.log_softmax")
        if logs is not None:
            share = write_number(float(np.exp(logs[reading.sample, unit])))
    return write_latex(
        template,
        "",
        _tag_a(reading, reading.depth, unit, a_text),
        tag("y", f"y[{unit}]", y_text),
        _tag_a(reading, reading.depth, unit, share),
    )


def _loss(reading: Reading) -> Beat:
    loss, _ = resolve(LOSSES, reading.spec.loss, "/loss")
    count, many = reading.spec.outputs, reading.batch > 1
    scale = _scale(reading, batch=False, numbers=False)
    value = float(reading.tape.values["loss.sample"][reading.sample])

    def side(numbers: bool) -> str:
        terms = [_fill_loss(reading, loss.term_latex, k, numbers) for k in _ends(count)]
        total = _dotted(terms, count)
        before = _scale(reading, batch=False, numbers=numbers)
        return rf"{before}\left({total}\right)" if scale and count > 1 else before + total

    symbol = "L_n" if many else "L"
    text = f"{loss.label} says how wrong the output is"
    if many:
        which = "mean" if reading.spec.reduction == "mean" else "sum"
        total_loss = float(reading.tape.values["loss"])
        text += (
            f" for this sample. The loss L is the {which} over all {reading.batch} samples: "
            f"{total_loss:.4g}."
        )
    else:
        text += ": one number, 0 only if nothing is wrong." if _bottoms(loss.name) else "."
    edges = [edge for node in _loss_nodes(reading) for edge in _edges_into(reading, node)]
    return Beat(
        "loss",
        "loss",
        "The loss",
        text,
        f"{tag('loss', 'loss', symbol)} = {side(False)}",
        f"{tag('loss', 'loss', write_number(value))} = {side(True)}",
        _loss_nodes(reading),
        edges,
    )


def _bottoms(name: str) -> bool:
    """Whether the loss is 0 exactly when output and target agree."""
    return LOSSES[name].term_latex.count("#1 - #2") == 1


def _loss_gradient(reading: Reading) -> Beat:
    loss = LOSSES[reading.spec.loss.name]
    last = reading.depth
    grad = reading.grad_a(last)

    def line(unit: int, numbers: bool) -> str:
        symbol = derivative("L", reading.symbol_of_unit("a", last, unit))
        left = write_number(grad[unit]) if numbers else symbol
        right = _fill_loss(reading, loss.grad_latex, unit, numbers)
        scale = _scale(reading, batch=True, numbers=numbers)
        return f"{_tag_a(reading, last, unit, left)} &= {scale}{right}"

    latex, numbers = _rows(reading, last, line)
    node = f"layer{last}.a"
    which = "this output" if reading.units(last) == 1 else "each output"
    text = f"How much would L change if {which} changed? Now everything runs backward."
    if not grad.any():
        text = "No change of the output would lower L any further: the gradient is 0."
    return Beat(
        "loss_gradient",
        "backward",
        "From the loss to the output",
        text,
        latex,
        numbers,
        [node],
        _edges_from(reading, node, loss=True),
        last,
    )


def _edges_from(reading: Reading, node_id: str, loss: bool = False) -> list[BeatEdge]:
    uses = reading.tape.graph.consumers[node_id]
    return [BeatEdge(node_id, user.id, k) for user, k in uses if loss or user.op is not None]


def _slope(reading: Reading, layer: int) -> Beat:
    slope, grad_a, grad_z = reading.slope(layer), reading.grad_a(layer), reading.grad_z(layer)
    a = reading.a(layer)

    def line(unit: int, numbers: bool) -> str:
        z_symbol = reading.symbol_of_unit("z", layer, unit)
        a_symbol = reading.symbol_of_unit("a", layer, unit)
        left = write_number(grad_z[unit]) if numbers else derivative("L", z_symbol)
        left = _tag_z(reading, layer, unit, left)
        up_text = _factor(grad_a[unit]) if numbers else derivative("L", a_symbol)
        up = _tag_a(reading, layer, unit, up_text)
        if slope is None:
            mixed = float(grad_a @ a)
            inner = _factor(mixed) if numbers else rf"\sum_k a_k {derivative('L', 'a_k')}"
            share = _tag_a(reading, layer, unit, write_number(a[unit]) if numbers else a_symbol)
            return rf"{left} &= {share} \cdot \left({up} - {inner}\right)"
        text = _factor(slope[unit]) if numbers else derivative(a_symbol, z_symbol)
        return rf"{left} &= {up} \cdot {_tag_z(reading, layer, unit, text)}"

    latex, numbers = _rows(reading, layer, line)
    text = "Times the slope of the activation here."
    if slope is None:
        text = "Every share depends on every z, so each z hears from all of them."
    elif bool(np.any((slope == 0) & (grad_a != 0))):
        text += " Where the slope is 0, the gradient stops."
    return Beat(
        "slope",
        "backward",
        f"Through the activation of layer {layer}",
        text,
        latex,
        numbers,
        [f"layer{layer}.z"],
        _edges_into(reading, f"layer{layer}.a"),
        layer,
    )


def _weights(reading: Reading, layer: int) -> Beat:
    slope, grad_a, grad_z = reading.slope(layer), reading.grad_a(layer), reading.grad_z(layer)
    below, bias = reading.a(layer - 1), reading.bias(layer)
    name, many = f"layer{layer}.weight", reading.batch > 1

    def share_of_sample(symbol: str) -> str:
        return rf"\left.{symbol}\right|_n" if many else symbol

    def weight_line(unit: int, source: int, numbers: bool) -> str:
        w = reading.symbol_of_weight(layer, unit, source)
        z, a = (reading.symbol_of_unit(letter, layer, unit) for letter in "za")
        with np.errstate(all="ignore"):
            product = float(grad_z[unit] * below[source])
        left = write_number(product) if numbers else share_of_sample(derivative("L", w))
        through = _factor(below[source]) if numbers else derivative(z, w)
        factors = [_tag_a(reading, layer - 1, source, through)]
        if slope is None:
            text = _factor(grad_z[unit]) if numbers else derivative("L", z)
            factors.insert(0, _tag_z(reading, layer, unit, text))
        else:
            up = _factor(grad_a[unit]) if numbers else derivative("L", a)
            bend = _factor(slope[unit]) if numbers else derivative(a, z)
            factors.insert(0, _tag_z(reading, layer, unit, bend))
            factors.insert(0, _tag_a(reading, layer, unit, up))
        return rf"{_tag_w(layer, unit, source, left)} &= " + r" \cdot ".join(factors)

    def bias_line(unit: int, numbers: bool) -> str:
        b, z = (reading.symbol_of_unit(letter, layer, unit) for letter in "bz")
        entry = f"layer{layer}.bias[{reading.bias_index(layer, unit)}]"
        left = write_number(grad_z[unit]) if numbers else share_of_sample(derivative("L", b))
        up = _factor(grad_z[unit]) if numbers else derivative("L", z)
        delta = _tag_z(reading, layer, unit, up)
        return rf"{tag(f'layer{layer}.bias', entry, left)} &= {delta} \cdot 1"

    shape = reading.weight(layer).shape
    pairs = [(j, i) for j in range(shape[0]) for i in range(shape[1])]

    def side(numbers: bool) -> str:
        lines = [weight_line(j, i, numbers) for j, i in pairs[:MOST_LINES]]
        if len(pairs) > MOST_LINES:
            lines.append(r"&\;\;\vdots")
        if bias is not None:
            lines.append(bias_line(0, numbers))
        return _align(lines, len(lines))

    text = "Each weight's share: what arrived at z, times what came through the weight."
    if len(pairs) == 1:
        text = "The weight's share: what arrived at z, times the input that the weight multiplied."
    if many:
        text += f" The shares of all {reading.batch} samples add up to the gradient."
    node = reading.tape.graph[f"layer{layer}.z"]
    return Beat(
        "weights",
        "backward",
        f"The weights of layer {layer}",
        text,
        side(False),
        side(True),
        [name, *node.inputs[2:]],
        _edges_into(reading, node.id)[1:],
        layer,
    )


def _messages(reading: Reading, layer: int) -> Beat:
    below, weight = layer - 1, reading.weight(layer)
    grad_a, grad_z = reading.grad_a(below), reading.grad_z(layer)
    fan_out = reading.units(layer)

    def line(source: int, numbers: bool) -> str:
        symbol = derivative("L", reading.symbol_of_unit("a", below, source))
        left = write_number(grad_a[source]) if numbers else symbol
        terms = []
        for unit in _ends(fan_out):
            w_text = reading.symbol_of_weight(layer, unit, source)
            z_text = derivative("L", reading.symbol_of_unit("z", layer, unit))
            if numbers:
                w_text, z_text = _factor(weight[unit, source]), _factor(grad_z[unit])
            w = _tag_w(layer, unit, source, w_text)
            terms.append(rf"{w} \cdot {_tag_z(reading, layer, unit, z_text)}")
        return f"{_tag_a(reading, below, source, left)} &= {_dotted(terms, fan_out)}"

    latex, numbers = _rows(reading, below, line)
    text = "The gradient runs on down each weight, multiplied by it."
    if fan_out > 1:
        text = "A unit that feeds several adds up what they send back: weight times gradient."
    if below == 0:
        text += " Here it ends: the input is not trained."
    return Beat(
        "messages",
        "backward",
        "On to the input" if below == 0 else f"On to layer {below}",
        text,
        latex,
        numbers,
        [reading.node_a(below)],
        _edges_into(reading, f"layer{layer}.z")[:1],
        layer,
    )


def _moved(reading: Reading, updates: Mapping[str, Update]) -> Iterator[tuple[str, str, str, int]]:
    """Node, entry id, symbol and flat index of the first entries that the update moves."""
    for name, update in updates.items():
        layer, kind = int(name[len("layer") : name.index(".")]), name.split(".")[1]
        for flat in range(update.before.size):
            index = np.unravel_index(flat, update.before.shape)
            entry = name + "".join(f"[{i}]" for i in index)
            if kind == "weight":
                symbol = reading.symbol_of_weight(layer, int(index[0]), int(index[1]))
            else:
                symbol = reading.symbol_of_unit("b", layer, int(index[0]))
            yield name, entry, symbol, flat


def _update(reading: Reading, learning: Learning) -> Beat:
    rate = learning.options.learning_rate
    plain = learning.optimizer.name == "sgd" and not (
        learning.options.momentum or learning.options.weight_decay
    )
    symbols: list[str] = []
    numbers: list[str] = []
    total = sum(update.before.size for update in learning.updates.values())
    for name, entry, symbol, flat in _moved(reading, learning.updates):
        if len(symbols) == MOST_LINES:
            break
        update = learning.updates[name]
        before, after = float(update.before.flat[flat]), float(update.after.flat[flat])
        grad, delta = float(update.grad.flat[flat]), float(update.delta.flat[flat])
        rule = learning.optimizer.latex
        if plain:
            rule = rf"{symbol} \leftarrow {symbol} - \alpha\, {derivative('L', symbol)}"
            change = rf"- {write_number(rate)} \cdot {_factor(grad)}"
        else:
            change = f"+ {_factor(delta)}"
        symbols.append(tag(name, entry, rule))
        numbers.append(
            f"{tag(name, entry, write_number(after))} &= {write_number(before)} {change}"
        )
    text = "All weights move at once, a small step against their gradients."
    if not plain:
        text = f"All weights move at once. {learning.optimizer.label} turns gradients into steps."
    if not symbols:
        symbols, numbers = [r"\text{nothing is trainable}"], [r"\text{nothing moves}"]
        text = "Nothing moves: no parameter of this network is trainable."
        total = 1
    rule_lines = symbols[:1] if not plain else symbols
    return Beat(
        "update",
        "update",
        "The update",
        text,
        rule_lines[0] if len(rule_lines) == 1 else _align([f"&{s}" for s in rule_lines], total),
        _align(numbers, total),
        list(learning.updates),
    )


def _afterwards(reading: Reading, learning: Learning) -> Beat:
    before, after = float(reading.tape.values["loss"]), learning.loss_after
    change = after - before
    if change < 0:
        verdict = "The step made the network better."
    elif change == 0:
        verdict = "The loss has not changed."
    else:
        verdict = "The step went too far: the loss has grown."
    if not np.isfinite(change):
        verdict = "The numbers have left the range of what a computer can hold."
    loss = tag("loss", "loss", r"L_{\text{after}} - L")
    return Beat(
        "afterwards",
        "update",
        "One step later",
        f"One step later the loss is {after:.4g}; it was {before:.4g}. {verdict}",
        loss,
        f"{tag('loss', 'loss', write_number(after))} - {_factor(before)} = {write_number(change)}",
        ["loss"],
    )
