"""Stopping: first nothing new is begun, then what is open ends, then the process."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def drain_on_signals(begin: Callable[[], None], seconds: float) -> Iterator[None]:
    """While inside, SIGTERM calls ``begin`` and lets the server stop ``seconds`` later.

    That is time for a load balancer to see that this process is not ready any more. SIGINT, as by
    Ctrl C, does not wait. A second signal ends the process now. The server's own handlers do the
    stopping; where there are none, nothing is changed.
    """
    numbers = (signal.SIGTERM, signal.SIGINT)
    previous = {number: signal.getsignal(number) for number in numbers}
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or previous[signal.SIGTERM] in (signal.SIG_DFL, signal.SIG_IGN, None):
        yield
        return
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def stop(number: int) -> None:
        handler = previous[signal.Signals(number)]
        if callable(handler):
            handler(number, None)

    def handle(number: int, _: FrameType | None) -> None:
        if received:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        received.append(number)
        loop.call_soon_threadsafe(begin)
        wait = seconds if number == signal.SIGTERM else 0
        loop.call_soon_threadsafe(loop.call_later, wait, stop, number)

    for number in numbers:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
