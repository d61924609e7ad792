"""Networks on the wire: choices, specs, documents."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from app.engine.ops import ACTIVATIONS
from app.networks.initializers import INITIALIZERS
from app.networks.losses import LOSSES
from app.schemas.message import Matrix, Message, Nested, Request, Row
from app.training.optimizers import OPTIMIZERS

Seed = Annotated[int, Field(ge=0, le=2**53 - 1)]
Size = Annotated[int, Field(ge=1)]


class NamedChoice(Request):
    """An entry of the catalog by name, with options as its schema says."""

    model_config = ConfigDict(extra="allow")

    name: str

    @property
    def options(self) -> dict[str, Any]:
        """The options given; whether they fit is for the registry to say."""
        return dict(self.model_extra or {})


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _names(registry: Mapping[str, object]) -> WithJsonSchema:
    names = {"type": "string", "enum": list(registry)}
    choice = {
        "type": "object",
        "properties": {"name": names},
        "required": ["name"],
        "additionalProperties": {"type": ["number", "string", "boolean"]},
    }
    return WithJsonSchema({"anyOf": [names, choice]})


Activation = Annotated[NamedChoice, BeforeValidator(_named), _names(ACTIVATIONS)]
Initializer = Annotated[NamedChoice, BeforeValidator(_named), _names(INITIALIZERS)]
Loss = Annotated[NamedChoice, BeforeValidator(_named), _names(LOSSES)]
Optimizer = Annotated[NamedChoice, BeforeValidator(_named), _names(OPTIMIZERS)]


class LayerSpec(Request):
    """One dense layer: z = W x + b, a = activation(z)."""

    units: Size
    activation: Activation = NamedChoice(name="identity")
    use_bias: bool = True
    shared_bias: bool = Field(default=False, description="one bias for the whole layer")
    initializer: Initializer = NamedChoice(name="glorot_uniform")


class DenseSpec(Request):
    """A dense network without its parameters; the seed stands for them."""

    kind: Literal["dense"] = "dense"
    inputs: Size
    layers: Annotated[list[LayerSpec], Field(min_length=1, fail_fast=True)]
    loss: Loss = NamedChoice(name="squared_error")
    reduction: Literal["mean", "sum"] = Field(default="mean", description="over the batch")
    seed: Seed = 0
    bias_initializer: Initializer | None = None


SPECS: dict[str, type[Request]] = {"dense": DenseSpec}
"""The kinds of network, by the value of ``kind``."""


def _known_kind(value: Any) -> Any:
    # Said before anything else: the fields of another kind mean nothing here.
    if isinstance(value, Mapping) and value.get("kind", "dense") not in list(SPECS):
        raise PydanticCustomError(
            "unknown_kind", "expected one of: {kinds}", {"kinds": ", ".join(SPECS), "field": "kind"}
        )
    return value


Spec = Annotated[DenseSpec, BeforeValidator(_known_kind)]


def _shape(value: Any) -> str:
    return "~matrix" if isinstance(value, list) and value and isinstance(value[0], list) else "~row"


# A tag starts with ~ so that it can be told from a field when an error is located.
Parameter = Annotated[
    Annotated[Matrix, Tag("~matrix")] | Annotated[Row, Tag("~row")],
    Discriminator(_shape),
]
"""A weight, (units, inputs), or a bias, (units,)."""


class OptimizerMemory(Request):
    """What the optimizer keeps between steps."""

    name: str
    t: Annotated[int, Field(ge=0, le=2**53 - 1, description="steps taken")]
    slots: dict[str, dict[str, Parameter]] = Field(
        {}, description="arrays by slot (velocity, m, v) and parameter"
    )


class Document(Request):
    """A network: its spec and what has become of it. All but the spec may be left out."""

    spec: Spec
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    trainable: dict[str, bool] = Field(default_factory=dict)
    optimizer_state: OptimizerMemory | None = None
    step: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0


def _form(value: Any) -> str:
    if isinstance(value, Document):
        return "~document"
    return "~document" if isinstance(value, Mapping) and "spec" in value else "~spec"


Network = Annotated[
    Annotated[Document, Tag("~document")] | Annotated[Spec, Tag("~spec")],
    Discriminator(_form),
    Field(description="a document, or a bare spec whose seed stands for its parameters"),
]


class OptimizerMemoryAnswer(Message):
    """What the optimizer keeps between steps."""

    name: str
    t: int
    slots: dict[str, dict[str, Nested]]


class DocumentAnswer(Message):
    """A network with everything filled in; it can be sent back as ``network``."""

    spec: DenseSpec
    parameters: dict[str, Nested]
    trainable: dict[str, bool]
    optimizer_state: OptimizerMemoryAnswer | None
    step: int
