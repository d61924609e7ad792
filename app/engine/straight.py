"""Graphs of single numbers written out as straight code, which runs in half the time of a loop.

What is written is what ``ScalarRun`` walks, in the same order: its steps, its derivatives, and for
each gradient the messages along its edges. Every name in it is made here: ``v12`` is the value in
slot 12, ``g12`` its gradient, ``f3`` a function of an op. Ids, formulas and numbers stay out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

RUNS = 300
"""From this run on, writing out pays: at any size it costs what it saves in about as many runs."""
NODES = 2_000
"""Larger graphs are not written out: compiling holds up all threads, at this size for 30 ms."""
PIECE = 30
"""Parts at a time: longer tuples are built one by one, and very long sums nest too deeply."""
UNITS = {"1.0": "+", "-1.0": "-"}

Step = tuple[int, Callable[..., float], int, int]
Derivative = tuple[int, Callable[..., float], int, int, int]
Edge = tuple[int, int, int]
Texts = Mapping[int, str]


def write_forward(steps: Sequence[Step], texts: Texts) -> Callable[[list[float]], None]:
    """The function of all slots that fills those of ``steps``, which are the last and in order.

    ``texts`` has expressions by slot; where it is empty, the step's function is called.
    """
    code = _Code("slots")
    computed = {place for place, *_ in steps}
    used = {place for step in steps for place in step[2:] if place}
    code.lines += [f"v{place} = slots[{place}]" for place in sorted(used - computed)]
    written = [
        f"(v{place} := {code.apply(call, texts[place], [f'v{p}' for p in inputs if p])})"
        for place, call, *inputs in steps
    ]
    code.assign("slots", min(computed, default=0), written)
    return code.compile()


def write_backward(
    count: int,
    output: int,
    derivatives: Sequence[Derivative],
    edges: Sequence[Edge],
    texts: Texts,
) -> Callable[[list[float], list[float], float], None]:
    """The function of slots, gradients and seed that fills ``derivatives`` and all gradients.

    The ``count`` gradients are those of slots 1 to ``count``, each slot below those of its users.
    Local derivatives that are always the same have that number as their text.
    """
    code = _Code("slots, grads, seed")
    computed = {place for place, *_ in derivatives}
    signs = {slot: UNITS[text] for slot, text in texts.items() if text in UNITS}
    uses = Counter(local for _, _, local in edges if local not in signs)
    read = {place for place, times in uses.items() if times > 1}
    read |= {place for derivative in derivatives for place in derivative[2:]}
    code.lines += [f"v{place} = slots[{place}]" for place in sorted(read)]
    for place, call, *inputs in derivatives:
        text = code.apply(call, texts[place], [f"v{p}" for p in inputs])
        code.lines.append(f"v{place} = slots[{place}] = {text}")
    values = {p: f"v{p}" if p in read | computed else f"slots[{p}]" for p in uses}
    grads, messages = {output: "seed"}, _group_by_source(edges)
    for source in sorted(messages, reverse=True):
        terms = [
            f"{signs[local]} {grads[node]}"
            if local in signs
            else f"+ {grads[node]} * {values[local]}"
            for node, local in messages[source]
        ]
        grads[source] = code.add(f"g{source}", terms)
    code.assign("grads", 1, [grads.get(place, "0.0") for place in range(1, count + 1)])
    return code.compile()


def _group_by_source(edges: Iterable[Edge]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for node, source, local in edges:
        found.setdefault(source, []).append((node, local))
    return found


class _Code:
    """The lines of one function, and what it calls."""

    def __init__(self, arguments: str) -> None:
        self.lines = [f"def run({arguments}):"]
        self._names: dict[Callable[..., float], str] = {}

    def apply(self, call: Callable[..., float], text: str, arguments: list[str]) -> str:
        """The expression for ``call`` of ``arguments``."""
        if text:
            return text.format(**dict(zip(("x", "y", "out"), arguments, strict=False)))
        name = self._names.setdefault(call, f"f{len(self._names)}")
        return f"{name}({', '.join(arguments)})"

    def add(self, name: str, terms: list[str]) -> str:
        """Add lines that sum up signed ``terms``; returns the name that has the sum."""
        first, begin = terms[0].removeprefix("+ "), "0.0 "
        # From 0.0 on, so that no sum is -0.0. Another gradient is such a sum, the seed is none.
        if first.isidentifier() and first != "seed":
            if len(terms) == 1:
                return first
            begin, terms = "", [first, *terms[1:]]
        for piece in _cut(terms):
            self.lines.append(f"{name} = {begin}{' '.join(piece)}")
            begin = f"{name} "
        return name

    def assign(self, target: str, start: int, written: Iterable[str]) -> None:
        """Add lines that set the entries of a list from ``start`` on."""
        for piece in _cut(written):
            stop = start + len(piece)
            self.lines.append(f"{target}[{start}:{stop}] = {', '.join(piece)},")
            start = stop

    def compile(self) -> Callable[..., None]:
        """The function."""
        namespace: dict[str, Any] = {"__builtins__": {}}
        namespace |= {name: call for call, name in self._names.items()}
        source = "\n ".join([*self.lines, "return"])
        # All of the source is from here and from records of ops: nothing in it came from outside.
        exec(compile(source, "<scalar graph>", "exec"), namespace)  # noqa: S102
        run: Callable[..., None] = namespace.pop("run")
        return run


def _cut(parts: Iterable[str]) -> Iterable[list[str]]:
    rest = iter(parts)
    while piece := list(islice(rest, PIECE)):
        yield piece
