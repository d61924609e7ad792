"""Expressions: a formula, or several assignments, as a graph of scalar ops."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from numpy.random import PCG64, Generator, SeedSequence

from app.engine.graph import Graph, GraphBuilder
from app.engine.op import Array, Shape, write_latex
from app.engine.ops import OPS
from app.networks.errors import NetworkError
from app.networks.formula import (
    FUNCTIONS,
    Apply,
    Name,
    Number,
    Statement,
    Tree,
    parse,
    write_name,
)
from app.networks.tokens import FormulaError

ATOM, POWER, SIGN, PRODUCT, SUM = range(5)
"""How tightly a formula holds together, from a name to a sum."""
BINDING = {
    "add": (SUM, SUM, SUM),
    "subtract": (SUM, SUM, PRODUCT),
    "multiply": (PRODUCT, PRODUCT, SIGN),
    "divide": (PRODUCT, SUM, SUM),
    "negative": (SIGN, SIGN),
    "power": (POWER, ATOM, SUM),
}
"""By op: how tightly its formula holds, and how tightly each input's has to, not to be put in
parentheses."""


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


def walk(tree: Tree) -> Iterator[Tree]:
    """Every part of ``tree``, a part after its own parts."""
    stack: list[tuple[Tree, bool]] = [(tree, False)]
    while stack:
        part, ready = stack.pop()
        if ready or not isinstance(part, Apply):
            yield part
            continue
        stack.append((part, True))
        stack += [(below, False) for below in reversed(part.inputs)]


def parameter_shapes(spec: ExpressionSpec) -> dict[str, Shape]:
    """Every parameter is one number."""
    return dict.fromkeys(spec.parameters, ())


def initial_parameters(spec: ExpressionSpec) -> dict[str, Array]:
    """A standard normal number per parameter, from the spec's seed."""
    rng = Generator(PCG64(SeedSequence(spec.seed)))
    return {name: rng.normal(size=()) * 1.0 for name in spec.parameters}


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
        self._latex: dict[str, tuple[str, int]] = {}
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
        self._latex[name] = write_name(name), ATOM
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
            self._latex[constant] = text, SIGN if part.value < 0 else ATOM
            found.append(constant)
        else:
            count = len(part.inputs)
            inputs = found[-count:]
            del found[-count:]
            found.append(self._apply(part.op, inputs, node_id))

    def _apply(self, op: str, inputs: list[str], node_id: str | None) -> str:
        hold, *needs = BINDING.get(op, (ATOM, *[SUM] * len(inputs)))
        texts = [
            text if level <= need else rf"\left({text}\right)"
            for (text, level), need in zip((self._latex[i] for i in inputs), needs, strict=True)
        ]
        latex = write_latex(OPS[op].latex, "", *texts)
        if node_id is None:
            made = self._number("n")
            self._latex[made] = latex, hold
        else:
            made, latex = node_id, write_name(node_id.split(".")[0])
            self._latex[made] = latex, ATOM
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


__all__ = [
    "FUNCTIONS",
    "ExpressionSpec",
    "build_graph",
    "initial_parameters",
    "list_inputs",
    "list_names",
    "parameter_shapes",
    "walk",
]
