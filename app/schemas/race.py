"""Surfaces of a loss over two numbers, and races of optimizers on them, on the wire."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, WithJsonSchema

from app.experiments.functions import SURFACES
from app.schemas.datasets import Data
from app.schemas.explain import EntryChoice
from app.schemas.message import WHOLE, Finite, Message, Number, Request
from app.schemas.microscope import RuleLine
from app.schemas.specs import Network, Optimizer, Seed, Size
from app.schemas.training import Range

Pair = Annotated[list[Finite], Field(min_length=2, max_length=2)]


class FunctionSurface(Request):
    """A published function of x and y."""

    function: Annotated[str, WithJsonSchema({"type": "string", "enum": list(SURFACES)})]


class FormulaSurface(Request):
    """A formula with two names, which are the axes in the order of their first use."""

    expression: str


class SliceSurface(Request):
    """A dense network's loss over two of its weights or biases; all others stay."""

    network: Network
    data: Data
    axes: Annotated[
        list[EntryChoice],
        Field(min_length=2, max_length=2, description="the two entries of parameters"),
    ]


def _form(value: Any) -> str:
    for field, tag, model in (
        ("function", "~function", FunctionSurface),
        ("expression", "~formula", FormulaSurface),
    ):
        if isinstance(value, model) or (isinstance(value, Mapping) and field in value):
            return tag
    return "~slice"


Surface = Annotated[
    Annotated[FunctionSurface, Tag("~function")]
    | Annotated[FormulaSurface, Tag("~formula")]
    | Annotated[SliceSurface, Tag("~slice")],
    Discriminator(_form),
]


class SurfaceRequest(Request):
    """What to look at, and where."""

    surface: Surface
    x: Range | None = Field(default=None, description="null: the function's own; 3 either side")
    y: Range | None = None
    size: Annotated[int, Field(ge=2, le=200), WHOLE] | None = Field(
        default=None,
        description="points along each axis; null: 100, or as many as there is time for",
    )


class SurfaceAnswer(Message):
    """Losses over a grid."""

    names: list[str] = Field(description="of the axes")
    x: list[float] = Field(description="where the columns stand")
    y: list[float] = Field(description="where the rows stand")
    losses: list[list[Number]] = Field(description="(y, x)")
    lowest: Number | None = Field(description="of all finite ones")
    highest: Number | None
    center: list[float] = Field(description="where a race starts unless told otherwise")
    minimum: list[float] | None = Field(description="the function's own lowest point, if known")
    samples: int | None = Field(description="how many samples the loss is of")


class StepChoice(Request):
    """One step of one optimizer."""

    racer: Annotated[int, Field(ge=0, le=5, description="its place in the request, from 0"), WHOLE]
    step: Size = Field(description="from 1")


class RaceRequest(Request):
    """Up to six optimizers from the same start."""

    surface: Surface
    optimizers: Annotated[list[Optimizer], Field(min_length=1, max_length=6)]
    start: Pair | None = None
    steps: Size = 200
    batch_size: Size | None = Field(default=None, description="of a network; null: all samples")
    shuffle_seed: Seed | None = Field(default=0, description="of a network; the same for all")
    explain: StepChoice | None = Field(default=None, description="to be told line by line")


class Racer(Message):
    """One optimizer's way."""

    optimizer: Optimizer
    path: list[list[Number]] = Field(
        description="where it was, before the first step and after each"
    )
    losses: list[Number] = Field(description="there, of all samples")
    reason: Literal["steps", "diverged"] = Field(
        description="diverged: the point after the last one is not finite"
    )


class AxisStep(Message):
    """How the gradient along one axis became the step along it."""

    name: str
    before: Number
    grad: Number
    lines: list[RuleLine] = Field(description="in the order of computation; the last is w_new")
    after: Number
    delta: Number


class StepMemory(Message):
    """What an optimizer had to remember."""

    step: int
    grad: list[Number] = Field(description="along both axes")
    kept: dict[str, list[Number]] = Field(description="by slot, after the step, along both axes")


class ExplainedStep(Message):
    """One step of one optimizer, and what led to it."""

    racer: int
    step: int
    axes: list[AxisStep]
    memory: list[StepMemory] = Field(description="the last steps up to this one, in order")


class RaceAnswer(Message):
    """All ways, in the order of the request."""

    names: list[str]
    start: list[float]
    racers: list[Racer]
    explained: ExplainedStep | None
