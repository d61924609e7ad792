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
            "request-timeout",
            408,
            "The request came too slowly",
            "A request has to arrive whole within the seconds that header_seconds and body_seconds "
            "under limits in /api/v1/catalog name. Send it again.",
        ),
        Kind(
            "content-too-large",
            413,
            "The body is too large",
            "The limits are listed under limits in /api/v1/catalog, in bytes.",
        ),
        Kind(
            "address-too-long",
            414,
            "The address is too long",
            "The limit is url_bytes under limits in /api/v1/catalog. What is long belongs into the "
            "body of a POST, or into a snapshot.",
        ),
        Kind(
            "unsupported-media-type",
            415,
            "The body is not JSON",
            "Send the body as JSON, with the header Content-Type: application/json.",
        ),
        Kind(
            "unknown-host",
            421,
            "This is not the host that was asked for",
            "The service answers to the names in its setting RETROGRAD_HOSTS, and the Host header "
            "says another one.",
        ),
        Kind(
            "invalid-request",
            422,
            "The request does not make sense",
            "The body is JSON, but a value in it is missing, of the wrong shape, unknown, or past "
            "a limit. Each entry of errors points at one of them and says what is expected.",
        ),
        Kind(
            "too-many-requests",
            429,
            "Too many requests",
            "The rates for each client and for each address are listed under limits in "
            "/api/v1/catalog. Retry-After says after how many seconds to go on.",
        ),
        Kind(
            "headers-too-large",
            431,
            "The headers are too large",
            "The limit on all headers together is header_bytes under limits in /api/v1/catalog.",
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
        Kind(
            "store-full",
            507,
            "The store of snapshots is full",
            "All snapshots together have reached store_bytes under limits in /api/v1/catalog. "
            "Links made before go on working, and states that fit into a link need no snapshot.",
        ),
    )
}
"""What is wrong in general, by status."""

DAMAGED_SNAPSHOT = Kind(
    "damaged-snapshot",
    500,
    "The snapshot is damaged",
    "Its bytes are no longer those that gave it its name, so it is not shown. An export of the "
    "store made before the damage has it: see python -m app snapshots import.",
)

PAGES: dict[str, Kind] = {kind.slug: kind for kind in (*KINDS.values(), DAMAGED_SNAPSHOT)}
"""Every kind by the name of its page."""
