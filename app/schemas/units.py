"""The network view on the wire: one sample by layer, unit and weight."""

from pydantic import Field

from app.schemas.message import Message, Number


class Curve(Message):
    """An activation function drawn over a range that holds all z of its layer."""

    z: list[Number]
    a: list[Number]


class LayerView(Message):
    """A column of the network; layer 0 is the input."""

    layer: int
    units: int
    label: str
    activation: str | None
    latex: str | None
    latex_slope: str | None
    elementwise: bool
    curve: Curve | None


class UnitView(Message):
    """A unit, or an input (layer 0, which has neither z nor bias)."""

    id: str
    layer: int
    index: int
    label: str
    latex_a: str
    latex_z: str | None
    latex_bias: str | None
    z: Number | None
    a: Number
    slope: Number | None = Field(description="da/dz; null where the activation mixes units")
    grad_z: Number | None
    grad_a: Number
    bias_id: str | None
    bias: Number | None
    grad_bias: Number | None
    bias_contributions: list[Number] | None
    bias_after: Number | None
    bias_delta: Number | None
    bias_trainable: bool | None
    mask: Number | None = Field(
        default=None,
        description="what dropout multiplies a with on its way up: 0, or 1 / (1 - rate)",
    )


class WeightView(Message):
    """A weight: what it adds forward, what it sends back, and its gradient."""

    id: str
    layer: int
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    label: str
    latex: str
    value: Number
    grad: Number
    product: Number = Field(description="value times the activation of its source")
    message: Number = Field(description="value times the delta of its target")
    contributions: list[Number] | None = Field(description="per sample; they sum to grad")
    after: Number | None
    delta: Number | None
    trainable: bool


class LossNode(Message):
    """A node of the loss, the chosen sample's row."""

    id: str
    op: str | None
    label: str
    latex: str
    value: Number | list[Number]
    grad: Number | list[Number] | None
