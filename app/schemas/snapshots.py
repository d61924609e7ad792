"""Snapshots: what is kept under an address of its own."""

from typing import Any

from pydantic import Field, JsonValue, ModelWrapValidatorHandler, PrivateAttr, model_validator

from app.schemas.message import Message, Request
from app.schemas.specs import Network, Optimizer


class SnapshotRequest(Request):
    """A network, what it is run on, and how it is looked at."""

    network: Network
    inputs: JsonValue = Field(default=None, description="as in a run of this network")
    targets: JsonValue = Field(default=None, description="as in a run of this network")
    optimizer: Optimizer | None = None
    view: dict[str, JsonValue] = Field(
        default_factory=dict, description="what the page shows; kept as it is"
    )

    _given: dict[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _keep(
        cls, data: Any, handler: "ModelWrapValidatorHandler[SnapshotRequest]"
    ) -> "SnapshotRequest":
        made = handler(data)
        if isinstance(data, dict):
            made._given = data
        return made

    @property
    def given(self) -> dict[str, Any]:
        """The request as it came: what goes in is what comes out."""
        return self._given


class SnapshotAnswer(Message):
    """Where the snapshot is."""

    id: str = Field(description="the hash of the snapshot; the same one has the same id")
    url: str = Field(description="path of the page that shows it")


class Snapshot(Message):
    """A stored snapshot, as it was given."""

    network: dict[str, JsonValue]
    inputs: JsonValue = None
    targets: JsonValue = None
    optimizer: JsonValue = None
    view: dict[str, JsonValue] = Field(default_factory=dict)
