"""A sweep as a table: a row of CSV per trial, in their order."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson

from app.experiments.sweep import Finished
from app.experiments.workers import Failure
from app.schemas.sweeps import SweepRequest
from app.services.events import Control, Event, Turn
from app.services.programs import Resources
from app.services.sweeps import Sweep, prepare_sweep, run_trials, write_result

BEFORE = ("trial", "point", "seed")
AFTER = ("failed", "first_grad_z_rms", "last_grad_z_rms", "log10_ratio", "mean_factor")
"""Columns before and after those of the axes."""


def open_table(
    request: SweepRequest, resources: Resources, control: Control, clock: Callable[[], float]
) -> Iterator[Turn]:
    """The turns of a sweep; its events are rows.

    Raises ``NetworkError`` at once when it cannot be run.
    """
    return _write_table(prepare_sweep(request, resources), resources, control, clock)


def _write_table(
    sweep: Sweep, resources: Resources, control: Control, clock: Callable[[], float]
) -> Iterator[Turn]:
    """Every trial has a row; ``failed`` also says why one was not run."""
    following, reason = 0, "done"
    held: dict[int, Finished] = {}
    yield _write_row([*BEFORE, *sweep.axes, *AFTER])
    for turn in run_trials(sweep, resources, control, clock):
        if isinstance(turn, Finished):
            held[turn.index] = turn
            while following in held:
                yield _write_row(_list_cells(sweep, held.pop(following)))
                following += 1
        elif isinstance(turn, str):
            reason = turn
        else:
            yield turn
    for index in range(following, len(sweep.asked)):
        found = held.get(index, Finished(index, Failure.ERROR, known=False))
        cells = _list_cells(sweep, found)
        if index not in held:
            cells[3 + len(sweep.axes)] = reason
        yield _write_row(cells)


def _list_cells(sweep: Sweep, finished: Finished) -> list[Any]:
    result = write_result(sweep, finished)
    grads = result["grad_z_rms"]
    ends = [None, None] if grads is None else [grads[0], grads[-1]]
    values = sweep.values[result["point"]]
    before = [result[name] for name in BEFORE]
    return [*before, *values, result["failed"], *ends, *(result[name] for name in AFTER[3:])]


def _write_row(cells: Sequence[Any]) -> Event:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([_write_cell(cell) for cell in cells])
    return Event("row", text.getvalue().encode())


def _write_cell(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value or ""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()
