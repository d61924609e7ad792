"""Schedules: what the learning rate is multiplied by, as a function of the step alone."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

Count = Annotated[int, Field(ge=1, le=1_000_000)]
Factor = Annotated[float, Field(gt=0, le=1)]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Constant:
    """Options of a rate that stays."""


@dataclass(frozen=True)
class Step:
    """Options of a rate that falls in steps."""

    every: Annotated[Count, Field(description="steps between two falls")] = 1000
    factor: Annotated[Factor, Field(description="what each fall leaves of the rate")] = 0.5


@dataclass(frozen=True)
class Exponential:
    """Options of a rate that falls with every step."""

    decay: Annotated[Factor, Field(description="what each step leaves of the rate")] = 0.999


@dataclass(frozen=True)
class Cosine:
    """Options of a rate that falls along half a cosine, after a warm-up if asked for."""

    steps: Annotated[Count, Field(description="the step at which it is down")] = 1000
    minimum: Annotated[Share, Field(description="what is left of the rate from there on")] = 0.0
    warm_up: Annotated[int, Field(ge=0, le=1_000_000, description="steps of rising first")] = 0


@dataclass(frozen=True)
class WarmUp:
    """Options of a rate that rises to its full height."""

    steps: Annotated[Count, Field(description="the step at which it is up")] = 100
    start: Annotated[Share, Field(description="what the first step has of the rate")] = 0.0


@dataclass(frozen=True)
class Schedule:
    """One schedule; ``factor`` takes its options and the number of steps taken before."""

    name: str
    label: str
    summary: str
    latex: str
    options: type
    factor: Callable[[Any, int], float]


def _rise(step: int, steps: int, start: float) -> float:
    return start + (1.0 - start) * min(1.0, step / steps)


def _cosine(o: Cosine, step: int) -> float:
    # Loshchilov and Hutter, "SGDR", 2017, without restarts.
    if step < o.warm_up:
        return (step + 1) / (o.warm_up + 1)
    along = min(1.0, (step - o.warm_up) / max(1, o.steps - o.warm_up))
    return o.minimum + (1.0 - o.minimum) * 0.5 * (1.0 + math.cos(math.pi * along))


SCHEDULES: dict[str, Schedule] = {
    schedule.name: schedule
    for schedule in (
        Schedule(
            "constant",
            "Constant",
            "The learning rate stays what it is.",
            r"\alpha_t = \alpha",
            Constant,
            lambda o, step: 1.0,
        ),
        Schedule(
            "step",
            "Step",
            "The learning rate falls by a factor every so many steps.",
            r"\alpha_t = \alpha\, \gamma^{\lfloor t / s \rfloor}",
            Step,
            lambda o, step: o.factor ** (step // o.every),
        ),
        Schedule(
            "exponential",
            "Exponential",
            "The learning rate falls by the same factor with every step.",
            r"\alpha_t = \alpha\, \gamma^t",
            Exponential,
            lambda o, step: o.decay**step,
        ),
        Schedule(
            "cosine",
            "Cosine",
            "The learning rate falls along half a cosine, gently at both ends.",
            r"\alpha_t = \tfrac{\alpha}{2} \bigl(1 + \cos \tfrac{\pi t}{T}\bigr)",
            Cosine,
            _cosine,
        ),
        Schedule(
            "warm_up",
            "Warm-up",
            "The learning rate rises in a straight line and then stays.",
            r"\alpha_t = \alpha \min(1, \tfrac{t}{T})",
            WarmUp,
            lambda o, step: _rise(step, o.steps, o.start),
        ),
    )
}
