"""The beats of the update: what moved, and what it did to the loss."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.insight.beats.beat import Beat
from app.insight.beats.formulas import MOST_LINES, align, factor
from app.insight.reading import Reading, derivative, tag, write_number
from app.training.optimizers import Optimizer, Update


@dataclass(frozen=True)
class Learning:
    """The update that ends a run: what moved, by which rule, and the loss afterwards."""

    optimizer: Optimizer
    options: Any
    updates: Mapping[str, Update]
    loss_after: float


def tell_update(reading: Reading, learning: Learning) -> Beat:
    """Every trainable parameter moves at once."""
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
            change = rf"- {write_number(rate)} \cdot {factor(grad)}"
        else:
            change = f"+ {factor(delta)}"
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
        rule_lines[0] if len(rule_lines) == 1 else align([f"&{s}" for s in rule_lines], total),
        align(numbers, total),
        list(learning.updates),
    )


def tell_afterwards(reading: Reading, learning: Learning) -> Beat:
    """The loss with the new parameters."""
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
        f"{tag('loss', 'loss', write_number(after))} - {factor(before)} = {write_number(change)}",
        ["loss"],
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
