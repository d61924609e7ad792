"""One number explained, gradients checked, an entry nudged."""

from typing import Annotated

from pydantic import Field

from app.schemas.message import EXACT, WHOLE, Finite, Message, Number, Request
from app.schemas.networks import Supervised

Index = list[Annotated[int, Field(ge=0, le=EXACT), WHOLE]]
Count = int | str
"""A count; past 2^53 a string of digits, which no reader of JSON rounds."""


class EntryChoice(Request):
    """One number of a node."""

    node: str = Field(description="a node's id, such as layer1.weight, time2.h, or a name")
    index: Index = Field(
        default_factory=list,
        description="an index per axis of the node's value; that of the sample may be left out",
    )


Sample = Annotated[
    int | None,
    Field(
        ge=0,
        le=EXACT,
        description="the row of the batch, where the index does not say it (default 0)",
    ),
    WHOLE,
]


class ExplainRequest(Supervised):
    """A run, and the number whose gradient is asked about."""

    of: EntryChoice
    sample: Sample = None


class GradientCheckRequest(Supervised):
    """A run whose gradients are to be held against central differences."""

    h: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None, description="the step for every entry; left out, one that suits each"
    )
    curve: EntryChoice | None = Field(
        default=None, description="the leaf's entry whose error is wanted for many steps"
    )
    sample: Sample = None


class NudgeRequest(Supervised):
    """A run, one number of it, and by how much it is to be moved."""

    of: EntryChoice
    delta: Finite
    sample: Sample = None


class Place(Message):
    """One number of a node; ``index`` has an index per axis of its value."""

    node: str
    index: list[int]


class Symbol(Place):
    """How one number is written."""

    latex: str


class Term(Message):
    """What one use of the number adds to its gradient: upstream times local is product."""

    source: str = Field(alias="from", description="the node that sends it")
    index: list[int] = Field(description="the entry of that node")
    input: int = Field(description="at which of its inputs the number is used")
    time: int | None
    sample: int | None
    upstream: Number
    local: Number
    product: Number
    latex: str
    latex_numbers: str


class Path(Message):
    """One way to the loss. Each factor is the derivative of an entry by the one before it."""

    nodes: list[str]
    entries: list[Place]
    inputs: list[int] = Field(description="at which input each entry uses the one before it")
    factors: list[Number]
    product: Number


class ExplainAnswer(Place):
    """Where a gradient comes from. The products of ``terms`` add up to ``grad``, and so do those
    of ``paths``, where none is left out."""

    symbol: str
    value: Number
    grad: Number
    latex: str
    latex_numbers: str
    term_count: int
    terms: list[Term] = Field(description="none for the loss itself, whose gradient is 1")
    terms_sum: Number = Field(description="of the terms listed")
    terms_cut: bool
    path_count: Count = Field(description="of all, exact; past 2^53 as a string of digits")
    paths: list[Path]
    paths_sum: Number = Field(description="of the paths listed")
    paths_cut: bool
    symbols: list[Symbol] = Field(description="of every number on the paths")


class CheckedEntry(Message):
    """A gradient beside its central difference."""

    parameter: str = Field(description="for an expression, also the name of an input")
    index: list[int]
    analytic: Number
    numeric: Number
    relative_error: Number
    h: Number
    kink: Place | None = Field(
        description="where within the step a function has no derivative; the entry is not judged"
    )


class CurvePoint(Message):
    """The central difference for one step; its error is relative, or absolute for a gradient of
    0."""

    h: Number
    numeric: Number
    error: Number


class GradientCheckAnswer(Message):
    """Whether the gradients are right, entry by entry."""

    passed: bool = Field(description="no error of an entry without kink is above the tolerance")
    max_relative_error: Number = Field(description="over the entries without kink")
    tolerance: Number
    h: Number = Field(description="for entries up to 1 in size; larger ones have more")
    checked: int
    total: int = Field(description="more than were checked where the work would be too much")
    held: list[str] = Field(
        description="nodes that pass no gradient back: differences are taken with them held"
    )
    entries: list[CheckedEntry]
    curve: list[CurvePoint] | None
    best_h: Number | None = Field(description="the step of the curve with the smallest error")


class NudgeAnswer(Place):
    """What the gradient predicts, ``grad`` times ``delta``, beside what happens to the loss."""

    delta: Number
    value_before: Number
    value_after: Number
    grad: Number
    predicted: Number
    actual: Number
    loss_before: Number
    loss_after: Number
