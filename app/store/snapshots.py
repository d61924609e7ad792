"""Immutable documents, each stored under the hash of its bytes."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.store.canonical import ID_LENGTH, identify
from app.store.errors import DamagedSnapshotError, StoreFullError, UnreachableStoreError

PATIENCE = 5
"""Seconds to wait for a lock, for a connection of the pool, or for the database to answer."""
WAITS = (0.02, 0.1, 0.5)
WRITES = "writes"
"""The option of a connection whose transaction takes the lock for writing at once."""

METADATA = MetaData()
SNAPSHOTS = Table(
    "snapshots",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
USAGE = Table(
    "usage",
    METADATA,
    Column("name", String(16), primary_key=True),
    Column("bytes", BigInteger, nullable=False),
)
"""One row: the sum of all bodies, moved in the transaction that adds one."""


class SnapshotStore:
    """Snapshots in SQLite or PostgreSQL. What was acknowledged is on the disk.

    The database is opened at the first use, so that a service can start before it.
    """

    def __init__(self, url: str, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._engine = make_engine(make_url(url))
        self._lock = threading.Lock()
        self._made = False

    def put(self, body: bytes) -> tuple[str, bool]:
        """Store canonical bytes: their id, and whether they are new.

        Raises ``StoreFullError`` when there is no room, ``UnreachableStoreError`` when the
        database does not answer.
        """
        snapshot_id = identify(body)
        with self._connect(writes=True) as connection:
            if self._insert(connection, snapshot_id, body):
                if not self._claim(connection, len(body)):
                    raise StoreFullError(self._most_bytes)
                return snapshot_id, True
            kept = connection.scalar(select(SNAPSHOTS.c.body).where(SNAPSHOTS.c.id == snapshot_id))
        if kept != body:
            raise DamagedSnapshotError(snapshot_id)
        return snapshot_id, False

    def get(self, snapshot_id: str) -> bytes | None:
        """The bytes under an id, or ``None``.

        Raises ``DamagedSnapshotError`` when they do not give that id, ``UnreachableStoreError``
        when the database does not answer.
        """
        with self._connect() as connection:
            body = connection.scalar(select(SNAPSHOTS.c.body).where(SNAPSHOTS.c.id == snapshot_id))
        if body is None:
            return None
        if not isinstance(body, bytes) or identify(body) != snapshot_id:
            raise DamagedSnapshotError(snapshot_id)
        return body

    def list_ids(self) -> list[str]:
        """Every id, in order."""
        with self._connect() as connection:
            return list(connection.scalars(select(SNAPSHOTS.c.id).order_by(SNAPSHOTS.c.id)))

    def count_bytes(self) -> int:
        """The size of all snapshots together."""
        with self._connect() as connection:
            return int(connection.scalar(select(USAGE.c.bytes)) or 0)

    def ping(self) -> None:
        """Raises ``UnreachableStoreError`` when the database does not answer."""
        with self._connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def _insert(self, connection: Connection, snapshot_id: str, body: bytes) -> bool:
        dialect: Any = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        row = dialect.insert(SNAPSHOTS).values(id=snapshot_id, body=body)
        made = row.on_conflict_do_nothing().returning(SNAPSHOTS.c.id)
        return connection.scalar(made) is not None

    def _claim(self, connection: Connection, size: int) -> bool:
        room = USAGE.c.bytes + size <= self._most_bytes
        grown = update(USAGE).where(room).values(bytes=USAGE.c.bytes + size)
        return connection.execute(grown).rowcount == 1

    @contextmanager
    def _connect(self, *, writes: bool = False) -> Iterator[Connection]:
        try:
            self._make_tables()
            engine = self._engine.execution_options(**{WRITES: writes})
            with engine.begin() as connection:
                yield connection
        except (DBAPIError, PoolTimeoutError, sqlite3.Error, OSError) as error:
            raise UnreachableStoreError("the database of the snapshots does not answer") from error

    def _make_tables(self) -> None:
        with self._lock:
            if self._made:
                return
            if self._engine.dialect.name == "sqlite" and self._engine.url.database:
                Path(self._engine.url.database).parent.mkdir(parents=True, exist_ok=True)
            # Of processes that start together one makes the tables; the others look again.
            for seconds in WAITS:
                try:
                    self._try_to_make_tables()
                    break
                except (
                    IntegrityError,
                    OperationalError,
                    ProgrammingError,
                    sqlite3.OperationalError,
                ):
                    time.sleep(seconds)
            else:
                self._try_to_make_tables()
            self._made = True

    def _try_to_make_tables(self) -> None:
        if self._engine.dialect.name == "sqlite":
            # Kept in the file; outside a transaction; does not wait for a lock as others do.
            with closing(self._engine.raw_connection()) as raw:
                raw.cursor().execute("PRAGMA journal_mode = WAL")
        with self._engine.execution_options(**{WRITES: True}).begin() as connection:
            METADATA.create_all(connection)
            if connection.scalar(select(USAGE.c.name)) is None:
                connection.execute(insert(USAGE).values(name="snapshots", bytes=0))


def make_engine(url: URL) -> Engine:
    """The engine for a URL; a plain ``postgresql://`` is given its driver."""
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        options = {"connect_timeout": PATIENCE}
        return create_engine(url, pool_timeout=PATIENCE, pool_pre_ping=True, connect_args=options)
    engine = create_engine(url, connect_args={"timeout": PATIENCE}, pool_timeout=PATIENCE)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up_sqlite(connection: Any, _: Any) -> None:
    # The driver would begin transactions on its own, and too late.
    connection.isolation_level = None
    # A commit has reached the disk before it is acknowledged.
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
