"""How formulas are put together in LaTeX, with parentheses only where they are needed."""

from collections.abc import Callable

from app.engine.op import write_latex
from app.engine.ops import OPS

ATOM, POWER, SIGN, PRODUCT, SUM = range(5)
"""How tightly a formula holds together, from a symbol to a sum."""
NEEDS = {
    "add": (SUM, PRODUCT),
    "subtract": (SUM, PRODUCT),
    "multiply": (PRODUCT, POWER),
    "divide": (SUM, SUM),
    "negative": (POWER,),
    "power": (ATOM, SUM),
}
"""By op: how tightly each input has to hold, not to be put in parentheses."""
SIGNS_AFTER = ("add", "subtract", "multiply")
"""Ops whose later inputs are put in parentheses when they begin with a minus sign."""
OF_PRODUCTS = (r"\cdot", r"\odot", r"\frac", r"\tfrac", r"\ln", r"\sum", r"\,")


def write_rule(
    op: str, inputs: list[str], mark: Callable[[int, str], str] = lambda position, text: text
) -> str:
    """The op's formula with ``inputs`` in it, each passed through ``mark`` on the way."""
    needs = NEEDS.get(op, tuple(SUM for _ in inputs))
    template = OPS[op].latex
    texts = []
    for position, (text, need) in enumerate(zip(inputs, needs, strict=True)):
        signed = position > 0 and op in SIGNS_AFTER and text.startswith("-")
        marked = mark(position, text)
        texts.append(wrap(marked) if signed or hold(text) > need else marked)
    if "#2" not in template and len(texts) > 1:
        # One of those that take any number of inputs.
        texts = [wrap(", ".join(texts))]
    for left_out in range(len(texts) + 1, 4):
        template = template.replace(f" + #{left_out}", "")
    return write_latex(template, "", *texts)


def hold(latex: str) -> int:
    """How tightly a formula holds together, judged by what stands outside of its groups."""
    outside = _take_groups_out(latex)
    inner = outside[1:]
    if "+" in inner or "-" in inner:
        return SUM
    if any(sign in outside for sign in OF_PRODUCTS):
        return PRODUCT
    if outside.startswith("-"):
        return SIGN
    return POWER if "^" in outside else ATOM


def wrap(latex: str) -> str:
    """``latex`` in parentheses that grow with it."""
    return rf"\left({latex}\right)"


def _take_groups_out(latex: str) -> str:
    kept, depth = [], 0
    for character in latex.replace(r"\left", "").replace(r"\right", ""):
        if character in "({":
            depth += 1
        elif character in ")}":
            depth -= 1
        elif depth == 0:
            kept.append(character)
    return "".join(kept)
