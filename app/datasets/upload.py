"""The user's own table: CSV text read with as few questions as possible, and clear about faults."""

import csv
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.datasets.data import Data, DataError, standardize

DELIMITERS = (",", ";", "\t", "|")
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})
DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")
LABELS = re.compile(r"(?i)class|label|target|species|category|outcome|y")
PREVIEW = 10
MOST_CLASSES = 256
MOST_NAMED = 100
"""So many incomplete rows are named one by one."""


@dataclass(frozen=True)
class CsvOptions:
    """How to read a table; what is ``None`` is found out. ``label`` is a column's name."""

    delimiter: str | None = None
    header: bool | None = None
    label: str | None = None
    standardize: bool = False


@dataclass(frozen=True)
class Gap:
    """A cell without a value; ``row`` counts lines of the table from 1, the header included."""

    row: int
    column: str


@dataclass(frozen=True)
class Table:
    """What a text holds, and how it was read.

    ``left_out`` names columns of text that are not the label, ``gaps`` the cells for whose sake
    ``incomplete`` rows were left out.
    """

    data: Data
    delimiter: str
    header: bool
    names: tuple[str, ...]
    label: str
    left_out: tuple[str, ...]
    preview: tuple[tuple[str, ...], ...]
    gaps: tuple[Gap, ...]
    incomplete: int


def read_table(text: str, options: CsvOptions, most_rows: int, most_columns: int) -> Table:
    """The table that ``text`` holds. Raises ``DataError`` naming row and column."""
    delimiter = options.delimiter or find_delimiter(text)
    lines = _split(text, delimiter)
    _check_size(lines, most_rows + 1, most_columns + 1)
    header = _has_header(lines) if options.header is None else options.header
    names = _name_columns(lines[0] if header else None, len(lines[0][1]))
    rows = lines[1:] if header else lines
    if len(rows) < 2:
        raise DataError("/text", "expected at least two rows of data", "too_short")
    columns = list(zip(*(cells for _, cells in rows), strict=True))
    numeric = [_is_numeric(cells) for cells in columns]
    label = _find_label(names, numeric, options.label)
    kept = [k for k, number in enumerate(numeric) if number and k != label]
    if not kept:
        raise DataError("/text", "expected a column of numbers besides the label", "no_features")
    complete, gaps, incomplete = _find_gaps(rows, names, [*kept, label])
    if len(complete) < 2:
        raise DataError("/text", "expected at least two rows without a missing value", "too_short")
    inputs = np.array([[_number(cells[k], row, names[k]) for k in kept] for row, cells in complete])
    targets, classes = _read_label(complete, label, names[label], numeric[label])
    data = Data(
        standardize(inputs) if options.standardize else inputs,
        targets,
        tuple(names[k] for k in kept),
        (names[label],),
        classes,
    )
    left_out = [name for k, name in enumerate(names) if k != label and not numeric[k]]
    preview = tuple(tuple(cells) for _, cells in rows[:PREVIEW])
    return Table(
        data,
        delimiter,
        header,
        tuple(names),
        names[label],
        tuple(left_out),
        preview,
        tuple(gaps),
        incomplete,
    )


