"""Networks: build, forward, backward, step, trace, explain, check, nudge."""

from fastapi import APIRouter, Response

from app.api.bodies import JsonResponse, JsonRoute, SmallJsonRoute
from app.api.dependencies import Shared
from app.api.problems import describe_responses
from app.schemas.explain import (
    ExplainAnswer,
    ExplainRequest,
    GradientCheckAnswer,
    GradientCheckRequest,
    NudgeAnswer,
    NudgeRequest,
)
from app.schemas.networks import (
    BackwardAnswer,
    BackwardRequest,
    ForwardAnswer,
    ForwardRequest,
    NetworkAnswer,
    StepAnswer,
    StepRequest,
    TraceRequest,
)
from app.schemas.specs import Spec
from app.schemas.trace import TraceAnswer
from app.services import explain
from app.services import networks as service

ERRORS = describe_responses(400, 413, 415, 422, 500)

specs = APIRouter(prefix="/networks", tags=["networks"], route_class=SmallJsonRoute)
runs = APIRouter(prefix="/networks", tags=["networks"], route_class=JsonRoute)


@specs.post("", summary="Build a network", response_model=NetworkAnswer, responses=ERRORS)
def build_network(body: Spec, shared: Shared) -> Response:
    """From a spec to a complete document: the seed draws the initial parameters.

    `summary` counts units and parameters and lists the nodes of the computation graph."""
    return JsonResponse(service.build_network(body, shared))


@runs.post("/forward", summary="Run forward", response_model=ForwardAnswer, responses=ERRORS)
def run_forward(body: ForwardRequest, shared: Shared) -> Response:
    """From inputs to outputs, with every value on the way."""
    return JsonResponse(service.run_forward(body, shared))


@runs.post("/backward", summary="Run backward", response_model=BackwardAnswer, responses=ERRORS)
def run_backward(body: BackwardRequest, shared: Shared) -> Response:
    """The loss, the gradient of every node, and the message along every edge.

    A node's `grad` is the sum of the `messages` sent to it. A run whose numbers leave the range of
    a double is a result, not an error: `health` names the first node where it happened."""
    return JsonResponse(service.run_backward(body, shared))


@runs.post("/step", summary="Take one step", response_model=StepAnswer, responses=ERRORS)
def take_step(body: StepRequest, shared: Shared) -> Response:
    """One step of an optimizer. Every gradient is computed before any parameter changes.

    Send the answer's `network` with the next request to go on from there."""
    return JsonResponse(service.take_step(body, shared))


@runs.post("/trace", summary="Tell a run", response_model=TraceAnswer, responses=ERRORS)
def tell_trace(body: TraceRequest, shared: Shared) -> Response:
    """A run beat by beat: forward, loss, backward, and with an `optimizer` the update.

    Each beat has a sentence, the rule in symbols, and the same rule with this run's numbers."""
    return JsonResponse(service.tell_trace(body, shared))


@runs.post("/explain", summary="Explain a gradient", response_model=ExplainAnswer, responses=ERRORS)
def explain_entry(body: ExplainRequest, shared: Shared) -> Response:
    """The chain rule for one number of a run, be it a weight, a unit's z, an input or a state.

    `terms` has what each use of it sends back, upstream times local, for a weight one per sample
    and time step; they add up to `grad`. `paths` has every way to the loss with its factors; they
    add up to `grad` too. Of very many the first are listed and all are counted."""
    return JsonResponse(explain.explain_entry(body, shared))


@runs.post(
    "/gradient-check",
    summary="Check all gradients",
    response_model=GradientCheckAnswer,
    responses=ERRORS,
)
def check_gradients(body: GradientCheckRequest, shared: Shared) -> Response:
    """Every entry's gradient beside the central difference of the loss, (L(w+h) - L(w-h)) / 2h.

    For an expression, inputs are checked as well. Without `h`, the step is the cube root of the
    rounding error, times the entry where that is above 1; where it does not do, others are tried
    and the one that changes least from its neighbor is taken. An entry whose step runs over a
    place without derivative has it as `kink` and is not judged. Where there are too many entries
    for one request, evenly spaced ones are checked: `checked` of `total`. `curve` asks for one
    entry's error at steps from 1e-1 to 1e-13."""
    return JsonResponse(explain.check_run_gradients(body, shared))


@runs.post("/nudge", summary="Nudge a number", response_model=NudgeAnswer, responses=ERRORS)
def nudge_entry(body: NudgeRequest, shared: Shared) -> Response:
    """Move one number by `delta`: what its gradient predicts for the loss, and what happens.

    Any node may be moved; what it was computed from then stays as it is."""
    return JsonResponse(explain.nudge_entry(body, shared))
