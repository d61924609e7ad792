"""Coverage-guided fuzzing of the formula's reader: texts that take a way through it that no text
took before are kept, and new texts are made from those.

``python -m tests.networks.fuzzing [SECONDS]`` goes on from the kept corpus and adds to it.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from app.networks import expression, formula, tokens
from app.networks.errors import NetworkError
from app.networks.expression import list_names
from app.networks.tokens import FormulaError
from app.schemas.networks import BackwardRequest
from app.services.networks import run_backward
from app.services.programs import make_resources
from app.services.sizes import LimitError
from app.settings import Settings

CORPUS = Path(__file__).parent / "formulas.jsonl"
READER = {module.__file__ for module in (tokens, formula, expression)}
RESOURCES = make_resources(Settings())
PIECES = [
    *"+-*/()=;\n,. \t0123456789abwxyz_",
    *("**", "+=", "-=", "*=", "/=", "**=", "1e308", "1e-308", "9**9", ".5", "5.", "e", "1e", "=="),
    *("sin(", "exp(", "log(", "max(", "relu(", "tanh(x)", "abs(-", "sqrt(", "softplus(", "pow("),
    *(
        "__class__",
        "lambda",
        "f''",
        "import",
        "\x00",
        "−",
        "×",
        "ｘ",
        "ж",
        "\u202e",
        "💥",
        "ß",
        "'",
    ),
]
Edge = tuple[str, int, int]


def read(text: str) -> str:
    """Read a formula and run it back with every name at 0.5: ``ok``, or the code of what is wrong.

    Anything but an answer or a ``NetworkError`` that says where is a finding and is raised.
    """
    refusal = run(text)
    if refusal is None:
        return "ok"
    assert refusal.detail
    if isinstance(refusal, FormulaError | LimitError) and refusal.place is not None:
        position, length = refusal.place
        # What is missing at the end is one past it.
        assert 0 <= position <= position + length <= len(text) + 1, refusal.place
    return refusal.code


def run(text: str) -> NetworkError | None:
    """Why a formula is refused, if it is."""
    spec: dict[str, Any] = {"kind": "expression", "expression": text}
    try:
        names = list_names(text) if len(text) <= RESOURCES.limits.expression_characters else []
        inputs = dict.fromkeys(names, 0.5)
        request = BackwardRequest.model_validate({"network": spec, "inputs": inputs})
        assert "loss" in run_backward(request, RESOURCES)
    except NetworkError as error:
        return error
    return None


def trace(function: Callable[[str], str], text: str) -> tuple[str, set[Edge]]:
    """What ``function`` says of ``text``, and every step from line to line that the reader took."""
    edges: set[Edge] = set()

    def enter(frame: FrameType, _: str, __: Any) -> Any:
        if frame.f_code.co_filename not in READER:
            return None
        name, last = frame.f_code.co_qualname, 0

        def step(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            if event == "line":
                edges.add((name, last, frame.f_lineno))
                last = frame.f_lineno
            return step

        return step

    sys.settrace(enter)
    try:
        return function(text), edges
    finally:
        sys.settrace(None)


def mutate(texts: list[str], rng: random.Random) -> str:
    """A new text from one or two old ones."""
    text = rng.choice(texts)
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((0, 0, 1, 2, 8)))
        piece = rng.choice((rng.choice(PIECES), text[start:end] * 2, "", chr(rng.randrange(0x300))))
        text = text[:start] + piece + text[end:]
    if rng.random() < 0.2:
        other = rng.choice(texts)
        text = text[: rng.randrange(len(text) + 1)] + other[rng.randrange(len(other) + 1) :]
    if rng.random() < 0.01:
        text *= rng.choice((10, 100))
    return text[:5_000]


def load() -> list[str]:
    """The kept texts."""
    return [json.loads(line) for line in CORPUS.read_text().splitlines()]


def fuzz(seconds: float, seed: int) -> None:
    """Fuzz for so long and keep what is new; stops at a finding and prints it."""
    rng, texts, seen = random.Random(seed), load(), set[Edge]()  # noqa: S311
    for text in texts:
        seen |= trace(read, text)[1]
    known, began, runs, slowest = len(texts), time.perf_counter(), 0, 0.0
    while time.perf_counter() - began < seconds:
        text = mutate(texts, rng)
        try:
            _, edges = trace(read, text)
        except BaseException:
            print(f"a finding: {json.dumps(text)}", flush=True)
            raise
        runs += 1
        if edges - seen:
            seen |= edges
            texts.append(text)
        if runs % 20 == 0:
            # Without the tracing, which makes it many times slower.
            now = time.perf_counter()
            read(text)
            slowest = max(slowest, time.perf_counter() - now)
    CORPUS.write_text("".join(f"{json.dumps(text)}\n" for text in texts))
    print(
        f"{runs} texts in {seconds:.0f} s, {len(seen)} steps from line to line, "
        f"{len(texts) - known} new texts kept of {len(texts)}, no finding; "
        f"slowest of every 20th {1000 * slowest:.1f} ms"
    )


if __name__ == "__main__":
    fuzz(float(sys.argv[1]) if len(sys.argv) > 1 else 60, time.time_ns())
