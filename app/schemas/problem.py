"""Errors on the wire: RFC 9457, Problem Details for HTTP APIs."""

from pydantic import ConfigDict, Field

from app.schemas.message import Message


class Fault(Message):
    """One thing that is wrong with a request."""

    # A fault may carry more, such as the limit that was passed.
    model_config = ConfigDict(extra="allow")

    pointer: str = Field(description="JSON pointer into the request's body")
    detail: str = Field(description="what is expected there")
    code: str = Field(description="short stable name for this kind of fault")


class Problem(Message):
    """Why a request was not served."""

    type: str = Field(description="path of a page about this kind of problem")
    title: str
    status: int
    detail: str
    instance: str = Field(description="path of the request")
    errors: list[Fault] = []
