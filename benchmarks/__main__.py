"""Measure every case and print a table: ``python -m benchmarks [case ...]``."""

import argparse
import os
import platform
from importlib import import_module, metadata
from importlib.util import find_spec
from math import isclose

from benchmarks import floors, ours, plain
from benchmarks.cases import CASES, Dense, Recurrent, Scalar
from benchmarks.contestants import Contestant
from benchmarks.timing import measure

RIVALS = {"torch": "pytorch", "jax": "xla", "micrograd": "tiny"}
"""By package, where it is installed: the module that prepares it."""
COLUMNS = ("ours", "recorded", "floor", "plain", "torch", "jax", "micrograd")
STEPS = 4


def main() -> None:
    """Print how long each takes for a step, and how many times as long as ours."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], help="default: all")
    chosen = parser.parse_args().cases or list(CASES)
    if hasattr(os, "sched_setaffinity"):
        # On one core nobody, however many threads it keeps, has more than the others.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    installed = {name: module for name, module in RIVALS.items() if find_spec(name)}
    for name in ("numpy", *installed):
        print(f"{name} {metadata.version(name)}", end=", ")
    print(f"Python {platform.python_version()}, one core, float64\n")
    print(f"| case | {' | '.join(COLUMNS)} |")
    print("|---" * (len(COLUMNS) + 1) + "|", flush=True)
    for key in chosen:
        contestants = prepare(CASES[key], installed)
        check_losses(contestants)
        print(write_row(key, measure(contestants)), flush=True)


def prepare(case: Dense | Recurrent | Scalar, installed: dict[str, str]) -> dict[str, Contestant]:
    """All who can do the case, by name."""
    found = {
        "ours": ours.prepare(case),
        "recorded": ours.prepare(case, record=True),
        "floor": floors.prepare(case),
        "plain": plain.prepare(case),
    }
    for name, module in installed.items():
        found[name] = import_module(f"benchmarks.{module}").prepare(case)
    return {name: each for name, each in found.items() if each is not None}


def check_losses(contestants: dict[str, Contestant]) -> None:
    """Raise ``SystemExit`` unless all have the same loss after some steps: the same work."""
    losses = {}
    for name, each in contestants.items():
        for _ in range(STEPS):
            each.step()
        losses[name] = each.loss()
    if not all(isclose(loss, losses["ours"], rel_tol=1e-9) for loss in losses.values()):
        raise SystemExit(f"not all do the same work; losses after {STEPS} steps: {losses}")


def write_row(key: str, seconds: dict[str, float]) -> str:
    """A row of the table: ours in time, the others as multiples of it."""
    ours_seconds = seconds["ours"]
    cells = [f"{ours_seconds * 1e6:,.1f} µs"]
    cells += [
        f"{seconds[name] / ours_seconds:.2f}x" if name in seconds else "" for name in COLUMNS[1:]
    ]
    return f"| {key}: {CASES[key].name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
