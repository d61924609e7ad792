"""What every message on the wire has in common."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

NON_FINITE = ("NaN", "Infinity", "-Infinity")

Number = Annotated[
    float,
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "enum": list(NON_FINITE)}]}),
]
"""A number of an answer; the three that JSON has no literal for stand as strings."""

Nested = Number | list[Number] | list[list[Number]]
"""A number, a vector or a matrix of an answer."""

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A number of a request."""

Row = Annotated[list[Finite], Field(fail_fast=True)]
Matrix = Annotated[list[Row], Field(fail_fast=True)]
"""Samples by features; the first fault ends the check, or a large body would list millions."""


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
            for name in data:
                if name not in cls.model_fields:
                    raise PydanticCustomError(
                        "unknown_field",
                        "no such field; the fields are: {fields}",
                        {"fields": ", ".join(cls.model_fields), "field": str(name)},
                    )
        return data
