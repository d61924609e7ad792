"""Where one gradient comes from: what arrived, from whom, and how much each way is worth."""

from dataclasses import dataclass
from itertools import islice

import numpy as np

from app.engine.entries import Entries, Entry, Use
from app.engine.op import write_latex
from app.engine.ops import OPS
from app.engine.tape import Tape
from app.insight.beats.formulas import dotted, ends, factor
from app.insight.paths import Paths, add_up, find_paths
from app.insight.reading import derivative, tag, write_number
from app.insight.symbols import Symbols
from app.networks.notation import SIGN, SUM, hold, wrap


@dataclass(frozen=True)
class Term:
    """One message that arrives at an entry: the upstream gradient times the local derivative.

    ``source`` is the entry that sends it, using the explained one at ``position``.
    """

    source: Entry
    position: int
    time: int | None
    sample: int | None
    upstream: float
    local: float
    product: float
    latex: str
    latex_numbers: str


@dataclass(frozen=True)
class Explanation:
    """One number of a run and its gradient, as the sum of terms and as the sum over paths.

    ``terms_sum`` is the sum of the terms listed, of ``term_count``. The gradient of the output
    itself has no terms: it is the seed. ``symbols`` are those of all entries on the paths.
    """

    entry: Entry
    symbol: str
    value: float
    grad: float
    latex: str
    latex_numbers: str
    term_count: int
    terms: list[Term]
    terms_sum: float
    paths: Paths
    symbols: dict[Entry, str]


def explain(
    tape: Tape, entry: Entry, *, most_terms: int = 1_000, most_paths: int = 1_000, of: str = "L"
) -> Explanation:
    """Why the gradient of ``entry`` is what it is, after a run that went forward and backward.

    ``of`` is the symbol of the graph's output. For a parameter, every sample and every time step
    that uses it sends a term of its own.
    """
    entries = Entries(tape)
    symbols = Symbols(entries, of)
    uses = islice(entries.list_uses(entry), most_terms)
    terms = [_make_term(entries, symbols, entry, use) for use in uses]
    count, grad, left = entries.count_uses(entry), entries.grad(entry), symbols.grad(entry)
    shown = [terms[i] for i in ends(len(terms))]
    at_output = entry.node == tape.graph.output
    right = "1" if at_output and grad == 1.0 else dotted([term.latex for term in shown], count)
    numbers = dotted([term.latex_numbers for term in shown], count)
    mark = symbols.mark(entry)
    paths = find_paths(entries, entry, most_paths)
    left_number = tag(entry.node, mark, write_number(grad))
    return Explanation(
        entry,
        symbols.write(entry),
        entries.value(entry),
        grad,
        f"{tag(entry.node, mark, left)} = {right or '0'}",
        f"{left_number} = {numbers}" if terms else f"{left} = {left_number}",
        count,
        terms,
        add_up(term.product for term in terms),
        paths,
        {each: symbols.write(each) for path in paths.listed for each in path.entries},
    )


def _make_term(entries: Entries, symbols: Symbols, entry: Entry, use: Use) -> Term:
    source, tape = use.entry, entries.tape
    upstream, local = entries.grad(source), entries.local(entry, use)
    sample, edge = symbols.sample(source), f"{source.node}:{use.position}"
    mark = symbols.mark(source)
    up = tag(source.node, mark, symbols.grad(source))
    latex = rf"{up} \cdot {tag(source.node, edge, write_local(entries, symbols, entry, use))}"
    if sample is not None and symbols.sample(entry) is None and len(tape.values[source.node]) > 1:
        latex = rf"\left.{latex}\right|_{{n={sample + 1}}}"
    numbers = (
        tag(source.node, mark, factor(upstream)),
        tag(source.node, edge, factor(local)),
    )
    return Term(
        source,
        use.position,
        tape.graph[source.node].time,
        sample,
        upstream,
        local,
        upstream * local,
        latex,
        r" \cdot ".join(numbers),
    )


def write_local(entries: Entries, symbols: Symbols, entry: Entry, use: Use) -> str:
    """The local derivative in LaTeX: by its formula where the op has one for single entries."""
    node = entries.tape.graph[use.entry.node]
    op = OPS[node.op or ""]
    template = op.local_latex[min(use.position, len(op.local_latex) - 1)]
    if not op.elementwise and "#0" in template:
        # The formula is that of the whole matrix of local derivatives.
        return derivative(symbols.write(use.entry), symbols.write(entry))
    # Of what the output's entry reads, the entries of several inputs meet in their order.
    needed = [position for position in range(len(node.inputs)) if f"#{position + 1}" in template]
    turn = entries.list_read(use.entry, use.position).index(entry.index) if needed else 0
    inputs = [""] * len(node.inputs)
    for position in needed:
        read = entries.list_read(use.entry, position)
        inputs[position] = symbols.write(
            Entry(node.inputs[position], read[min(turn, len(read) - 1)])
        )
    written = write_latex(template, symbols.write(use.entry), *inputs)
    return wrap(written) if hold(written) in (SIGN, SUM) else written


def locate(tape: Tape, node_id: str, index: tuple[int, ...], sample: int | None) -> Entry:
    """The entry that ``index`` names, with or without the index of the sample in front.

    Raises ``ValueError`` saying what indices the node has.
    """
    node, shape = tape.graph[node_id], np.shape(tape.values[node_id])
    batched = node.role != "parameter" and len(shape) > 0
    if batched and len(index) == len(shape) - 1:
        index = (sample or 0, *index)
    elif batched and sample is not None and len(index) == len(shape) and index[0] != sample:
        raise ValueError("the index names another sample than sample does; leave one of them out")
    if len(index) != len(shape):
        known = f"{list(shape[1:])}, or with the sample in front {list(shape)}"
        sizes = known if batched else str(list(shape))
        raise ValueError(f"expected an index into an array of shape {sizes}")
    for i, size in zip(index, shape, strict=True):
        if not 0 <= i < size:
            raise ValueError(f"expected an index into an array of shape {list(shape)}")
    return Entry(node_id, index)
