"""A connection on which every byte is chosen."""

import json
import socket
import time
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit


class Wire:
    """A TCP connection to a server."""

    def __init__(self, address: str, *, receive_buffer: int | None = None) -> None:
        target = urlsplit(address)
        assert target.hostname is not None
        assert target.port is not None
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(10)
        self.socket.connect((target.hostname, target.port))

    def __enter__(self) -> "Wire":
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read_answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the next answer, which has to have a length."""
        head = b""
        while b"\r\n\r\n" not in head:
            data = self.socket.recv(65_536)
            if not data:
                raise ConnectionError(f"closed after {head!r}")
            head += data
        head, body = head.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        while len(body) < int(headers["content-length"]):
            body += self.socket.recv(65_536)
        return int(lines[0].split(" ")[1]), headers, body

    def read_problem(self) -> tuple[int, dict[str, Any]]:
        """The status and the problem of the next answer."""
        status, headers, body = self.read_answer()
        assert headers["content-type"] == "application/problem+json", body
        problem: dict[str, Any] = json.loads(body)
        assert problem["status"] == status
        return status, problem

    def wait_for_end(self) -> float:
        """Seconds until the server closes the connection; what it sends until then is dropped."""
        began = time.monotonic()
        try:
            while self.socket.recv(65_536):
                pass
        except ConnectionResetError:
            pass
        return time.monotonic() - began
