"""The beats of the backward pass, layer by layer from the last to the first."""

import numpy as np

from app.insight.beats.beat import Beat
from app.insight.beats.formulas import (
    MOST_LINES,
    align,
    dotted,
    edges_into,
    ends,
    factor,
    rows,
    tag_a,
    tag_w,
    tag_z,
)
from app.insight.reading import Reading, derivative, tag, write_number


def tell_slope(reading: Reading, layer: int) -> Beat:
    """The gradient passes the activation."""
    slope, grad_a, grad_z = reading.slope(layer), reading.grad_a(layer), reading.grad_z(layer)
    a = reading.a(layer)

    def line(unit: int, numbers: bool) -> str:
        z_symbol = reading.symbol_of_unit("z", layer, unit)
        a_symbol = reading.symbol_of_unit("a", layer, unit)
        left = write_number(grad_z[unit]) if numbers else derivative("L", z_symbol)
        left = tag_z(reading, layer, unit, left)
        up_text = factor(grad_a[unit]) if numbers else derivative("L", a_symbol)
        up = tag_a(reading, layer, unit, up_text)
        if slope is None:
            mixed = float(grad_a @ a)
            inner = factor(mixed) if numbers else rf"\sum_k a_k {derivative('L', 'a_k')}"
            share = tag_a(reading, layer, unit, write_number(a[unit]) if numbers else a_symbol)
            return rf"{left} &= {share} \cdot \left({up} - {inner}\right)"
        text = factor(slope[unit]) if numbers else derivative(a_symbol, z_symbol)
        return rf"{left} &= {up} \cdot {tag_z(reading, layer, unit, text)}"

    latex, numbers = rows(reading, layer, line)
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
        edges_into(reading, f"layer{layer}.a"),
        layer,
    )


def tell_weights(reading: Reading, layer: int) -> Beat:
    """The gradient reaches weights and biases."""
    slope, grad_a, grad_z = reading.slope(layer), reading.grad_a(layer), reading.grad_z(layer)
    below, bias = reading.sent(layer - 1), reading.bias(layer)
    name, many = f"layer{layer}.weight", reading.batch > 1

    def share_of_sample(symbol: str) -> str:
        return rf"\left.{symbol}\right|_n" if many else symbol

    def weight_line(unit: int, source: int, numbers: bool) -> str:
        w = reading.symbol_of_weight(layer, unit, source)
        z, a = (reading.symbol_of_unit(letter, layer, unit) for letter in "za")
        with np.errstate(all="ignore"):
            product = float(grad_z[unit] * below[source])
        left = write_number(product) if numbers else share_of_sample(derivative("L", w))
        through = factor(below[source]) if numbers else derivative(z, w)
        factors = [tag_a(reading, layer - 1, source, through)]
        if slope is None:
            text = factor(grad_z[unit]) if numbers else derivative("L", z)
            factors.insert(0, tag_z(reading, layer, unit, text))
        else:
            up = factor(grad_a[unit]) if numbers else derivative("L", a)
            bend = factor(slope[unit]) if numbers else derivative(a, z)
            factors.insert(0, tag_z(reading, layer, unit, bend))
            factors.insert(0, tag_a(reading, layer, unit, up))
        return rf"{tag_w(layer, unit, source, left)} &= " + r" \cdot ".join(factors)

    def bias_line(unit: int, numbers: bool) -> str:
        b, z = (reading.symbol_of_unit(letter, layer, unit) for letter in "bz")
        entry = f"layer{layer}.bias[{reading.bias_index(layer, unit)}]"
        left = write_number(grad_z[unit]) if numbers else share_of_sample(derivative("L", b))
        up = factor(grad_z[unit]) if numbers else derivative("L", z)
        delta = tag_z(reading, layer, unit, up)
        return rf"{tag(f'layer{layer}.bias', entry, left)} &= {delta} \cdot 1"

    shape = reading.weight(layer).shape
    pairs = [(j, i) for j in range(shape[0]) for i in range(shape[1])]

    def side(numbers: bool) -> str:
        lines = [weight_line(j, i, numbers) for j, i in pairs[:MOST_LINES]]
        if len(pairs) > MOST_LINES:
            lines.append(r"&\;\;\vdots")
        if bias is not None:
            lines.append(bias_line(0, numbers))
        return align(lines, len(lines))

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
        edges_into(reading, node.id)[1:],
        layer,
    )


def tell_messages(reading: Reading, layer: int) -> Beat:
    """The gradient goes on to the layer below."""
    below, weight = layer - 1, reading.weight(layer)
    grad_a, grad_z, mask = reading.grad_a(below), reading.grad_z(layer), reading.mask(below)
    fan_out = reading.units(layer)

    def line(source: int, numbers: bool) -> str:
        symbol = derivative("L", reading.symbol_of_unit("a", below, source))
        left = write_number(grad_a[source]) if numbers else symbol
        terms = []
        for unit in ends(fan_out):
            w_text = reading.symbol_of_weight(layer, unit, source)
            z_text = derivative("L", reading.symbol_of_unit("z", layer, unit))
            if numbers:
                w_text, z_text = factor(weight[unit, source]), factor(grad_z[unit])
            w = tag_w(layer, unit, source, w_text)
            terms.append(rf"{w} \cdot {tag_z(reading, layer, unit, z_text)}")
        total = dotted(terms, fan_out)
        if mask is not None:
            symbol = reading.symbol_of_unit("r", below, source)
            text = write_number(mask[source]) if numbers else symbol
            inside = rf"\left({total}\right)" if fan_out > 1 else total
            dot = tag(f"layer{below}.mask", reading.unit_id(below, source), text)
            total = rf"{dot} \cdot {inside}"
        return f"{tag_a(reading, below, source, left)} &= {total}"

    latex, numbers = rows(reading, below, line)
    text = "The gradient runs on down each weight, multiplied by it."
    if fan_out > 1:
        text = "A unit that feeds several adds up what they send back: weight times gradient."
    if mask is not None:
        text += " A unit that was left out gets none of it."
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
        edges_into(reading, f"layer{layer}.z")[:1],
        layer,
    )
