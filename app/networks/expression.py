"""Expressions: a formula, or several assignments, as a graph of scalar ops."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.graph import Graph, GraphBuilder
from app.engine.op import Array, Shape
from app.engine.tape import Tape
from app.networks.data import Batch
from app.networks.errors import NetworkError
from app.networks.formula import (
    Apply,
    Name,
    Number,
    Statement,
    Tree,
    parse,
    walk,
    write_name,
)
from app.networks.notation import write_rule
from app.networks.tokens import FormulaError


@dataclass(frozen=True)
class ExpressionSpec:
    """A formula and which of its names learn. Raises ``NetworkError`` when it cannot be read."""

    expression: str
    parameters: tuple[str, ...] = ()
    seed: int = 0
    kind: Literal["expression"] = "expression"

    def __post_init__(self) -> None:
        names = list_names(self.expression)
        if not names:
            detail = "expected at least one name: of numbers alone there is no gradient"
            raise FormulaError(detail, 0, len(self.expression), "no_names")
        for number, name in enumerate(self.parameters):
            if name not in names:
                detail = f"expected a name that the formula uses: {', '.join(names)}"
                raise NetworkError(f"/parameters/{number}", detail, "unknown_name")
            if name in self.parameters[:number]:
                detail = "expected every name once"
                raise NetworkError(f"/parameters/{number}", detail, "repeated_name")


def list_names(expression: str) -> list[str]:
    """The names whose values come from outside, in the order in which the formula uses them."""
    assigned: set[str] = set()
    names: dict[str, None] = {}
    for statement in parse(expression):
        for tree in walk(statement.tree):
            if isinstance(tree, Name) and tree.name not in assigned:
                names[tree.name] = None
        if statement.target is not None:
            assigned.add(statement.target)
    return list(names)


def list_inputs(spec: ExpressionSpec) -> list[str]:
    """The names that are not parameters."""
    return [name for name in list_names(spec.expression) if name not in spec.parameters]


def parameter_shapes(spec: ExpressionSpec) -> dict[str, Shape]:
    """Every parameter is one number."""
    return dict.fromkeys(spec.parameters, ())


def initial_parameters(spec: ExpressionSpec) -> dict[str, Array]:
    """A standard normal number per parameter, from the spec's seed."""
    rng = Generator(PCG64(SeedSequence(spec.seed)))
    return {name: rng.normal(size=()) * 1.0 for name in spec.parameters}


def read_batch(spec: ExpressionSpec, inputs: Any, targets: Any, initial_state: Any = None) -> Batch:
    """Values by name: numbers, or vectors of one length, a point of the run per entry.

    There are neither targets nor a state. Raises ``NetworkError`` where names or lengths differ.
    """
    for pointer, value in (("/targets", targets), ("/initial_state", initial_state)):
        if value is not None:
            raise NetworkError(pointer, "an expression has none: leave it out", "unknown_field")
    names = list_inputs(spec)
    if not isinstance(inputs, Mapping):
        example = f'{{"{names[0] if names else "x"}": 2.0}}'
        raise NetworkError("/inputs", f"expected values by name, such as {example}", "wrong_shape")
    for name in inputs:
        if name not in names:
            known = f"expected: {', '.join(names)}" if names else "the formula has none"
            detail = f"no input has this name; {known}"
            raise NetworkError(f"/inputs/{name}", detail, "unknown_name")
    missing = [name for name in names if name not in inputs]
    if missing:
        detail = f"expected a value for: {', '.join(missing)}"
        raise NetworkError("/inputs", detail, "missing")
    values = {name: np.array(inputs[name], dtype=np.float64) for name in names}
    size = 1
    for name, value in values.items():
        if value.ndim > 1 or value.size == 0 or (value.ndim and size not in (1, value.size)):
            detail = "expected a number, or as many numbers as the other names have"
            raise NetworkError(f"/inputs/{name}", detail, "wrong_shape")
        size = max(size, value.size)
    return Batch(values, {}, size)


