"""What a contestant is: one who takes training steps and can tell the loss and the gradients."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Contestant:
    """``step`` does the work once; ``loss`` tells the loss that the last step found."""

    step: Callable[[], object]
    loss: Callable[[], float]
