"""The catalog: what can be chosen, and the limits."""

from fastapi import APIRouter, Response

from app.api.bodies import JsonResponse
from app.api.dependencies import Shared
from app.api.problems import describe_responses
from app.schemas.catalog import Catalog
from app.services import catalog as service

router = APIRouter(tags=["catalog"])


@router.get(
    "/catalog",
    summary="List what can be chosen",
    response_model=Catalog,
    responses=describe_responses(500),
)
def list_catalog(shared: Shared) -> Response:
    """Every activation, op, loss, optimizer and initializer with the JSON Schema of its options,
    the presets, and the limits of this service."""
    return JsonResponse(service.list_catalog(shared))
