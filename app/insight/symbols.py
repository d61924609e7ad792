"""How single entries of nodes are written: as symbols, and as marks that views know."""

import re

from app.engine.entries import Entries, Entry
from app.insight.reading import derivative
from app.networks.notation import wrap

PLAIN = re.compile(
    r"(\\[a-zA-Z]+(\{[^{}]*\})+|\\?[a-zA-Z]+|[\d.]+)(?P<tail>([_^](\{[^{}]*\}|\w))*)"
)
"""A letter, a name or a number, with what stands below and above it."""
UNIT = re.compile(r"(layer\d+)\.[za]")


class Symbols:
    """The symbols of the entries behind a tape; ``of`` is what the gradients are of.

    A sample's own index is not part of a symbol: ``sample`` says it.
    """

    def __init__(self, entries: Entries, of: str = "L") -> None:
        self._entries = entries
        self._graph = entries.tape.graph
        self.of = of

    def write(self, entry: Entry) -> str:
        """The entry in LaTeX, with 1-based indices as far as they tell it apart."""
        node, shape = self._graph[entry.node], self._entries.shapes[entry.node]
        first = 1 if self.sample(entry) is not None else 0
        index, sizes = entry.index[first:], shape[first:]
        kept = [i for i, size in zip(index, sizes, strict=True) if size > 1]
        if node.role == "parameter" and len(sizes) == 2 and (sizes[0] > 1 or "^" in node.latex):
            # Unit and source, as a matrix has them, unless it is the one row of the one layer.
            kept = list(index)
        found = PLAIN.fullmatch(node.latex)
        latex = node.latex
        if found and latex[0].isupper() and len(sizes) == 2 and "_" not in latex:
            latex = latex[0].lower() + latex[1:]
        if not kept:
            return latex if found else wrap(latex)
        below = ",".join(str(i + 1) for i in kept)
        plain = found is not None and "_" not in found["tail"]
        return f"{latex if plain else wrap(latex)}_{{{below}}}"

    def grad(self, entry: Entry) -> str:
        """The derivative of the output by the entry, in LaTeX."""
        return derivative(self.of, self.write(entry))

    def mark(self, entry: Entry) -> str:
        """What the views call the entry: a unit, a weight, or a node with its index."""
        first = 1 if self.sample(entry) is not None else 0
        found = UNIT.fullmatch(entry.node)
        name = found[1] if found else entry.node
        return name + "".join(f"[{i}]" for i in entry.index[first:])

    def sample(self, entry: Entry) -> int | None:
        """The row of the batch that the entry belongs to; parameters belong to all."""
        if self._graph[entry.node].role == "parameter" or not entry.index:
            return None
        return entry.index[0]
