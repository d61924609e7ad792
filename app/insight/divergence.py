"""Why a training ran away: which step, which node, and what most likely drove it there."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.insight.diagnostics import find_non_finite
from app.networks.document import Document
from app.training.loop import Training

Phase = Literal["forward", "backward", "update"]
Cause = Literal["learning_rate", "logarithm", "overflow"]
STEEPEST = 2.0
"""A plain step overshoots and grows where rate times curvature is above this."""


@dataclass(frozen=True)
class Divergence:
    """A step that could not be taken.

    ``document`` is the network just before it, ``calm`` the one from which on things went wrong;
    ``curvature`` is the loss's there along its gradient, ``stable_below`` the learning rate that
    it would take.
    """

    step: int
    phase: Phase
    node: str
    layer: int | None
    cause: Cause
    detail: str
    learning_rate: float
    curvature: float
    stable_below: float | None
    document: Document
    calm: Document


def explain_divergence(training: Training) -> Divergence:
    """What happened to ``training``, which has diverged. It is then where it was still calm."""
    document, step = training.write_document(), training.step + 1
    tape = training.repeat().tape
    found = find_non_finite(tape)
    if found is None:
        phase: Phase = "update"
        node = max(document.parameters, key=lambda name: float(np.abs(tape.grads[name]).max()))
    else:
        phase, node = found.phase, found.node
    in_logarithm = phase == "forward" and tape.graph[node].op in ("log", "xlogy")
    layer = tape.graph[node].layer
    training.calm_down()
    rate, curvature = training.learning_rate, training.measure_curvature()
    steep = rate * curvature > STEEPEST
    cause: Cause = "logarithm" if in_logarithm else "learning_rate" if steep else "overflow"
    return Divergence(
        step,
        phase,
        node,
        layer,
        cause,
        _say(cause, rate, curvature),
        rate,
        curvature,
        STEEPEST / curvature if curvature > 0 else None,
        document,
        training.write_document(),
    )


def _say(cause: Cause, rate: float, curvature: float) -> str:
    if cause == "logarithm":
        return (
            "The loss took the logarithm of 0: an output reached the end of its range. A loss that "
            "takes logits, and its activation with it, cannot get there."
        )
    if cause == "learning_rate":
        return (
            f"The learning rate {rate:.3g} is too large for how sharply the loss bends: along the "
            f"gradient its curvature is {curvature:.3g}, and steps grow from step to step where "
            f"the rate is above 2 / {curvature:.3g} = {STEEPEST / curvature:.3g}."
        )
    return (
        "Numbers grew past the range of a double. Smaller inputs, smaller initial weights, a lower "
        "learning rate or clipping the gradient keep them in it."
    )
