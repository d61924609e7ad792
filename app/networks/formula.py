"""Formulas as text: tokens, then a tree. Nothing is ever evaluated as code.

Grammar, loosest first: statements separated by newlines or ``;``, each an expression or
``name = expression`` (also ``+=``, ``-=``, ``*=``, ``/=``, ``**=``); sums; products; a minus sign;
``**``, which groups to the right; numbers, names, calls and parentheses.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.engine.op import Op
from app.engine.ops import OPS
from app.networks.tokens import FormulaError, Token, split_text

MOST_DEPTH = 50


@dataclass(frozen=True)
class Number:
    """A literal."""

    value: float


@dataclass(frozen=True)
class Name:
    """A variable."""

    name: str
    position: int


@dataclass(frozen=True)
class Apply:
    """An op of the engine applied to trees."""

    op: str
    inputs: tuple["Tree", ...]


Tree = Number | Name | Apply


@dataclass(frozen=True)
class Statement:
    """A tree and the name that it is assigned to; the last statement may have none."""

    target: str | None
    tree: Tree


def _list_functions() -> dict[str, Op]:
    named = {"min": "minimum", "max": "maximum", "pow": "power"}
    functions = {
        op.name: op
        for op in OPS.values()
        if op.elementwise and (op.activation or op.name in ("exp", "log", "sqrt", "abs", "cos"))
    }
    return functions | {name: OPS[op] for name, op in named.items()}


FUNCTIONS: dict[str, Op] = _list_functions()
"""What can be called in a formula."""
OPERATORS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power"}


@lru_cache(maxsize=256)
def parse(text: str, most_depth: int = MOST_DEPTH) -> tuple[Statement, ...]:
    """The statements of a formula.

    Raises ``FormulaError`` where the text stops making sense, and for a nesting of parentheses,
    powers and minus signs deeper than ``most_depth``.
    """
    return _Parser(text, most_depth).read_statements()


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


def count_parts(text: str, most_depth: int = MOST_DEPTH) -> int:
    """How many numbers, names and operations a formula is made of."""
    return sum(1 for statement in parse(text, most_depth) for _ in walk(statement.tree))


def write_name(name: str) -> str:
    """A name in LaTeX: digits at its end become an index."""
    letters, digits = re.fullmatch(r"(.*?)_?(\d*)", name, re.ASCII).groups()  # type: ignore[union-attr]
    letters = letters.replace("_", r"\_")
    word = letters if len(letters) == 1 else rf"\mathit{{{letters}}}"
    return f"{word}_{{{digits}}}" if digits else word


class _Parser:
    """Reads the tokens from left to right, one look ahead."""

    def __init__(self, text: str, most_depth: int) -> None:
        self._tokens = split_text(text)
        self._most_depth = most_depth
        self._depth = 0
        self._now = next(self._tokens)

    def read_statements(self) -> tuple[Statement, ...]:
        statements: list[Statement] = []
        while True:
            while self._now.kind == "end":
                self._take()
            if self._now.kind == "over":
                break
            start = self._now
            statements.append(self._read_statement())
            if self._now.kind not in ("end", "over"):
                self._refuse("expected an operator, a new line or ;")
            if statements[-1].target is None:
                self._require_last(start)
        if not statements:
            raise FormulaError("expected a formula such as (x + y) * z", 0, 1)
        return tuple(statements)

    def _require_last(self, start: Token) -> None:
        while self._now.kind == "end":
            self._take()
        if self._now.kind != "over":
            detail = "only the last line may stand without a name: write name = ..."
            raise FormulaError(detail, start.position, len(start.text))

    def _read_statement(self) -> Statement:
        first = self._now
        tree = self._read_sum()
        if self._now.kind != "assign":
            return Statement(None, tree)
        sign = self._now
        if not isinstance(tree, Name) or tree.position != first.position:
            raise FormulaError(f"left of {sign.text} stands one name", first.position, 1)
        self._take()
        value = self._read_sum()
        operator = sign.text[:-1]
        if operator:
            value = Apply(OPERATORS[operator], (tree, value))
        return Statement(tree.name, value)

    def _read_sum(self) -> Tree:
        tree = self._read_product()
        while self._now.text in ("+", "-"):
            op = OPERATORS[self._take().text]
            tree = Apply(op, (tree, self._read_product()))
        return tree

    def _read_product(self) -> Tree:
        tree = self._read_signed()
        while self._now.text in ("*", "/"):
            op = OPERATORS[self._take().text]
            tree = Apply(op, (tree, self._read_signed()))
        return tree

    def _read_signed(self) -> Tree:
        if self._now.text == "-":
            sign = self._take()
            self._enter(sign)
            tree = self._read_signed()
            self._depth -= 1
            if isinstance(tree, Number):
                return Number(-tree.value)
            return Apply("negative", (tree,))
        if self._now.text == "+":
            self._refuse("expected a number, a name or (; a plus sign alone is not known")
        return self._read_power()

    def _read_power(self) -> Tree:
        base = self._read_atom()
        if self._now.text != "**":
            return base
        self._enter(self._take())
        exponent = self._read_signed()
        self._depth -= 1
        return Apply("power", (base, exponent))

    def _read_atom(self) -> Tree:
        token = self._now
        if token.kind == "number":
            return self._read_number()
        if token.kind == "name":
            self._take()
            if self._now.text == "(":
                return self._read_call(token)
            _check_name(token)
            return Name(token.text, token.position)
        if token.text == "(":
            self._enter(self._take())
            tree = self._read_sum()
            self._close(token)
            self._depth -= 1
            return tree
        return self._refuse("expected a number, a name or (")

    def _read_number(self) -> Number:
        token = self._take()
        value = float(token.text)
        if not math.isfinite(value):
            detail = "expected a number below 1.8e308, the largest that a double holds"
            raise FormulaError(detail, token.position, len(token.text), "too_large")
        if self._now.kind in ("name", "number") and self._touches(token):
            self._refuse("expected an operator: a product is written with *")
        return Number(value)

    def _read_call(self, name: Token) -> Tree:
        op = FUNCTIONS.get(name.text)
        if op is None:
            detail = f"the functions are: {', '.join(FUNCTIONS)}"
            raise FormulaError(detail, name.position, len(name.text), "unknown_function")
        opening = self._take()
        self._enter(opening)
        inputs = [self._read_sum()]
        while self._now.text == ",":
            self._take()
            inputs.append(self._read_sum())
        self._close(opening)
        self._depth -= 1
        count = len(op.local_latex)
        if len(inputs) != count:
            each = "one argument" if count == 1 else f"{count} arguments"
            detail = f"this function takes {each}"
            raise FormulaError(detail, name.position, len(name.text), "wrong_arguments")
        return Apply(op.name, tuple(inputs))

    def _close(self, opening: Token) -> None:
        if self._now.text != ")":
            if self._now.kind in ("over", "end"):
                raise FormulaError("this parenthesis is not closed", opening.position, 1)
            self._refuse("expected an operator, a comma or )")
        self._take()

    def _enter(self, token: Token) -> None:
        self._depth += 1
        if self._depth > self._most_depth:
            detail = f"at most {self._most_depth} levels of parentheses, powers and minus signs"
            raise FormulaError(detail, token.position, len(token.text), "limit_exceeded")

    def _touches(self, before: Token) -> bool:
        return self._now.position == before.position + len(before.text)

    def _take(self) -> Token:
        token = self._now
        self._now = next(self._tokens)
        return token

    def _refuse(self, detail: str) -> Tree:
        found = self._now
        if found.kind == "over":
            detail += "; the formula ends here"
        raise FormulaError(detail, found.position, max(1, len(found.text.strip())))


def _check_name(token: Token) -> None:
    if token.text in FUNCTIONS:
        detail = "this is the name of a function: write its argument in parentheses after it"
        raise FormulaError(detail, token.position, len(token.text), "function_name")
    if token.text.startswith("__"):
        detail = "expected a name that does not begin with two underscores"
        raise FormulaError(detail, token.position, len(token.text), "wrong_name")
    if token.text in ("lambda", "import", "def", "class", "if", "else", "for", "while", "return"):
        detail = "a formula is made of sums, products, powers and functions; this word is not known"
        raise FormulaError(detail, token.position, len(token.text), "wrong_name")
