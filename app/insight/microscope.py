"""How one gradient became one step: an optimizer's rule line by line, in symbols and numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from app.engine.program import Program
from app.insight.reading import write_number
from app.networks.expression import ExpressionSpec, build_graph
from app.networks.formula import Apply, Number, Tree, parse
from app.networks.notation import write_rule
from app.training.optimizers import Optimizer, Update
from app.training.rules import MEANINGS, OLD, OWN_MEANINGS, RULES, SYMBOLS

DIGITS = 6


@dataclass(frozen=True)
class Line:
    """One assignment of a rule. ``name`` is what it gives a value to, ``meaning`` what that is."""

    name: str
    meaning: str
    latex: str
    latex_numbers: str
    value: float


def tell_rule(
    optimizer: Optimizer,
    options: Any,
    t: int,
    update: Update,
    *,
    index: tuple[int, ...],
    before: Mapping[str, float],
) -> list[Line]:
    """The lines of step ``t`` for the entry ``index`` of a parameter.

    ``before`` holds what the optimizer kept for that entry before the step, by slot.
    """
    assignments = RULES[optimizer.name](options, t)
    given = update.kept.get("adjusted_grad", update.grad)
    known = {
        "w": float(update.before[index]),
        "g": float(given[index]),
        "t": float(t),
        **{slot + OLD: value for slot, value in before.items()},
        **{name: float(value) for name, value in asdict(options).items()},
    }
    text = "\n".join(assignments)
    graph = build_graph(ExpressionSpec(text), {})
    leaves = {node.id: known[node.id] for node in graph.leaves}
    program = Program(graph, dict.fromkeys(leaves, ()))
    values = program.forward(leaves).values
    lines = []
    for statement in parse(text):
        name = str(statement.target)
        value = known[name] = float(values[name])
        symbols, numbers = _write(statement.tree, SYMBOLS), _write(statement.tree, _numbers(known))
        lines.append(
            Line(
                name,
                OWN_MEANINGS.get((optimizer.name, name), MEANINGS[name]),
                f"{SYMBOLS[name]} = {symbols}",
                f"{SYMBOLS[name]} = {numbers} = {write_number(value, DIGITS)}",
                value,
            )
        )
    return lines


def read_slots(
    optimizer: Optimizer, options: Any, kept: Mapping[str, Mapping[str, Any]], name: str, index: Any
) -> dict[str, float]:
    """What the optimizer keeps for one entry of a parameter, by slot; ``kept`` is its state."""
    found = {}
    for slot in optimizer.slots(options):
        values = kept.get(slot, {}).get(name)
        start = 1.0 if slot == "momentum_product" else 0.0
        found[slot] = start if values is None else float(np.asarray(values)[index])
    return found


def _numbers(known: Mapping[str, float]) -> dict[str, str]:
    return {name: write_number(value, DIGITS) for name, value in known.items()}


def _write(tree: Tree, names: Mapping[str, str]) -> str:
    if isinstance(tree, Number):
        return write_number(tree.value, DIGITS)
    if isinstance(tree, Apply):
        return write_rule(tree.op, [_write(part, names) for part in tree.inputs])
    return names[tree.name]
