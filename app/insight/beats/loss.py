"""The beats of the loss: its value, and the gradient that it sends to the output."""

import numpy as np

from app.engine.op import write_latex
from app.insight.beats.beat import Beat
from app.insight.beats.formulas import dotted, edges_from, edges_into, ends, factor, rows, tag_a
from app.insight.reading import Reading, derivative, tag, write_number
from app.networks.losses import LOSSES


def tell_loss(reading: Reading) -> Beat:
    """Outputs and targets meet."""
    loss = LOSSES[reading.spec.loss.name]
    count, many = reading.spec.outputs, reading.batch > 1
    scale = scale_of_means(reading, batch=False, numbers=False)
    value = float(reading.tape.values["loss.sample"][reading.sample])

    def side(numbers: bool) -> str:
        terms = [fill_loss(reading, loss.term_latex, k, numbers) for k in ends(count)]
        total = dotted(terms, count)
        before = scale_of_means(reading, batch=False, numbers=numbers)
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
    edges = [edge for node in _loss_nodes(reading) for edge in edges_into(reading, node)]
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


def tell_loss_gradient(reading: Reading) -> Beat:
    """The first gradient: dL/da of the outputs."""
    loss = LOSSES[reading.spec.loss.name]
    last = reading.depth
    grad = reading.grad_a(last)

    def line(unit: int, numbers: bool) -> str:
        symbol = derivative("L", reading.symbol_of_unit("a", last, unit))
        left = write_number(grad[unit]) if numbers else symbol
        right = fill_loss(reading, loss.grad_latex, unit, numbers)
        scale = scale_of_means(reading, batch=True, numbers=numbers)
        return f"{tag_a(reading, last, unit, left)} &= {scale}{right}"

    latex, numbers = rows(reading, last, line)
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
        edges_from(reading, node),
        last,
    )


def _loss_nodes(reading: Reading) -> list[str]:
    return [n.id for n in reading.tape.graph if n.id == "y" or n.id.split(".")[0] == "loss"]


def scale_of_means(reading: Reading, batch: bool, numbers: bool) -> str:
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


def fill_loss(reading: Reading, template: str, unit: int, numbers: bool) -> str:
    """A loss's template for one output, its terms tagged."""
    a, y = reading.a(reading.depth)[unit], reading.y()[unit]
    a_text = reading.symbol_of_unit("a", reading.depth, unit)
    y_text = reading.symbol_of_unit("y", reading.depth, unit)
    share = rf"\operatorname{{softmax}}({reading.symbol('a', reading.depth)})"
    if reading.units(reading.depth) > 1:
        share += f"_{{{unit + 1}}}"
    if numbers:
        a_text, y_text = factor(a), factor(y)
        logs = reading.tape.values.get("loss.log")
        if logs is not None:
            share = write_number(float(np.exp(logs[reading.sample, unit])))
    return write_latex(
        template,
        "",
        tag_a(reading, reading.depth, unit, a_text),
        tag("y", f"y[{unit}]", y_text),
        tag_a(reading, reading.depth, unit, share),
    )


def _bottoms(name: str) -> bool:
    """Whether the loss is 0 exactly when output and target agree."""
    return LOSSES[name].term_latex.count("#1 - #2") == 1
