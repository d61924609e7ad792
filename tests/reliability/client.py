"""A fast client on raw connections: the trials share two cores with the server that they try."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    body: bytes
    seconds: float


class Client:
    """One connection, kept open, one request at a time."""

    def __init__(self, address: str) -> None:
        target = urlsplit(address)
        self._host, self._port = target.hostname, target.port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> Answer:
        """Send a request made by ``make_request`` and read the answer, connecting when needed."""
        began = time.perf_counter()
        if self._writer is None or self._writer.is_closing():
            await self.connect()
        assert self._writer is not None
        self._writer.write(request)
        status, headers = await self.read_head()
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join([chunk async for chunk in self.read_chunks()])
        else:
            assert self._reader is not None
            body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        return Answer(status, body, time.perf_counter() - began)

    async def connect(self) -> None:
        """Open the connection."""
        self._reader, self._writer = await asyncio.open_connection(
            self._host, self._port, limit=2**16
        )

    def write(self, data: bytes) -> None:
        """Send some bytes."""
        assert self._writer is not None
        self._writer.write(data)

    async def read_head(self) -> tuple[int, dict[str, str]]:
        """The status and the headers of an answer."""
        assert self._reader is not None
        head = await self._reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = (line.lower().partition(": ") for line in lines if line)
        return int(first.split(" ")[1]), {name: value for name, _, value in headers}

    async def read_chunks(self) -> AsyncIterator[bytes]:
        """A chunked body, chunk by chunk."""
        assert self._reader is not None
        while True:
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            chunk = await self._reader.readexactly(size + 2)
            if not size:
                return
            yield chunk[:-2]

    async def read_events(self) -> AsyncIterator[tuple[str, Any]]:
        """The events of a stream: name and data."""
        text = b""
        async for chunk in self.read_chunks():
            text += chunk
            while b"\n\n" in text:
                event, text = text.split(b"\n\n", 1)
                fields = dict(
                    line.split(": ", 1) for line in event.decode().split("\n") if line[:1] != ":"
                )
                if fields:
                    yield fields["event"], json.loads(fields["data"])

    def close(self) -> None:
        """Drop the connection."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def make_request(method: str, path: str, body: Any = None, client: str = "") -> bytes:
    """A request as it goes on the wire."""
    data = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: trial", f"Content-Length: {len(data)}"]
    if body is not None:
        lines.append("Content-Type: application/json")
    if client:
        lines.append(f"Retrograd-Client: {client}")
    return "\r\n".join([*lines, "", ""]).encode() + data


@asynccontextmanager
async def opened(address: str, count: int) -> AsyncIterator[list[Client]]:
    """So many connections."""
    clients = [Client(address) for _ in range(count)]
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def find_share(values: list[float], share: float) -> float:
    """The value that this share of all is at most."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
