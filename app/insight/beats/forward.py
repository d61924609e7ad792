"""The beats of the forward pass, to the last activation."""

import numpy as np

from app.engine.op import write_latex
from app.engine.ops import ACTIVATIONS
from app.insight.beats.beat import Beat
from app.insight.beats.formulas import (
    dotted,
    edges_into,
    ends,
    factor,
    rows,
    tag_a,
    tag_sent,
    tag_w,
    tag_z,
)
from app.insight.reading import Reading, tag, write_number


def tell_inputs(reading: Reading) -> Beat:
    """The sample goes in."""
    values = reading.a(0)

    def line(unit: int, numbers: bool) -> str:
        symbol = tag_a(reading, 0, unit, reading.symbol_of_unit("a", 0, unit))
        if not numbers:
            return symbol
        return f"{symbol} &= {tag_a(reading, 0, unit, write_number(values[unit]))}"

    latex, numbers = rows(reading, 0, line)
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


def tell_linear(reading: Reading, layer: int) -> Beat:
    """A layer multiplies and adds."""
    weight, bias = reading.weight(layer), reading.bias(layer)
    z, masked = reading.z(layer), reading.mask(layer - 1) is not None
    fan_in = reading.units(layer - 1)

    def line(unit: int, numbers: bool) -> str:
        terms = []
        for i in ends(fan_in):
            w_text = reading.symbol_of_weight(layer, unit, i)
            if numbers:
                w_text = factor(weight[unit, i])
            w, x = tag_w(layer, unit, i, w_text), tag_sent(reading, layer - 1, i, numbers)
            terms.append(rf"{w} \cdot {x}" if numbers else rf"{w}\,{x}")
        total = dotted(terms, fan_in)
        if bias is not None:
            entry = f"layer{layer}.bias[{reading.bias_index(layer, unit)}]"
            text = factor(bias[unit]) if numbers else reading.symbol_of_unit("b", layer, unit)
            total = f"{total} + {tag(f'layer{layer}.bias', entry, text)}"
        left = write_number(z[unit]) if numbers else reading.symbol_of_unit("z", layer, unit)
        return f"{tag_z(reading, layer, unit, left)} &= {total}"

    latex, numbers = rows(reading, layer, line)
    each = "The unit multiplies" if reading.units(layer) == 1 else "Each unit multiplies"
    its = "" if bias is None else " and its bias"
    drops = " Dropout leaves out what has a 0 in r, and enlarges the rest." if masked else ""
    node = reading.tape.graph[f"layer{layer}.z"]
    return Beat(
        "linear",
        "forward",
        f"Layer {layer} adds up",
        f"{each} what comes in by its weights and adds the products{its}.{drops}",
        latex,
        numbers,
        [*node.inputs[1:], node.id],
        edges_into(reading, node.id),
        layer,
    )


def tell_activation(reading: Reading, layer: int) -> Beat:
    """A layer bends z into a."""
    op = ACTIVATIONS[reading.spec.layers[layer - 1].activation.name]
    z, a = reading.z(layer), reading.a(layer)

    def line(unit: int, numbers: bool) -> str:
        a_text = write_number(a[unit]) if numbers else reading.symbol_of_unit("a", layer, unit)
        z_text = write_number(z[unit]) if numbers else reading.symbol_of_unit("z", layer, unit)
        inside = tag_z(reading, layer, unit, z_text)
        left = tag_a(reading, layer, unit, a_text)
        if op.elementwise:
            return f"{left} &= {write_latex(op.latex, '', inside)}"
        others = write_number(float(np.sum(np.exp(z - z.max()))) * float(np.exp(z.max())))
        below = others if numbers else r"\sum_k e^{z_k}"
        return rf"{left} &= \frac{{e^{{{inside}}}}}{{{below}}}"

    with np.errstate(all="ignore"):
        latex, numbers = rows(reading, layer, line)
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
        edges_into(reading, node),
        layer,
    )
