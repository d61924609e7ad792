"""What every message on the wire has in common."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

EXACT = 2**53 - 1
"""The largest whole number that every reader of JSON takes as it is."""


def _as_whole(value: Any) -> Any:
    # In JSON Schema 1.0 is an integer too, and some writers have no other way to say 1.
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_as_whole)
"""Beside a whole number of a request: it may be written with a point."""

NON_FINITE = ("NaN", "Infinity", "-Infinity")

Number = Annotated[
    float,
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "enum": list(NON_FINITE)}]}),
]
"""A number of an answer; the three that JSON has no literal for stand as strings."""

Nested = Number | list[Number] | list[list[Number]]
"""A number, a vector or a matrix of an answer."""

Outputs = Nested | list[list[list[Number]]]
"""Outputs of an answer: (batch, outputs), (batch, time, outputs), or of an expression."""

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A number of a request."""

Row = Annotated[list[Finite], Field(fail_fast=True)]
Matrix = Annotated[list[Row], Field(fail_fast=True)]
"""Samples by features; the first fault ends the check, or a large body would list millions."""
Sequences = Annotated[list[Matrix], Field(fail_fast=True)]
"""Samples by time steps by features."""


def _depth(value: Any) -> int:
    depth = 0
    while isinstance(value, list):
        depth += 1
        value = value[0] if value else None
    return depth


# Tags start with ~ so that they can be told from fields when an error is located.
def _samples_or_sequences(value: Any) -> str:
    return "~sequences" if _depth(value) > 2 else "~samples"


def _inputs(value: Any) -> str:
    return "~named" if isinstance(value, Mapping) else _samples_or_sequences(value)


def _value_or_points(value: Any) -> str:
    return "~points" if isinstance(value, list) else "~value"


Points = Annotated[
    Annotated[Finite, Tag("~value")] | Annotated[Row, Tag("~points")],
    Discriminator(_value_or_points),
]
"""A number, or one per point."""

Inputs = Annotated[
    Annotated[Matrix, Tag("~samples")]
    | Annotated[Sequences, Tag("~sequences")]
    | Annotated[dict[str, Points], Tag("~named")],
    Discriminator(_inputs),
    Field(
        description="dense: (batch, features); recurrent: (batch, time, features); "
        "expression: by name, a number or one per point"
    ),
]
Targets = Annotated[
    Annotated[Matrix, Tag("~samples")] | Annotated[Sequences, Tag("~sequences")],
    Discriminator(_samples_or_sequences),
]
"""(batch, outputs); (batch, time, outputs) where every time step is supervised."""


class Message(BaseModel):
    """An object on the wire. A field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings")


class Request(Message):
    """An object in a request: types are taken as they are, without conversion."""

    model_config = ConfigDict(strict=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_fields(cls, data: Any) -> Any:
        # Pydantic's own check does not say what the fields are.
        if isinstance(data, Mapping) and cls.model_config.get("extra") == "forbid":
            known = cls.model_fields
            for name in data:
                if name not in known:
                    raise PydanticCustomError(
                        "unknown_field",
                        "no such field; the fields are: {fields}",
                        {"fields": ", ".join(known), "field": str(name)},
                    )
        return data
