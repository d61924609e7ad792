"""When to stop before all steps are taken."""

from dataclasses import dataclass
from typing import Literal

Reason = Literal["loss", "patience"]


@dataclass(frozen=True)
class StopRule:
    """At ``loss`` or below, or after ``patience`` epochs in a row without a loss lower by more than
    ``min_delta`` than the lowest so far."""

    loss: float | None = None
    patience: int | None = None
    min_delta: float = 0.0


class Stopper:
    """Follows the losses of one training, epoch by epoch."""

    def __init__(self, rule: StopRule) -> None:
        self._rule = rule
        self._lowest = float("inf")
        self._waited = 0

    @property
    def idle(self) -> bool:
        """Whether there is nothing to look for."""
        return self._rule.loss is None and self._rule.patience is None

    def judge(self, loss: float, validation_loss: float | None) -> Reason | None:
        """Why to stop after an epoch with these losses, if at all."""
        rule = self._rule
        if rule.loss is not None and loss <= rule.loss:
            return "loss"
        watched = loss if validation_loss is None else validation_loss
        if watched < self._lowest - rule.min_delta:
            self._lowest, self._waited = watched, 0
            return None
        self._waited += 1
        return "patience" if rule.patience is not None and self._waited >= rule.patience else None
