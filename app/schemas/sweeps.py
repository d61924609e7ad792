"""Sweeps: what is asked, and the events that answer."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.schemas.flow import FlowConfiguration, Summary
from app.schemas.message import Message, Number, Request
from app.schemas.problem import Problem
from app.schemas.specs import Size


class Axis(Request):
    """One axis of the grid: the values that places of the configuration take together."""

    pointers: Annotated[list[str], Field(min_length=1, max_length=16)] = Field(
        description="JSON pointers into the configuration, such as /network/layers/0/units; "
        "* stands for every entry of an array"
    )
    values: Annotated[list[Any], Field(min_length=1)]
    name: str | None = Field(default=None, description="the first pointer unless given")


class SweepRequest(FlowConfiguration):
    """A configuration, a grid of changes to it, and how many seeds each point of the grid has."""

    grid: Annotated[list[Axis], Field(max_length=8)] = Field(
        default_factory=list, description="every combination of the values is a point"
    )
    seeds: Size = Field(default=5, description="counted up from that of the network")
    format: Literal["events", "csv"] | None = Field(
        default=None, description="as the Accept header says unless given; events if that does not"
    )


class SweepBegin(Message):
    """The first event: what is going to come."""

    trials: int
    points: int
    seeds: int
    axes: list[str]


class TrialResult(Message):
    """What became of one trial. Trials are numbered seed by seed, points first."""

    trial: int
    point: int
    values: list[Any] = Field(description="of the point, an entry per axis")
    seed: int
    known: bool = Field(description="whether it had been computed before")
    failed: Literal["worker_died", "error"] | None = Field(
        description="worker_died: whatever worker runs it dies"
    )
    grad_z_rms: list[Number] | None = Field(description="by layer or time step; null if failed")
    z_variance: list[Number] | None
    log10_ratio: Number | None = Field(
        description="of grad_z_rms, the decimal logarithm of the first over the last"
    )
    mean_factor: Number | None = Field(
        description="the geometric mean of the factors of the mean square gradient"
    )


class PointResult(Message):
    """A point of the grid, once all of its trials have ended, beside theory."""

    point: int
    values: list[Any]
    failed: int
    log10_ratio: Summary | None = Field(description="over the seeds that did not fail")
    predicted_log10_ratio: Number | None
    sigma_w: Number | None
    sigma_b: Number | None
    q_star: Number | None
    chi_1: Number | None
    phase: Literal["ordered", "critical", "chaotic"] | None
    unknown: str | None


class SweepProgress(Message):
    """How far the sweep is."""

    done: int
    failed: int
    known: int
    trials: int
    seconds: float
    seconds_left: float | None = Field(description="by the pace so far; null before there is one")


class SweepEnd(Message):
    """The last event. What was done is kept: the same request goes on from there."""

    reason: Literal["done", "time_limit", "draining", "no_scheduler", "problem"] = Field(
        description="no_scheduler: whatever runs trials does not answer"
    )
    done: int | None
    failed: int | None
    trials: int | None


EVENTS: dict[str, type[Message]] = {
    "begin": SweepBegin,
    "result": TrialResult,
    "point": PointResult,
    "progress": SweepProgress,
    "problem": Problem,
    "end": SweepEnd,
}
"""What the data of an event is, by the event's name."""
