"""How a rule is written for several units, with its terms marked and its sums shortened."""

from collections.abc import Callable

from app.insight.beats.beat import BeatEdge
from app.insight.reading import Reading, tag, write_number

MOST_LINES = 3
MOST_TERMS = 4


def align(lines: list[str], total: int) -> str:
    """Lines ``left &= right`` under each other, with dots where some are left out."""
    if total == 1:
        return lines[0].replace("&", "")
    if total > len(lines):
        lines = [*lines, r"&\;\;\vdots"]
    return r"\begin{aligned}" + r" \\[0.4em] ".join(lines) + r"\end{aligned}"


def factor(value: float) -> str:
    """A number as a factor or a summand: in parentheses when negative."""
    text = write_number(value)
    return f"({text})" if text.startswith("-") else text


def ends(count: int) -> list[int]:
    """The indices that a shortened sum shows."""
    if count <= MOST_TERMS:
        return list(range(count))
    return [*range(MOST_TERMS - 2), count - 1]


def dotted(terms: list[str], count: int) -> str:
    """The sum of ``terms``, with dots before the last where ``count`` says some are left out."""
    if count > len(terms):
        terms = [*terms[:-1], r"\cdots", terms[-1]]
    return " + ".join(terms).replace("+ -", "- ")


def rows(reading: Reading, layer: int, line: Callable[[int, bool], str]) -> tuple[str, str]:
    """The rule for the first units of a layer, in symbols and in numbers."""
    count = reading.units(layer)
    shown = range(min(count, MOST_LINES))
    symbols = align([line(unit, False) for unit in shown], count)
    return symbols, align([line(unit, True) for unit in shown], count)


def tag_a(reading: Reading, layer: int, unit: int, text: str) -> str:
    """An activation of a unit or input, marked."""
    return tag(reading.node_a(layer), reading.unit_id(layer, unit), text)


def tag_sent(reading: Reading, layer: int, unit: int, numbers: bool) -> str:
    """What a unit sends up, marked: its activation, times its mask where it has one."""
    mask = reading.mask(layer)
    symbol = reading.symbol_of_unit("a", layer, unit)
    text = factor(reading.a(layer)[unit]) if numbers else symbol
    text = tag_a(reading, layer, unit, text)
    if mask is None:
        return text
    r_text = write_number(mask[unit]) if numbers else reading.symbol_of_unit("r", layer, unit)
    dot = r" \cdot " if numbers else r"\,"
    return tag(f"layer{layer}.mask", reading.unit_id(layer, unit), r_text) + dot + text


def tag_z(reading: Reading, layer: int, unit: int, text: str) -> str:
    """A preactivation of a unit, marked."""
    return tag(f"layer{layer}.z", reading.unit_id(layer, unit), text)


def tag_w(layer: int, unit: int, source: int, text: str) -> str:
    """A weight, marked."""
    return tag(f"layer{layer}.weight", f"layer{layer}.weight[{unit}][{source}]", text)


def edges_into(reading: Reading, node_id: str) -> list[BeatEdge]:
    """The edges by which a node gets its inputs."""
    node = reading.tape.graph[node_id]
    return [BeatEdge(source, node_id, k) for k, source in enumerate(node.inputs)]


def edges_from(reading: Reading, node_id: str) -> list[BeatEdge]:
    """The edges by which a node is used."""
    uses = reading.tape.graph.consumers[node_id]
    return [BeatEdge(node_id, user.id, k) for user, k in uses]
