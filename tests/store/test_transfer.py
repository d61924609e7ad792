"""A store moves to another database by a file, and back."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from app.__main__ import main
from app.store.canonical import identify, write_canonical
from app.store.errors import StoreFullError
from app.store.snapshots import SnapshotStore
from app.store.transfer import export_snapshots, import_snapshots

BODIES = [write_canonical({"network": {"inputs": number}, "view": {}}) for number in range(20)]


def test_a_store_moves_whole(open_store: Callable[..., SnapshotStore], tmp_path: Path) -> None:
    store, file = open_store(), io.BytesIO()
    for body in BODIES:
        store.put(body)
    assert export_snapshots(store, file).moved == 20
    lines = file.getvalue().splitlines()
    assert sorted(lines) == sorted(BODIES)
    assert lines == sorted(lines, key=identify)

    other = SnapshotStore(f"sqlite:///{tmp_path}/other.sqlite3", 1_000_000)
    file.seek(0)
    report = import_snapshots(other, file)
    assert (report.moved, report.known, report.complaints) == (20, 0, [])
    file.seek(0)
    report = import_snapshots(other, file)
    assert (report.moved, report.known) == (0, 20)
    assert other.list_ids() == store.list_ids()
    assert all(other.get(identify(body)) == body for body in BODIES)
    other.close()


def test_lines_that_are_no_snapshots_are_told(tmp_path: Path) -> None:
    store = SnapshotStore(f"sqlite:///{tmp_path}/store.sqlite3", 1_000_000)
    lines = [BODIES[0], b"", b"{", b"[1]", b'{"network": 1}', BODIES[1]]
    report = import_snapshots(store, io.BytesIO(b"\n".join(lines)))
    assert report.moved == 2
    assert report.complaints == [
        "line 3 is not a JSON document",
        "line 4 is not a snapshot",
        "line 5 is not a snapshot",
    ]
    store.close()


def test_an_import_stops_when_the_store_is_full(tmp_path: Path) -> None:
    store = SnapshotStore(f"sqlite:///{tmp_path}/store.sqlite3", len(BODIES[0]) * 2)
    with pytest.raises(StoreFullError):
        import_snapshots(store, io.BytesIO(b"\n".join(BODIES)))
    assert len(store.list_ids()) == 2
    store.close()


def test_by_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "snapshots.jsonl"
    monkeypatch.setenv("RETROGRAD_DATA", str(tmp_path / "one"))
    store = SnapshotStore(f"sqlite:///{tmp_path}/one/snapshots.sqlite3", 1_000_000)
    for body in BODIES:
        store.put(body)
    assert main(["snapshots", "export", str(file)]) == 0
    assert capsys.readouterr().out == "20 snapshots exported\n"
    monkeypatch.setenv("RETROGRAD_DATA", str(tmp_path / "two"))
    assert main(["snapshots", "import", str(file)]) == 0
    assert capsys.readouterr().out == "20 snapshots imported\n"
    assert main(["snapshots", "import", str(file)]) == 0
    assert capsys.readouterr().out == "0 snapshots imported, 20 were there already\n"

    with store._engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql(
            "UPDATE snapshots SET body = 'x' WHERE id = (SELECT min(id) FROM snapshots)"
        )
    store.close()
    monkeypatch.setenv("RETROGRAD_DATA", str(tmp_path / "one"))
    assert main(["snapshots", "export", str(file)]) == 1
    told = capsys.readouterr()
    assert told.out == "19 snapshots exported\n"
    assert "is damaged" in told.err
    assert main(["snapshots", "import", str(tmp_path / "nothing")]) == 1
    assert "No such file" in capsys.readouterr().err