def find_delimiter(text: str) -> str:
    """The delimiter that splits the first lines most evenly into most cells."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]

    def judge(delimiter: str) -> tuple[int, int]:
        counts = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter))
        cells, agreeing = counts.most_common(1)[0] if counts else (1, 0)
        return (agreeing if cells > 1 else 0, cells)

    return max(DELIMITERS, key=judge)


Line = tuple[int, list[str]]
"""The number of a row, counted from 1, and its cells."""


def _split(text: str, delimiter: str) -> list[Line]:
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                lines.append((reader.line_num, stripped))
    except csv.Error as error:
        detail = f"row {reader.line_num}: expected cells with their quotes closed"
        raise DataError("/text", detail, "malformed_csv") from error
    if not lines:
        raise DataError("/text", "expected a table: rows of cells", "too_short")
    width = len(lines[0][1])
    for row, cells in lines:
        if len(cells) != width:
            detail = f"row {row}: expected {width} cells as in the first row, got {len(cells)}"
            raise DataError("/text", detail, "ragged_row")
    return lines


def _check_size(lines: list[Line], most_rows: int, most_columns: int) -> None:
    if len(lines) > most_rows:
        raise DataError("/text", f"expected at most {most_rows - 1} rows", "limit_exceeded")
    if len(lines[0][1]) > most_columns:
        detail = f"expected at most {most_columns - 1} columns besides the label"
        raise DataError("/text", detail, "limit_exceeded")


def _has_header(lines: list[Line]) -> bool:
    # A first row of words over a column of numbers, or of different words that never come again.
    first, rest = lines[0][1], [cells for _, cells in lines[1:]]
    if not rest or any(parse_number(cell) is not None for cell in first):
        return False
    columns = list(zip(*rest, strict=True))
    if any(_is_numeric(cells) for cells in columns):
        return all(cell.lower() not in MISSING for cell in first)
    return all(name not in cells for name, cells in zip(first, columns, strict=True))


def _name_columns(header: Line | None, count: int) -> list[str]:
    if header is None:
        return [f"column{number}" for number in range(1, count + 1)]
    names = [name or f"column{number}" for number, name in enumerate(header[1], start=1)]
    for name, times in Counter(names).items():
        if times > 1:
            detail = f"row {header[0]}: expected every column to have its own name"
            raise DataError("/text", detail, "repeated_name")
        if len(name) > 100:
            detail = f"row {header[0]}: expected names of at most 100 characters"
            raise DataError("/text", detail, "too_long")
    return names


def parse_number(cell: str) -> float | None:
    """The finite number that a cell holds, with a point or a comma, else ``None``."""
    if DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    try:
        value = float(cell) if "_" not in cell else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_missing(cell: str) -> bool:
    return cell.lower() in MISSING


def _is_numeric(cells: Sequence[str]) -> bool:
    # Most of what is there: a few words among numbers are mistakes to be told, not a category.
    present = [cell for cell in cells if not _is_missing(cell)]
    return sum(parse_number(cell) is not None for cell in present) * 2 > len(present)


def _find_label(names: list[str], numeric: list[bool], wanted: str | None) -> int:
    if wanted is not None:
        if wanted not in names:
            raise DataError("/label", f"expected one of: {', '.join(names)}", "unknown_name")
        return names.index(wanted)
    if len(names) < 2:
        raise DataError("/text", "expected at least two columns", "too_short")
    named = [k for k, name in enumerate(names) if LABELS.fullmatch(name)]
    words = [k for k, number in enumerate(numeric) if not number]
    return (named or words or [len(names) - 1])[-1]


def _find_gaps(
    rows: list[Line], names: list[str], used: list[int]
) -> tuple[list[Line], list[Gap], int]:
    complete: list[Line] = []
    gaps: list[Gap] = []
    for row, cells in rows:
        missing = [k for k in used if _is_missing(cells[k])]
        if not missing:
            complete.append((row, cells))
        elif len(gaps) < MOST_NAMED:
            gaps += [Gap(row, names[k]) for k in missing]
    return complete, gaps, len(rows) - len(complete)


def _number(cell: str, row: int, column: str) -> float:
    value = parse_number(cell)
    if value is None:
        raise DataError("/text", f"row {row}, column {column}: expected a number", "not_a_number")
    return value


def _read_label(
    rows: list[Line], label: int, name: str, numeric: bool
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], tuple[str, ...]]:
    cells = [cells[label] for _, cells in rows]
    numbers = [parse_number(cell) for cell in cells] if numeric else []
    distinct = sorted({number for number in numbers if number is not None})
    # Few whole numbers are classes, as words are; others are what is to be fitted.
    few = len(distinct) <= min(10, len(cells) // 2)
    if numeric and not (few and all(number.is_integer() for number in distinct)):
        return np.array([[_number(cells[label], row, name)] for row, cells in rows]), ()
    if numeric:
        for row, found in rows:
            _number(found[label], row, name)
        places = {number: place for place, number in enumerate(distinct)}
        classes = tuple(f"{number:g}" for number in distinct)
        codes = [places[number] for number in numbers if number is not None]
    else:
        classes = tuple(sorted(set(cells)))
        codes = [classes.index(cell) for cell in cells]
    if not 2 <= len(classes) <= MOST_CLASSES:
        detail = f"column {name}: expected 2 to {MOST_CLASSES} different labels"
        raise DataError("/text", f"{detail}, got {len(classes)}", "wrong_labels")
    return np.array(codes, dtype=float)[:, None], classes
