"""Experiments: gradient flow."""

from fastapi import APIRouter, Response

from app.api.bodies import JsonResponse, SmallJsonRoute
from app.api.dependencies import Shared
from app.api.problems import describe_responses
from app.schemas.flow import GradientFlowAnswer, GradientFlowRequest
from app.services import experiments as service

ERRORS = describe_responses(400, 413, 415, 422, 500)

router = APIRouter(prefix="/experiments", tags=["experiments"], route_class=SmallJsonRoute)


@router.post(
    "/gradient-flow",
    summary="Measure the gradient flow",
    response_model=GradientFlowAnswer,
    responses=ERRORS,
)
def measure_gradient_flow(body: GradientFlowRequest, shared: Shared) -> Response:
    """How gradients shrink or grow on their way back, layer by layer or time step by time step.

    The network is drawn anew for `seeds` seeds, counted up from its own, and run once each, with
    random inputs. What enters it on the way back is a random gradient: independent standard normal
    numbers, one per output of every sample (and of every supervised time step). The network's own
    loss plays no part."""
    return JsonResponse(service.measure_gradient_flow(body, shared))
