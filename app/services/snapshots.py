"""What can be done with snapshots: keep one, find one, use one as a network."""

import re
from typing import Any
from urllib.parse import urlencode

import orjson
from pydantic import ValidationError

from app.networks.errors import NetworkError
from app.schemas.networks import TraceRequest
from app.schemas.snapshots import SnapshotRequest
from app.services.documents import locate_spec, read_document
from app.services.networks import tell_trace
from app.services.programs import Resources
from app.services.runs import read_optimizer
from app.services.sizes import check_spec
from app.services.wire import Payload
from app.store.canonical import ID_LENGTH, ID_PATTERN, identify, write_canonical
from app.store.errors import SnapshotTooLargeError
from app.store.snapshots import SnapshotStore
from app.training.optimizers import OPTIMIZERS

LOOK = ("sample", "view", "unit", "at")
"""The fields of ``view`` that the page knows, which are those of the fragment of a link."""


def keep_snapshot(
    request: SnapshotRequest, store: SnapshotStore, resources: Resources
) -> tuple[Payload, bool]:
    """Store what was given: where it is, and whether it is new.

    Raises ``NetworkError`` for a network that cannot be used, ``StoreError`` when it cannot be
    kept.
    """
    spec, pointer = locate_spec(request.network)
    check_spec(spec, resources.limits, pointer)
    read_document(request.network)
    if request.optimizer is not None:
        read_optimizer(request.optimizer)
    body, most = write_canonical(request.given), resources.limits.snapshot_bytes
    if len(body) > most:
        raise SnapshotTooLargeError(most)
    snapshot_id, is_new = store.put(body)
    return describe_snapshot(snapshot_id), is_new


def describe_snapshot(snapshot_id: str) -> Payload:
    """Where a snapshot is."""
    return {"id": snapshot_id, "url": f"/s/{snapshot_id}"}


def name_snapshot(value: Payload) -> str:
    """The id that a snapshot would have."""
    return identify(write_canonical(value))


def find_snapshot(snapshot_id: str, store: SnapshotStore) -> bytes | None:
    """The snapshot as JSON, or ``None``."""
    return store.get(snapshot_id) if re.match(ID_PATTERN, snapshot_id) else None


def open_snapshot(snapshot_id: str, stored: Payload, resources: Resources, view: str) -> Payload:
    """What a page opens with: ``preset``, ``trace``, and ``fragment``, which says how it looks.

    Raises ``NetworkError`` when there is nothing to run.
    """
    question = {name: stored.get(name) for name in ("network", "inputs", "targets", "optimizer")}
    question = {name: value for name, value in question.items() if value is not None}
    # What was stored by a program may have none; a page always has one.
    question.setdefault("optimizer", {"name": next(iter(OPTIMIZERS))})
    look = {name: stored.get("view", {}).get(name) for name in LOOK}
    try:
        request = TraceRequest.model_validate(
            {**question, "view": _choose_view(stored["network"], view)}
        )
    except ValidationError as error:
        detail = "this snapshot cannot be run: it holds no data that fits its network"
        raise NetworkError("", detail, "nothing_to_run") from error
    trace = tell_trace(request, resources)
    preset = {
        "name": snapshot_id,
        "title": "From a link",
        "summary": "As it was when the link was made.",
        "targets": {},
        **question,
        "network": trace["network"],
    }
    shown = {name: value for name, value in look.items() if isinstance(value, str | int | float)}
    return {
        "preset": preset,
        "trace": trace,
        "fragment": urlencode({"preset": snapshot_id, **shown}),
    }


def _choose_view(network: Payload, wanted: str) -> str:
    # What a page first asks of a network that cannot be told as its room tells most of them.
    spec = network.get("spec", network)
    if spec.get("kind") == "recurrent":
        return "time"
    layers = spec.get("layers", [])
    whole = any(layer.get("layer_norm") or layer.get("residual") for layer in layers)
    return "nodes" if whole else wanted


def has_reference(value: Any) -> bool:
    """Whether the network of a request's plain body is that of a snapshot."""
    network = value.get("network") if isinstance(value, dict) else None
    return isinstance(network, dict) and "snapshot" in network


def follow_reference(value: Payload, store: SnapshotStore) -> Payload:
    """The body with the network of the snapshot that it names.

    Raises ``NetworkError`` when there is none.
    """
    reference = value["network"]
    if len(reference) > 1:
        detail = "expected a snapshot's id and nothing else"
        raise NetworkError("/network", detail, "invalid_reference")
    name = reference["snapshot"]
    if not isinstance(name, str) or not re.match(ID_PATTERN, name):
        detail = f"expected the id of a snapshot: {ID_LENGTH} lower-case letters and digits"
        raise NetworkError("/network/snapshot", detail, "invalid_reference")
    body = store.get(name)
    if body is None:
        raise NetworkError("/network/snapshot", "no snapshot has this id", "unknown_snapshot")
    return {**value, "network": orjson.loads(body)["network"]}
