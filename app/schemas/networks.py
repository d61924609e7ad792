"""Requests about networks, and the answers to them."""

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.adjustment import Adjusted
from app.schemas.message import (
    EXACT,
    WHOLE,
    Inputs,
    Matrix,
    Message,
    Nested,
    Number,
    Outputs,
    Request,
    Targets,
)
from app.schemas.specs import DocumentAnswer, Network, Optimizer, Seed
from app.schemas.units import UnitView, WeightView

View = Annotated[
    Literal["nodes", "units"],
    Field(description="the graph's nodes, or one sample by unit and weight"),
]
Sample = Annotated[
    int, Field(ge=0, le=EXACT, description="the sample that the units view shows"), WHOLE
]


State = Annotated[
    dict[str, Matrix],
    Field(description="of a recurrent network: (batch, units) by letter, 0 where left out"),
]


class Samples(Request):
    """A network and the samples to run through it."""

    network: Network
    inputs: Inputs
    initial_state: State | None = None


class Supervised(Samples):
    """A network, samples, and what it should have said."""

    targets: Targets | None = Field(
        default=None, description="(batch, outputs); (batch, time, outputs); none for expressions"
    )
    dropout_seed: Seed | None = Field(
        default=None,
        description="draws the masks of layers with dropout as training with this shuffle_seed "
        "does in the network's next step; left out, nothing is dropped",
    )


class ForwardRequest(Samples):
    """A network and the samples to run through it."""

    view: View = "nodes"
    sample: Sample = 0


class BackwardRequest(Supervised):
    """A network, samples, and what it should have said."""

    view: View = "nodes"
    sample: Sample = 0


class StepRequest(Supervised, Adjusted):
    """A network, samples, targets, and the optimizer that moves its parameters."""

    optimizer: Optimizer
    parameters: bool = Field(
        default=True, description="whether updates and the next network are answered"
    )


class TraceRequest(Supervised, Adjusted):
    """What the page plays. Without an optimizer nothing is updated."""

    view: Annotated[
        Literal["nodes", "units", "time"],
        Field(
            description="a beat per node; dense networks by layer, unit and weight for one sample; "
            "recurrent networks with a beat per time step"
        ),
    ] = "nodes"
    sample: Sample = 0
    unit: str | None = Field(
        default=None, description="of a dense network, such as layer1[0]: its own graph instead"
    )
    optimizer: Optimizer | None = None


class NodeSummary(Message):
    """A node of the graph before any run."""

    id: str
    op: str | None
    inputs: list[str]
    role: str
    layer: int | None
    time: int | None
    latex: str


class NetworkSummary(Message):
    """How large a network is and what it is made of."""

    layers: int | None = Field(description="null where there are none")
    units: int | None
    parameters: int
    shapes: dict[str, list[int]] = Field(description="of every parameter")
    nodes: list[NodeSummary]


class NetworkAnswer(DocumentAnswer):
    """A document with its initial parameters, and what there is to know about it."""

    summary: NetworkSummary


class MessageAnswer(Message):
    """The gradient that a node sent back along one of its edges."""

    to: str
    input: int
    value: Nested


class ForwardNode(NodeSummary):
    """A node and its value."""

    shape: list[int]
    value: Nested


class NodeAnswer(ForwardNode):
    """A node, its value, its gradient, and what it sent to each of its inputs."""

    grad: Nested | None = Field(description="shaped as the value; null for a constant")
    messages: list[MessageAnswer]


class ForwardUnit(Message):
    """A unit or an input (layer 0) of one sample."""

    id: str
    layer: int
    index: int
    z: Number | None
    a: Number
    bias: Number | None


class ForwardWeight(Message):
    """A weight."""

    id: str
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    value: Number


class ForwardAnswer(Message):
    """``nodes``, or ``units`` and ``weights``, as the view asks."""

    outputs: Outputs
    nodes: list[ForwardNode] | None = None
    units: list[ForwardUnit] | None = None
    weights: list[ForwardWeight] | None = None
    health: "Health"


class NonFinite(Message):
    """The first node, in the order of computation, with a NaN or an infinity."""

    node: str
    phase: Literal["forward", "backward"]
    layer: int | None
    time: int | None


class LayerHealth(Message):
    """Shares of dead and saturated entries of a layer, and the range of its weight gradient.

    A recurrent network has two: the cell at all time steps, and the layer that reads it."""

    layer: int
    label: str
    dead: float | None
    saturated: float | None
    smallest_grad: float | None
    largest_grad: float | None


class Health(Message):
    """What is wrong with a run, if anything. Divergence is a result, not an error."""

    finite: bool
    first_non_finite: NonFinite | None
    layers: list[LayerHealth]


class BackwardAnswer(Message):
    """The loss and every gradient; ``nodes``, or ``units`` and ``weights``, as the view asks."""

    loss: Number
    outputs: Outputs
    nodes: list[NodeAnswer] | None = None
    units: list[UnitView] | None = None
    weights: list[WeightView] | None = None
    parameter_grads: dict[str, Nested]
    health: Health


class Update(Message):
    """What one step did to a parameter, and what the optimizer keeps of it."""

    before: Nested
    grad: Nested
    after: Nested
    delta: Nested
    velocity: Nested | None = None
    m: Nested | None = None
    v: Nested | None = None
    m_hat: Nested | None = None
    v_hat: Nested | None = None
    momentum_product: Nested | None = None
    adjusted_grad: Nested | None = Field(
        default=None, description="what the optimizer was given: after penalties and clipping"
    )


class StepAnswer(Message):
    """The loss before and after one step, what moved, and the network after it."""

    loss_before: Number
    loss_after: Number
    updates: dict[str, Update] | None = Field(description="null where they were not asked for")
    network: DocumentAnswer | None
    health: Health
