"""Experiments: the loss over two numbers, and optimizers raced on it."""

from fastapi import APIRouter, Response

from app.api.bodies import JsonResponse, JsonRoute
from app.api.dependencies import Shared
from app.api.problems import describe_responses
from app.schemas.race import RaceAnswer, RaceRequest, SurfaceAnswer, SurfaceRequest
from app.services import races as service

ERRORS = describe_responses(400, 413, 415, 422, 500)

router = APIRouter(prefix="/experiments", tags=["experiments"], route_class=JsonRoute)


@router.post(
    "/loss-surface",
    summary="Measure a loss surface",
    response_model=SurfaceAnswer,
    responses=ERRORS,
)
def measure_surface(body: SurfaceRequest, shared: Shared) -> Response:
    """The loss at every point of a grid: of a published test function, of a formula with two names,
    or of a network over two of its weights and biases while all others stay."""
    return JsonResponse(service.measure_surface(body, shared))


@router.post(
    "/optimizer-race",
    summary="Race optimizers",
    response_model=RaceAnswer,
    responses=ERRORS,
)
def race_optimizers(body: RaceRequest, shared: Shared) -> Response:
    """Up to six optimizers from the same start and, in a network, on the same batches: where each
    was after every step, and the loss there. In a network, only the two chosen numbers move."""
    return JsonResponse(service.race_optimizers(body, shared))
