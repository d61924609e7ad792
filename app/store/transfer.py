"""A whole store as a file, one snapshot a line, and back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

import orjson

from app.store.canonical import write_canonical
from app.store.errors import DamagedSnapshotError
from app.store.snapshots import SnapshotStore


@dataclass
class Report:
    """What a transfer did: how many snapshots went over, and what was wrong with the others."""

    moved: int = 0
    known: int = 0
    complaints: list[str] = field(default_factory=list)


def export_snapshots(store: SnapshotStore, file: IO[bytes]) -> Report:
    """Write every snapshot to ``file``, in the order of the ids. Damaged ones are left out."""
    report = Report()
    for snapshot_id in store.list_ids():
        try:
            body = store.get(snapshot_id)
        except DamagedSnapshotError as error:
            report.complaints.append(str(error))
            continue
        if body is not None:
            file.write(body + b"\n")
            report.moved += 1
    return report


def import_snapshots(store: SnapshotStore, file: IO[bytes]) -> Report:
    """Store every line of ``file``. What is there already stays; a line that is no snapshot is
    told by its number. Raises ``StoreFullError`` when there is no room for all."""
    report = Report()
    for number, line in _number_lines(file):
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            report.complaints.append(f"line {number} is not a JSON document")
            continue
        if not isinstance(value, dict) or not isinstance(value.get("network"), dict):
            report.complaints.append(f"line {number} is not a snapshot")
            continue
        _, is_new = store.put(write_canonical(value))
        report.moved += is_new
        report.known += not is_new
    return report


def _number_lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())
