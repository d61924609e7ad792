"""Networks on the wire: choices, specs, documents."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from app.engine.ops import ACTIVATIONS
from app.networks.cells import CELLS
from app.networks.initializers import INITIALIZERS
from app.networks.losses import LOSSES
from app.schemas.message import (
    EXACT,
    WHOLE,
    Finite,
    Matrix,
    Message,
    Nested,
    Request,
    Row,
)
from app.store.canonical import ID_PATTERN
from app.training.optimizers import OPTIMIZERS

Seed = Annotated[int, Field(ge=0, le=EXACT), WHOLE]
Size = Annotated[int, Field(ge=1, le=EXACT), WHOLE]


class NamedChoice(Request):
    """An entry of the catalog by name, with options as its schema says."""

    model_config = ConfigDict(extra="allow")

    name: str

    @property
    def options(self) -> dict[str, Any]:
        """The options given; whether they fit is for the registry to say."""
        return dict(self.model_extra or {})


def as_named(value: Any) -> Any:
    """A bare name as the object it stands for."""
    return {"name": value} if isinstance(value, str) else value


def name_schema(registry: Mapping[str, object]) -> WithJsonSchema:
    """The JSON Schema of a choice from ``registry``."""
    names = {"type": "string", "enum": list(registry)}
    choice = {
        "type": "object",
        "properties": {"name": names},
        "required": ["name"],
        "additionalProperties": {"type": ["number", "string", "boolean"]},
    }
    return WithJsonSchema({"anyOf": [names, choice]})


Activation = Annotated[NamedChoice, BeforeValidator(as_named), name_schema(ACTIVATIONS)]
Initializer = Annotated[NamedChoice, BeforeValidator(as_named), name_schema(INITIALIZERS)]
Loss = Annotated[NamedChoice, BeforeValidator(as_named), name_schema(LOSSES)]
Optimizer = Annotated[NamedChoice, BeforeValidator(as_named), name_schema(OPTIMIZERS)]
Cell = Annotated[str, WithJsonSchema({"type": "string", "enum": list(CELLS)})]


class LayerSpec(Request):
    """One dense layer: z = W x + b, a = activation(z).

    With `layer_norm` the activation takes z normalized over the units; with `residual` the layer's
    input is added to what it gives.
    """

    units: Size
    activation: Activation = NamedChoice(name="identity")
    use_bias: bool = True
    shared_bias: bool = Field(default=False, description="one bias for the whole layer")
    initializer: Initializer = NamedChoice(name="glorot_uniform")
    layer_norm: bool = Field(
        default=False, description="as torch.nn.LayerNorm without weights, on z"
    )
    residual: bool = Field(default=False, description="of a layer that is as wide as its input")
    dropout: Annotated[float, Field(strict=True, ge=0, lt=1)] = Field(
        default=0.0, description="share of its units that a step of training leaves out"
    )


def _check_once(layers: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Deep networks are often one layer many times over: it is checked once, and shared."""
    try:
        written = [orjson.dumps(layer) for layer in layers]
        places = {text: place for place, text in enumerate(dict.fromkeys(written))}
        if len(places) == len(written):
            return check(layers)
        checked = check([orjson.loads(text) for text in places])
    except (TypeError, ValidationError):
        # Again in full, so that an error has its place.
        return check(layers)
    return [checked[places[text]] for text in written]


class DenseSpec(Request):
    """A dense network without its parameters; the seed stands for them."""

    kind: Literal["dense"] = "dense"
    inputs: Size
    layers: Annotated[
        list[LayerSpec], Field(min_length=1, fail_fast=True), WrapValidator(_check_once)
    ]
    loss: Loss = NamedChoice(name="squared_error")
    reduction: Literal["mean", "sum"] = Field(default="mean", description="over the batch")
    seed: Seed = 0
    bias_initializer: Initializer | None = None


class RecurrentSpec(Request):
    """A recurrent network without its parameters: a cell used at every time step, and a layer
    that reads its state."""

    kind: Literal["recurrent"]
    inputs: Size
    units: Annotated[int, Field(ge=1, le=EXACT, description="of the cell's state"), WHOLE]
    outputs: Size
    cell: Cell = "rnn"
    activation: Activation = NamedChoice(name="tanh")
    output_activation: Activation = NamedChoice(name="identity")
    loss: Loss = NamedChoice(name="squared_error")
    loss_at: Literal["last", "every"] = Field(
        default="last", description="which time steps have targets"
    )
    truncate: Size | None = Field(
        default=None, description="the state passes no gradient back after so many time steps"
    )
    reduction: Literal["mean", "sum"] = Field(default="mean", description="over batch and time")
    initializer: Initializer = NamedChoice(name="glorot_uniform")
    recurrent_initializer: Initializer = NamedChoice(name="orthogonal")
    bias_initializer: Initializer | None = None
    seed: Seed = 0