def list_outputs(spec: ExpressionSpec, graph: Graph) -> tuple[str, ...]:
    """The node of the last statement."""
    return (graph.output,)


def read_outputs(spec: ExpressionSpec, tape: Tape) -> Array:
    """The value of the last statement: a number, or one per point."""
    return tape.values[tape.graph.output]


def build_graph(spec: ExpressionSpec, shapes: Mapping[str, Shape]) -> Graph:
    """The graph of the formula. It is the same for numbers and for arrays of points."""
    return _build(spec.expression, spec.parameters)


@lru_cache(maxsize=256)
def _build(expression: str, parameters: tuple[str, ...]) -> Graph:
    statements = parse(expression)
    builder = _Builder(statements)
    for name in list_names(expression):
        builder.add_leaf(name, "parameter" if name in parameters else "input")
    for statement in statements:
        output = builder.add_statement(statement)
    return builder.graph.build(output)


class _Builder:
    """Adds one statement after the other, knowing which node a name means by now."""

    def __init__(self, statements: tuple[Statement, ...]) -> None:
        self.graph = GraphBuilder()
        self._meaning: dict[str, str] = {}
        self._latex: dict[str, str] = {}
        self._left: dict[str, int] = {}
        for statement in statements:
            if statement.target is not None:
                self._left[statement.target] = self._left.get(statement.target, 0) + 1
        self._versions: dict[str, int] = {}
        self._leaves: set[str] = set()
        self._count = {"n": 0, "c": 0}
        self._taken = set(self._left)

    def add_leaf(self, name: str, role: Literal["parameter", "input"]) -> None:
        """Add a value that comes from outside."""
        self._meaning[name] = self.graph.leaf(name, role, write_name(name))
        self._latex[name] = write_name(name)
        self._leaves.add(name)
        self._taken.add(name)

    def add_statement(self, statement: Statement) -> str:
        """Add the nodes of a statement; returns the id of the last."""
        found: list[str] = []
        parts = list(walk(statement.tree))
        for part in parts[:-1]:
            self._add_part(part, found, None)
        target = statement.target
        root = parts[-1]
        if target is None:
            self._add_part(root, found, None)
        else:
            # A bare name or number gets a node of its own, so that the new name stands for one.
            if not isinstance(root, Apply):
                self._add_part(root, found, None)
                root = Apply("identity", (root,))
            self._add_part(root, found, self._name_version(target))
            self._meaning[target] = found[-1]
        return found[-1]

    def _add_part(self, part: Tree, found: list[str], node_id: str | None) -> None:
        if isinstance(part, Name):
            found.append(self._meaning[part.name])
        elif isinstance(part, Number):
            text = f"{part.value:.12g}"
            constant = self.graph.constant(self._number("c"), part.value, text)
            self._latex[constant] = text
            found.append(constant)
        else:
            count = len(part.inputs)
            inputs = found[-count:]
            del found[-count:]
            found.append(self._apply(part.op, inputs, node_id))

    def _apply(self, op: str, inputs: list[str], node_id: str | None) -> str:
        latex = write_rule(op, [self._latex[source] for source in inputs])
        made = self._number("n") if node_id is None else node_id
        if node_id is not None:
            latex = write_name(node_id.split(".")[0])
        self._latex[made] = latex
        return self.graph.apply(made, op, *inputs, latex=latex)

    def _name_version(self, name: str) -> str:
        """The id of the next value of a name: the last has the plain name unless a leaf has."""
        version = self._versions[name] = self._versions.get(name, 0) + 1
        last = version == self._left[name]
        return name if last and name not in self._leaves else f"{name}.{version}"

    def _number(self, letter: Literal["n", "c"]) -> str:
        while True:
            self._count[letter] += 1
            candidate = f"{letter}{self._count[letter]}"
            if candidate not in self._taken:
                return candidate
