"""A store on every database that snapshots can be kept in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.store.snapshots import SnapshotStore
from tests.store.postgresql import find_postgresql, run_postgresql

MISSING = (
    "PostgreSQL is not here, so these tests did not run: install its server "
    "(apt-get install postgresql) or name a database in RETROGRAD_TEST_POSTGRESQL"
)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of an empty database."""
    if find_postgresql() is None:
        pytest.skip(MISSING)
    with run_postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/deep/down/snapshots.sqlite3"
        return
    found: str = request.getfixturevalue("postgresql")
    yield found
    empty(found)


def empty(url: str) -> None:
    store = SnapshotStore(url, 1)
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS snapshots, usage")
    store.close()


@pytest.fixture
def open_store(url: str) -> Iterator[Callable[..., SnapshotStore]]:
    """Opens the database, as often as wanted."""
    opened: list[SnapshotStore] = []

    def open_one(most_bytes: int = 1_000_000) -> SnapshotStore:
        opened.append(SnapshotStore(url, most_bytes))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()
