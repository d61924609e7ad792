"""Training: a stream of frames, and one step under the microscope."""

from fastapi import APIRouter, Request, Response

from app.api.bodies import JsonResponse, JsonRoute
from app.api.dependencies import Shared, Streaming
from app.api.problems import describe_responses
from app.api.streams import EventStream
from app.schemas.microscope import ExplainUpdateAnswer, ExplainUpdateRequest
from app.schemas.training import TrainRequest
from app.services import microscope
from app.services import training as service

ERRORS = describe_responses(400, 413, 415, 422, 500, 503)

router = APIRouter(prefix="/networks", tags=["training"], route_class=JsonRoute)


@router.post(
    "/train", status_code=200, summary="Train", response_class=EventStream, responses=ERRORS
)
def train(body: TrainRequest, request: Request, shared: Shared, streams: Streaming) -> Response:
    """Server-sent events, for as long as somebody reads them.

    `frame` tells how training stands; a slow reader gets the newest. `diverged` says why it could
    not go on, `problem` that the service failed. The last is `end`, with a reason and the network.
    To go on later, send a frame's `network` with the same request: it continues exactly.

    With `frame_every`, every so many steps have a frame, at the pace of `frames_per_second` (30
    unless given). Without it, as many steps are taken between two frames as there is time for."""
    return streams.open(
        request, lambda control: service.open_training(body, shared, control, streams.clock)
    )


@router.post(
    "/explain-update",
    summary="Explain an update",
    response_model=ExplainUpdateAnswer,
    responses=describe_responses(400, 413, 415, 422, 500),
)
def explain_update(body: ExplainUpdateRequest, shared: Shared) -> Response:
    """How the gradient of one weight became its step: the optimizer's rule line by line, in symbols
    and with this step's numbers, from what it kept to the corrections for its start at 0."""
    return JsonResponse(microscope.explain_update(body, shared))