class ExpressionSpec(Request):
    """A formula, or several assignments; it is read, never run as code."""

    kind: Literal["expression"]
    expression: str = Field(
        description="assignments separated by newlines or ;, the last one is the output"
    )
    parameters: list[str] = Field(
        default_factory=list,
        fail_fast=True,
        description="names that a step moves; all others are inputs",
    )
    seed: Seed = 0


SPECS: dict[str, type[Request]] = {
    "dense": DenseSpec,
    "recurrent": RecurrentSpec,
    "expression": ExpressionSpec,
}
"""The kinds of network, by the value of ``kind``."""


def _known_kind(value: Any) -> Any:
    # Said before anything else: the fields of another kind mean nothing here.
    if isinstance(value, Mapping) and value.get("kind", "dense") not in list(SPECS):
        raise PydanticCustomError(
            "unknown_kind", "expected one of: {kinds}", {"kinds": ", ".join(SPECS), "field": "kind"}
        )
    return value


def _kind(value: Any) -> str:
    kind = value.get("kind", "dense") if isinstance(value, Mapping) else getattr(value, "kind", "")
    return f"~{kind or 'dense'}"


AnySpec = DenseSpec | RecurrentSpec | ExpressionSpec
Spec = Annotated[
    Annotated[DenseSpec, Tag("~dense")]
    | Annotated[RecurrentSpec, Tag("~recurrent")]
    | Annotated[ExpressionSpec, Tag("~expression")],
    Discriminator(_kind),
    BeforeValidator(_known_kind),
]


def _shape(value: Any) -> str:
    if not isinstance(value, list):
        return "~number"
    return "~matrix" if value and isinstance(value[0], list) else "~row"


# A tag starts with ~ so that it can be told from a field when an error is located.
Parameter = Annotated[
    Annotated[Matrix, Tag("~matrix")]
    | Annotated[Row, Tag("~row")]
    | Annotated[Finite, Tag("~number")],
    Discriminator(_shape),
]
"""A weight, (units, inputs), a bias, (units,), or a number of an expression."""


class OptimizerMemory(Request):
    """What the optimizer keeps between steps."""

    name: str
    t: Annotated[int, Field(ge=0, le=EXACT, description="steps taken"), WHOLE]
    slots: dict[str, dict[str, Parameter]] = Field(
        {}, description="arrays by slot (velocity, m, v) and parameter"
    )


class Document(Request):
    """A network: its spec and what has become of it. All but the spec may be left out."""

    spec: Spec
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    trainable: dict[str, bool] = Field(default_factory=dict)
    optimizer_state: OptimizerMemory | None = None
    step: Annotated[int, Field(ge=0, le=EXACT), WHOLE] = 0


def _form(value: Any) -> str:
    if isinstance(value, Document):
        return "~document"
    return "~document" if isinstance(value, Mapping) and "spec" in value else "~spec"


class OrSnapshot:
    """Says in the JSON Schema that the id of a snapshot can stand for a network.

    It is never seen here: the snapshot's network is in its place before a body is checked.
    """

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        reference = {
            "type": "object",
            "properties": {"snapshot": {"type": "string", "pattern": ID_PATTERN}},
            "required": ["snapshot"],
            "additionalProperties": False,
        }
        return {"anyOf": [handler(core), reference]}


Network = Annotated[
    Annotated[Document, Tag("~document")] | Annotated[Spec, Tag("~spec")],
    Discriminator(_form),
    OrSnapshot(),
    Field(
        description="a document, a bare spec whose seed stands for its parameters, or a snapshot"
    ),
]


class OptimizerMemoryAnswer(Message):
    """What the optimizer keeps between steps."""

    name: str
    t: int
    slots: dict[str, dict[str, Nested]]


class DocumentAnswer(Message):
    """A network with everything filled in; it can be sent back as ``network``."""

    spec: AnySpec
    parameters: dict[str, Nested]
    trainable: dict[str, bool]
    optimizer_state: OptimizerMemoryAnswer | None
    step: int
