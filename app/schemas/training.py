"""Training on the wire: the request, and the events of its stream."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from app.schemas.adjustment import Adjusted, Penalty
from app.schemas.datasets import Data
from app.schemas.message import WHOLE, Finite, Message, Number, Request
from app.schemas.problem import Problem
from app.schemas.specs import (
    DocumentAnswer,
    NamedChoice,
    Network,
    Optimizer,
    Seed,
    Size,
    as_named,
    name_schema,
)
from app.training.schedules import SCHEDULES

Schedule = Annotated[NamedChoice, BeforeValidator(as_named), name_schema(SCHEDULES)]
Range = Annotated[list[Finite], Field(min_length=2, max_length=2)]
Side = Annotated[int, Field(ge=2, le=200), WHOLE]


class Stop(Request):
    """When to stop before all steps are taken. Looked at when an epoch ends."""

    loss: Finite | None = Field(default=None, description="at this loss or below")
    patience: Size | None = Field(
        default=None,
        description="after so many epochs without a lower validation loss (or loss, if there is "
        "no validation); counted anew by every request",
    )
    min_delta: Penalty = Field(default=0.0, description="what counts as lower")


class Grid(Request):
    """Where to look at the network's outputs; for networks of one or two inputs."""

    x: Range = Field(default=[-6.0, 6.0], description="from and to")
    y: Range = Field(default=[-6.0, 6.0], description="from and to")
    size: Side = Field(default=50, description="points along each axis")
    units: bool = Field(default=False, description="a map of every hidden unit as well")
    units_size: Side = 20
    encoding: Literal["numbers", "float32"] = Field(
        default="numbers", description="nested arrays, or base64 of little-endian float32"
    )


class TrainRequest(Adjusted):
    """A network, data, and how to learn from it."""

    network: Network
    data: Data
    optimizer: Optimizer
    batch_size: Size | None = Field(default=None, description="null: all samples")
    steps: Size = Field(default=1000, description="at most so many, from the network's own step")
    shuffle_seed: Seed | None = Field(default=0, description="null: in the order given")
    validation_fraction: Annotated[Finite, Field(ge=0, lt=1)] = 0.0
    stop: Stop | None = None
    schedule: Schedule | None = None
    frame_every: Size | None = Field(
        default=None, description="steps between frames; null: as many as there is time for"
    )
    frames_per_second: Annotated[Finite, Field(gt=0)] | None = Field(
        default=None, description="at most so many; with frame_every, the pace of the training"
    )
    with_network: bool = Field(default=True, description="whether frames carry the document")
    grid: Grid | None = None
    sequences: Annotated[int, Field(ge=0, le=16), WHOLE] = Field(
        default=0,
        description="of so many sequences frames show the outputs: the first that are held out for "
        "validation, or else the first to learn from; for recurrent networks",
    )


class Metrics(Message):
    """Of samples whose targets name classes."""

    accuracy: float | None = None
    confusion: list[list[int]] | None = Field(
        default=None, description="counts: confusion[actual][found]"
    )
    validation_accuracy: float | None = None
    validation_confusion: list[list[int]] | None = None


Map = list[Number] | list[list[Number]] | list[list[list[Number]]] | str
"""Numbers by unit, y and x; or base64 of them as little-endian float32, in that order."""


class GridAnswer(Message):
    """Maps of the plane. With one input there is no y axis."""

    x: list[float]
    y: list[float]
    size: int
    units_size: int
    encoding: Literal["numbers", "float32"]
    outputs: Map = Field(description="(outputs, y, x)")
    units: dict[str, Map] = Field(description="by hidden layer: (units, y, x)")


class SequencesAnswer(Message):
    """What a recurrent network says of some sequences."""

    rows: list[int] = Field(description="the numbers of the samples")
    held_out: bool = Field(description="whether they are kept for validation")
    times: list[int] = Field(description="the time steps that have an output, from 1")
    outputs: list[list[list[Number]]] = Field(description="(sequences, times, outputs)")


class TrainFrame(Message):
    """How training stands. Losses and metrics are those of the network as it is now."""

    step: int
    epoch: int
    loss: Number = Field(description="of all samples to learn from")
    validation_loss: Number | None
    metrics: Metrics
    batch_loss: Number | None = Field(description="of the last step's batch, before the step")
    gradient_norms: dict[str, Number] | None = Field(
        description="by layer, of the last step's loss"
    )
    update_ratio: dict[str, Number] | None = Field(
        description="by layer, the last update's norm over that of the parameters"
    )
    batch: list[int] = Field(description="the numbers of the samples that the next step takes")
    learning_rate: float = Field(description="of the next step")
    network: DocumentAnswer | None = Field(
        description="sent as network, it continues exactly; null where not asked for or too large"
    )
    grid: GridAnswer | None
    sequences: SequencesAnswer | None = None
    validation: list[int] = Field(
        default_factory=list, description="the numbers of the samples that are kept for validation"
    )
    omitted: list[Literal["grid", "sequences", "network"]] = Field(
        description="what would have made the frame larger than limits.frame_bytes"
    )


class Calm(Message):
    """The network from which on things went wrong."""

    step: int
    network: DocumentAnswer


class TrainDiverged(Message):
    """A step that could not be taken, since a number would not be finite."""

    step: int
    phase: Literal["forward", "backward", "update"]
    node: str = Field(description="the first node that is not finite")
    layer: int | None
    cause: Literal["learning_rate", "logarithm", "overflow"]
    detail: str
    learning_rate: float
    curvature: Number = Field(description="of the loss along its gradient, where it was calm")
    stable_below: Number | None = Field(description="2 over the curvature")
    network: DocumentAnswer = Field(description="just before the step")
    calm: Calm


class TrainEnd(Message):
    """The last event."""

    reason: Literal["steps", "loss", "patience", "diverged", "time_limit", "draining", "problem"]
    step: int | None
    network: DocumentAnswer | None


EVENTS: dict[str, type[Message]] = {
    "frame": TrainFrame,
    "diverged": TrainDiverged,
    "problem": Problem,
    "end": TrainEnd,
}
"""What the data of each event of a training's stream is."""
