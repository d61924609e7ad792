"""Everything the page plays, on the wire."""

from typing import Literal

from pydantic import Field

from app.schemas.message import Message, Nested, Number, Outputs
from app.schemas.networks import Health, MessageAnswer, NodeAnswer, Update
from app.schemas.specs import DocumentAnswer
from app.schemas.units import LayerView, LossNode, UnitView, WeightView


class Edge(Message):
    """An edge of the graph: ``to`` uses ``from`` at position ``input``."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    input: int


class Beat(Message):
    """One step of the story, with the rule in symbols and with this run's numbers."""

    index: int
    kind: str
    phase: Literal["forward", "loss", "backward", "update"]
    nodes: list[str]
    edges: list[Edge]
    layer: int | None
    time: int | None
    title: str
    text: str
    latex: str
    latex_numbers: str


class TraceMessage(MessageAnswer):
    """A message, and the derivative that made it of the upstream gradient."""

    local: Nested | None = Field(description="null where it is not one number per entry")
    local_latex: str


class TraceNode(NodeAnswer):
    """A node as the page draws it."""

    label: str = Field(description="the op's sign, or the name of a leaf")
    messages: list[TraceMessage]  # type: ignore[assignment]


class TraceAnswer(Message):
    """A run as the page plays it. ``view`` decides between nodes and units."""

    network: DocumentAnswer
    sample: int
    batch: int
    inputs: Outputs | dict[str, Nested]
    targets: Outputs | None
    outputs: Outputs
    loss: Number = Field(description="after the reduction over the batch")
    loss_node: str = Field(description="the node that holds it: loss, or an expression's output")
    loss_latex: str = Field(description="its symbol, as it stands in every gradient")
    sample_loss: Number = Field(description="of the chosen sample alone")
    dropout_seed: int | None = Field(
        default=None, description="what the masks of dropout were drawn from; null without masks"
    )
    nodes: list[TraceNode] | None = None
    layers: list[LayerView] | None = None
    units: list[UnitView] | None = None
    weights: list[WeightView] | None = None
    loss_nodes: list[LossNode] | None = None
    beats: list[Beat]
    updates: dict[str, Update]
    loss_after: Number | None
    next_network: DocumentAnswer | None
    health: Health
