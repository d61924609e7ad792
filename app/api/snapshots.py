"""Snapshots: keep a document under an address of its own."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.exceptions import HTTPException

from app.api.bodies import JsonResponse, SnapshotRoute
from app.api.dependencies import Shared, Store
from app.api.problems import describe_responses
from app.schemas.snapshots import Snapshot, SnapshotAnswer, SnapshotRequest
from app.services import snapshots as service

router = APIRouter(prefix="/snapshots", tags=["snapshots"], route_class=SnapshotRoute)
FOREVER = "public, max-age=31536000, immutable"


@router.post(
    "",
    status_code=201,
    summary="Keep a snapshot",
    response_model=SnapshotAnswer,
    responses={
        200: {"description": "It was there already", "model": SnapshotAnswer},
        **describe_responses(400, 413, 415, 422, 500, 503, 507),
    },
)
def keep_snapshot(body: SnapshotRequest, shared: Shared, store: Store) -> Response:
    """A network with its data and how it is looked at, kept under the hash of its content.

    The same content has the same id, so that keeping it twice is harmless. It never changes."""
    answer, is_new = service.keep_snapshot(body, store, shared)
    return JsonResponse(answer, 201 if is_new else 200, {"Location": answer["url"]})


@router.get(
    "/{snapshot_id}",
    summary="Get a snapshot",
    response_model=Snapshot,
    responses=describe_responses(404, 500, 503),
)
def get_snapshot(
    snapshot_id: Annotated[str, Path(description="as it was answered when the snapshot was kept")],
    request: Request,
    store: Store,
) -> Response:
    """What was kept, checked against its id. In any request, `{"snapshot": ID}` stands for its
    network."""
    body = service.find_snapshot(snapshot_id, store)
    if body is None:
        raise HTTPException(404)
    headers = {"ETag": f'"{snapshot_id}"', "Cache-Control": FOREVER}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")
