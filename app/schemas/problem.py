"""Errors on the wire: RFC 9457, Problem Details for HTTP APIs."""

from dataclasses import dataclass

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
    errors: list[Fault] = Field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """A kind of problem; ``page`` tells a reader what to do about it."""

    slug: str
    status: int
    title: str
    page: str

    @property
    def path(self) -> str:
        """What ``type`` says, and where the page is."""
        return f"/problems/{self.slug}"


KINDS: dict[int, Kind] = {
    kind.status: kind
    for kind in (
        Kind(
            "malformed-json",
            400,
            "The request could not be read",
            "The body has to be one JSON document in UTF-8. NaN, Infinity and numbers beyond the "
            "range of a double are refused, so are duplicate keys and too many levels of nesting.",
        ),
        Kind(
            "not-found",
            404,
            "There is nothing here",
            "No resource has this path. The paths of the API are listed under /docs.",
        ),
        Kind(
            "method-not-allowed",
            405,
            "This method is not for this path",
            "The Allow header of the answer lists the methods that the path knows.",
        ),
        Kind(
            "content-too-large",
            413,
            "The body is too large",
            "The limits are listed under limits in /api/v1/catalog, in bytes.",
        ),
        Kind(
            "unsupported-media-type",
            415,
            "The body is not JSON",
            "Send the body as JSON, with the header Content-Type: application/json.",
        ),
        Kind(
            "invalid-request",
            422,
            "The request does not make sense",
            "The body is JSON, but a value in it is missing, of the wrong shape, unknown, or past "
            "a limit. Each entry of errors points at one of them and says what is expected.",
        ),
        Kind(
            "internal-error",
            500,
            "Something went wrong here",
            "This is a mistake of the service, not of the request. Please report it.",
        ),
        Kind(
            "unavailable",
            503,
            "The service is busy",
            "It has as much to do as it can take, is about to stop, or cannot reach what it needs. "
            "Nothing is lost: send the request again after the seconds that Retry-After names.",
        ),
    )
}
