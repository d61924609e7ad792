"""The beats of the update: what moved, and what it did to the loss."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.insight.beats.beat import Beat
from app.insight.beats.formulas import MOST_LINES, align, factor
from app.insight.reading import derivative, tag, write_number
from app.training.optimizers import Optimizer, Update

NameEntry = Callable[[str, tuple[int, ...]], str]
"""The symbol of a parameter's entry, given the parameter's name and the entry's index."""


@dataclass(frozen=True)
class Learning:
    """The update that ends a run: what moved, by which rule, and the loss before and after."""

    optimizer: Optimizer
    options: Any
    updates: Mapping[str, Update]
    loss_before: float
    loss_after: float


def tell_update(learning: Learning, name_entry: NameEntry, of: str = "L") -> Beat:
    """Every trainable parameter moves at once; ``of`` is the symbol of what is lowered."""
    rate = learning.options.learning_rate
    plain = learning.optimizer.name == "sgd" and not (
        learning.options.momentum or learning.options.weight_decay
    )
    symbols: list[str] = []
    numbers: list[str] = []
    total = sum(update.before.size for update in learning.updates.values())
    for name, entry, symbol, flat in _moved(learning.updates, name_entry):
        if len(symbols) == MOST_LINES:
            break
        update = learning.updates[name]
        before, after = float(update.before.flat[flat]), float(update.after.flat[flat])
        given = update.kept.get("adjusted_grad", update.grad)
        grad, delta = float(given.flat[flat]), float(update.delta.flat[flat])
        rule = learning.optimizer.latex
        if plain:
            rule = rf"{symbol} \leftarrow {symbol} - \alpha\, {derivative(of, symbol)}"
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


def tell_afterwards(learning: Learning, node: str = "loss", of: str = "L") -> Beat:
    """The loss with the new parameters; ``node`` holds it and ``of`` is its symbol."""
    before, after = learning.loss_before, learning.loss_after
    change, what = after - before, "loss" if node == "loss" else "output"
    if change < 0:
        verdict = f"The step made {'the network better' if what == 'loss' else 'it smaller'}."
    elif change == 0:
        verdict = f"The {what} has not changed."
    else:
        verdict = f"The step went too far: the {what} has grown."
    if not np.isfinite(change):
        verdict = "The numbers have left the range of what a computer can hold."
    loss = tag(node, node, rf"{of}_{{\text{{after}}}} - {of}")
    return Beat(
        "afterwards",
        "update",
        "One step later",
        f"One step later the {what} is {after:.4g}; it was {before:.4g}. {verdict}",
        loss,
        f"{tag(node, node, write_number(after))} - {factor(before)} = {write_number(change)}",
        [node],
    )


def _moved(
    updates: Mapping[str, Update], name_entry: NameEntry
) -> Iterator[tuple[str, str, str, int]]:
    """Node, entry id, symbol and flat index of the entries that the update moves."""
    for name, update in updates.items():
        for flat, index in enumerate(np.ndindex(update.before.shape)):
            entry = name + "".join(f"[{i}]" for i in index)
            yield name, entry, name_entry(name, index), flat
