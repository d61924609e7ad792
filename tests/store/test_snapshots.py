"""Snapshots on every database: immutable, counted, checked, durable."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import delete, update

from app.store.canonical import identify
from app.store.errors import DamagedSnapshotError, StoreFullError, UnreachableStoreError
from app.store.snapshots import SNAPSHOTS, SnapshotStore

Opener = Callable[..., SnapshotStore]


def test_what_was_stored_is_there_for_whoever_opens_the_store(open_store: Opener) -> None:
    first, second = open_store(), open_store()
    assert first.put(b'{"a":1}') == (identify(b'{"a":1}'), True)
    assert second.put(b'{"a":1}') == (identify(b'{"a":1}'), False)
    assert second.get(identify(b'{"a":1}')) == b'{"a":1}'
    assert first.get(identify(b"{}")) is None
    assert second.list_ids() == [identify(b'{"a":1}')]


def test_the_store_is_full_at_its_limit(open_store: Opener) -> None:
    store = open_store(most_bytes=10)
    store.put(b"12345")
    store.put(b"67890")
    assert store.count_bytes() == 10
    store.put(b"12345")
    with pytest.raises(StoreFullError):
        store.put(b"!")
    assert store.get(identify(b"!")) is None
    assert store.count_bytes() == 10
    assert open_store(most_bytes=11).put(b"!") == (identify(b"!"), True)


def test_a_damaged_snapshot_is_told(open_store: Opener) -> None:
    store = open_store()
    snapshot_id, _ = store.put(b"[1,2,3]")
    damage = update(SNAPSHOTS).where(SNAPSHOTS.c.id == snapshot_id).values(body=b"[1,2,4]")
    with store._engine.execution_options(writes=True).begin() as connection:
        connection.execute(damage)
    with pytest.raises(DamagedSnapshotError):
        store.get(snapshot_id)
    with pytest.raises(DamagedSnapshotError):
        store.put(b"[1,2,3]")


def test_many_writers_at_once_lose_and_double_nothing(open_store: Opener) -> None:
    stores = [open_store() for _ in range(4)]
    news: list[bool] = []

    def write(store: SnapshotStore) -> None:
        news.extend(store.put(f"[{number}]".encode())[1] for number in range(25))

    threads = [threading.Thread(target=write, args=[store]) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(news) == 100
    assert sum(news) == 25
    assert len(stores[0].list_ids()) == 25
    assert stores[0].count_bytes() == sum(len(f"[{number}]") for number in range(25))


def test_a_row_that_is_gone_is_gone(open_store: Opener) -> None:
    store = open_store()
    snapshot_id, _ = store.put(b"{}")
    with store._engine.execution_options(writes=True).begin() as connection:
        connection.execute(delete(SNAPSHOTS))
    assert store.get(snapshot_id) is None


@pytest.mark.parametrize(
    "url",
    ["sqlite:////proc/nowhere/snapshots.sqlite3", "postgresql://nobody@127.0.0.1:1/nothing"],
)
def test_a_database_that_does_not_answer_is_told(url: str) -> None:
    store = SnapshotStore(url, 100)
    with pytest.raises(UnreachableStoreError):
        store.ping()
    with pytest.raises(UnreachableStoreError):
        store.put(b"{}")
