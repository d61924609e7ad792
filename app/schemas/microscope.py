"""One number's step under the microscope, on the wire."""

from pydantic import Field

from app.schemas.explain import EntryChoice
from app.schemas.message import Message, Number
from app.schemas.networks import StepRequest


class ExplainUpdateRequest(StepRequest):
    """A step, and the number whose update is to be explained."""

    of: EntryChoice = Field(description="an entry of a parameter")


class RuleLine(Message):
    """One assignment of the optimizer's rule."""

    name: str = Field(description="what it gives a value to: velocity, m, v_hat, w_new, ...")
    meaning: str = Field(description="that, in words")
    latex: str
    latex_numbers: str
    value: Number


class ExplainUpdateAnswer(Message):
    """How the gradient of one number became its step."""

    node: str
    index: list[int]
    t: int = Field(description="the number of the step for the optimizer, from 1")
    before: Number
    grad: Number = Field(description="of the loss")
    adjusted_grad: Number = Field(description="after penalties and clipping: g in the lines")
    lines: list[RuleLine] = Field(description="in the order of computation; the last is w_new")
    after: Number
    delta: Number
