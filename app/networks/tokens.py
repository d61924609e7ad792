"""The words of a formula, and what to say where its text stops making sense."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.networks.errors import NetworkError

TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<assign>(?:\*\*|[-+*/])?=(?!=))"
    r"|(?P<operator>\*\*|[-+*/(),])"
    r"|(?P<end>[;\n])",
    re.ASCII,
)
SPACE = " \t\r"
HINTS = {
    "^": "a power is written with **",
    "\u2212": "a minus sign is written with -",
    "\u00d7": "a product is written with *",
    "\u00b7": "a product is written with *",
    "\u00f7": "a quotient is written with /",
    "[": "use parentheses",
    "{": "use parentheses",
    "'": "there is no text in a formula",
    '"': "there is no text in a formula",
    "=": "one = assigns; comparisons are not known",
    "<": "comparisons are not known",
    ">": "comparisons are not known",
    ".": "a dot stands only inside a number",
    "#": "comments are not known",
    ":": "write assignments with = ; lambdas and the like are not known",
    "%": "the operators are + - * / **",
    "\x00": "a NUL character is not text",
}


class FormulaError(NetworkError):
    """A formula that cannot be read; ``place`` is where: position and length in its text."""

    def __init__(self, detail: str, position: int, length: int, code: str = "syntax") -> None:
        self.place = position, length
        super().__init__("/expression", detail, code)


@dataclass(frozen=True)
class Token:
    """A word of the text."""

    kind: str
    text: str
    position: int


def split_text(text: str) -> Iterator[Token]:
    """The tokens of ``text``, the last of kind ``over``. Raises ``FormulaError``."""
    position = 0
    while position < len(text):
        if text[position] in SPACE:
            position += 1
            continue
        match = TOKEN.match(text, position)
        if match is None:
            raise _explain_character(text[position], position)
        yield Token(str(match.lastgroup), match.group(), position)
        position = match.end()
    yield Token("over", "", len(text))


def _explain_character(character: str, position: int) -> FormulaError:
    hint = HINTS.get(character)
    if hint is None and character.isalpha():
        hint = "names are made of the letters a to z and A to Z; this one may only look like one"
    if hint is None and character.isnumeric():
        hint = "numbers are made of the digits 0 to 9"
    expected = "expected numbers, names, + - * / ** , ( ) or ="
    return FormulaError(
        f"{expected}: {hint}" if hint else expected, position, 1, "unknown_character"
    )
