"""Whether the process is alive, whether it is ready, and how it is doing."""

import asyncio

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app import __version__
from app.api.dependencies import Admitted, Store
from app.api.problems import describe_responses
from app.schemas.message import Message
from app.services.admission import BusyError

router = APIRouter(tags=["health"])


class Alive(Message):
    """The process answers."""

    status: str
    version: str


@router.get("/healthz", summary="Is the process alive?", responses=describe_responses(500))
def answer_healthz() -> Alive:
    """Answers as long as the process can answer at all."""
    return Alive(status="ok", version=__version__)


class Ready(Message):
    """The process takes on work."""

    status: str


@router.get("/readyz", summary="Is it ready?", responses=describe_responses(500, 503))
def answer_readyz(admission: Admitted, store: Store) -> Ready:
    """Ready means that the store of snapshots answers and that the process is not about to stop."""
    if admission.draining:
        raise BusyError("this process is about to stop")
    store.ping()
    return Ready(status="ready")


@router.get("/metrics", include_in_schema=False)
async def write_metrics(request: Request) -> Response:
    """Counters and times for Prometheus, where the extra ``metrics`` is installed."""
    metrics = request.app.state.metrics
    if metrics is None:
        raise HTTPException(404)
    text = await run_in_threadpool(metrics.write, len(asyncio.all_tasks()))
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
