"""Who goes first when there is less processor than there is to do."""

import os
import sys
import threading


def step_back(niceness: int) -> None:
    """Let the calling thread go after others of this process, and of this machine.

    The thread that answers connections is to be woken at once however much is being computed.
    ``niceness`` is that of the system, 0 to 19, and is added to the process's own. Only Linux has
    it for single threads; elsewhere nothing changes.
    """
    if sys.platform == "linux" and niceness:
        own = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), min(19, own + niceness))
