"""What trials gave, kept under the hash of what was asked: asking again computes nothing."""

import hashlib
import os
import threading
from collections import OrderedDict
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from app.engine.op import Array


def make_key(request: dict[str, Any]) -> str:
    """The SHA-256 of the canonical bytes of ``request``, whatever the order of its names."""
    return hashlib.sha256(orjson.dumps(request, option=orjson.OPT_SORT_KEYS)).hexdigest()


class Results:
    """Arrays by key: in memory up to ``most_bytes``, the least recently used given up first.

    With a ``folder``, which processes may share, they are also kept there for good. May be used
    from several threads.
    """

    def __init__(self, most_bytes: int, folder: Path | None = None) -> None:
        self._most_bytes = most_bytes
        self._folder = folder
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Array] = OrderedDict()
        self._bytes = 0

    def find(self, key: str) -> Array | None:
        """What was kept under ``key``; not to be written to."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        found = self._read(key)
        if found is not None:
            self._remember(key, found)
        return found

    def keep(self, key: str, array: Array) -> None:
        """Keep what a trial gave."""
        self._remember(key, array)
        if self._folder is not None:
            self._write(self._folder, key, array)

    def _remember(self, key: str, array: Array) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._bytes += array.nbytes - (0 if before is None else before.nbytes)
            self._kept[key] = array
            while self._bytes > self._most_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= dropped.nbytes

    def _read(self, key: str) -> Array | None:
        if self._folder is None:
            return None
        try:
            content = (self._folder / key).read_bytes()
            found: Array = np.load(BytesIO(content), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            # Not there, or cut short by something that no rename protects from: computed again.
            return None
        return found

    def _write(self, folder: Path, key: str, array: Array) -> None:
        content = BytesIO()
        np.save(content, array, allow_pickle=False)
        # Renamed when complete, so that nobody ever reads a part of it.
        part = folder / f"{key}.{os.getpid()}.{threading.get_ident()}"
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content.getvalue())
        part.replace(folder / key)
