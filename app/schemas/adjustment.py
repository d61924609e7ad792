"""What is done to gradients before an optimizer sees them, on the wire."""

from typing import Annotated

from pydantic import Field

from app.schemas.message import Finite, Request

Penalty = Annotated[Finite, Field(ge=0)]


class Clip(Request):
    """Bounds for the gradient of a step."""

    norm: Annotated[Finite, Field(gt=0)] | None = Field(
        default=None, description="of all gradients together"
    )
    value: Annotated[Finite, Field(gt=0)] | None = Field(
        default=None, description="of each number alone"
    )


class Adjusted(Request):
    """What is done to the loss's gradient before the optimizer sees it."""

    clip: Clip | None = None
    l1: Penalty = Field(default=0.0, description="adds l1 sign(w) to the gradient of weights")
    l2: Penalty = Field(default=0.0, description="adds l2 w to the gradient of weights")
