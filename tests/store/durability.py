"""Kills writers in the middle of their work and looks whether anything they were told is lost.

``python -m tests.store.durability 200`` does so 200 times, with several stores at once.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.store.canonical import identify, write_canonical
from app.store.snapshots import SnapshotStore

ROOT = Path(__file__).parents[2]
WRITER = [sys.executable, "-m", "tests.store.durability"]
ROOM = 2**31
STORES = 4
"""Most of a round is the start of its writers, on whatever core is free."""


def write_forever(url: str, name: str) -> None:
    """Store one snapshot after the other and say the id of each once it is acknowledged."""
    store = SnapshotStore(url, ROOM)
    for number in range(1_000_000):
        snapshot_id, _ = store.put(make_body(name, number))
        # In one call: what a killed process had in a buffer nobody was told.
        os.write(1, f"{number} {snapshot_id}\n".encode())


def make_body(name: str, number: int) -> bytes:
    """Another snapshot for every name and number, of up to 20 KB."""
    length = random.Random(f"{name} {number}").randrange(2_500)  # noqa: S311
    return write_canonical(
        {"network": {"seed": number}, "view": {"w": name, "x": [number] * length}}
    )


def kill_writers(url: str, kills: int, writers: int = 2, seed: int = 0) -> Iterator[int]:
    """Start writers, kill -9 them while they write, check the store: so many times.

    Yields how many snapshots each round had acknowledged. ``seed`` says when they are killed.
    Raises ``AssertionError`` for a snapshot that is lost, damaged or not counted.
    """
    rng = random.Random(seed)  # noqa: S311
    total: dict[str, bytes] = {}
    for kill in range(kills):
        names = [f"{kill}.{writer}" for writer in range(writers)]
        processes = [
            subprocess.Popen([*WRITER, url, name], stdout=subprocess.PIPE, cwd=ROOT)
            for name in names
        ]
        for process in processes:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first.startswith(b"0 "), first
        time.sleep(rng.uniform(0, 0.05))
        told = {}
        for name, process in zip(names, processes, strict=True):
            process.kill()
            rest, _ = process.communicate()
            # The last line may have been cut off.
            lines = [b"0 " + identify(make_body(name, 0)).encode(), *rest.split(b"\n")[:-1]]
            for line in lines:
                number, snapshot_id = line.decode().split()
                told[snapshot_id] = make_body(name, int(number))
        total |= told
        check(url, told)
        yield len(told)
    check(url, total)


def check(url: str, told: dict[str, bytes]) -> None:
    """Every snapshot told of is there, every one that is there is whole, and all are counted."""
    store = SnapshotStore(url, ROOM)
    for snapshot_id, body in told.items():
        assert store.get(snapshot_id) == body, f"{snapshot_id} was acknowledged and is lost"
    bodies = [store.get(snapshot_id) for snapshot_id in store.list_ids()]
    assert store.count_bytes() == sum(len(body) for body in bodies if body is not None)
    store.close()


def main(kills: int) -> None:
    """Kill so many times, with stores in a folder of their own."""
    began = time.perf_counter()

    def kill(store: int) -> list[int]:
        url = f"sqlite:///{Path(folder)}/{store}.sqlite3"
        return list(kill_writers(url, len(range(store, kills, STORES)), seed=store))

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(STORES) as threads:
        told = [count for counts in threads.map(kill, range(STORES)) for count in counts]
    print(
        f"{len(told)} kills, {sum(told)} snapshots acknowledged, none lost, none damaged, "
        f"{time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        write_forever(sys.argv[1], sys.argv[2])
    else:
        main(int(sys.argv[1]))
