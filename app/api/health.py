"""Whether the process is alive."""

from fastapi import APIRouter

from app import __version__
from app.api.problems import describe_responses
from app.schemas.message import Message

router = APIRouter(tags=["health"])


class Alive(Message):
    """The process answers."""

    status: str
    version: str


@router.get("/healthz", summary="Is the process alive?", responses=describe_responses(500))
def answer_healthz() -> Alive:
    """Answers as long as the process can answer at all."""
    return Alive(status="ok", version=__version__)
