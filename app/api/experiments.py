"""Experiments: gradient flow, and sweeps of it."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from app.api.bodies import JsonResponse, SmallJsonRoute
from app.api.dependencies import Shared, Streaming
from app.api.problems import describe_responses
from app.api.streams import EventStream
from app.schemas.flow import GradientFlowAnswer, GradientFlowRequest
from app.schemas.sweeps import SweepRequest
from app.services import experiments as service
from app.services.events import Event
from app.services.sweep_events import open_sweep
from app.services.sweep_table import open_table

ERRORS = describe_responses(400, 413, 415, 422, 500)

CSV = "text/csv"


class SweepStream(EventStream):
    """A sweep's events."""

    counted = ("streams", "sweeps")
    lost: Mapping[str, None] = {"done": None, "failed": None, "trials": None}


class SweepTable(EventStream):
    """A sweep's rows. Where it fails the connection breaks, since a table has no place for that."""

    media_type = CSV
    counted = ("streams", "sweeps")
    silence = b""

    def write(self, event: Event) -> bytes:
        """A row as it is."""
        if event.name != "row":
            raise ConnectionAbortedError("the table ends before its time")
        return event.data


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


@router.post(
    "/sweeps",
    status_code=200,
    summary="Sweep a grid of configurations",
    response_class=SweepStream,
    responses={
        **describe_responses(400, 413, 415, 422, 500, 503),
        200: {
            "description": "Events, or a table.",
            "content": {CSV: {"schema": {"type": "string"}}},
        },
    },
)
def sweep(body: SweepRequest, request: Request, shared: Shared, streams: Streaming) -> Response:
    """Gradient flow at every point of a grid under several seeds, trial by trial as they end.

    Each axis of `grid` puts its values at places of the configuration, such as `/repeat` for depth
    or `/network/layers/*/initializer/scale`. `result` tells a trial, `point` a point whose trials
    have all ended, beside what theory says of it, `progress` how far the sweep is; `end` comes
    last. Whoever stops reading stops the sweep. What was done is kept, and the same request goes
    on from there. With `Accept: text/csv`, or `format: csv`, the answer is a table of all trials.
    """
    accepted = request.headers.get("accept", "")
    asked = body.format or ("csv" if CSV in accepted else "events")
    if asked == "csv":
        return streams.open(
            request, lambda control: open_table(body, shared, control, streams.clock), SweepTable
        )
    return streams.open(
        request, lambda control: open_sweep(body, shared, control, streams.clock), SweepStream
    )
