"""Datasets: draw one, or read one's own."""

from fastapi import APIRouter, Response

from app.api.bodies import JsonResponse, JsonRoute
from app.api.dependencies import Shared
from app.api.problems import ProblemError, describe_responses
from app.schemas.datasets import CsvAnswer, CsvRequest, Data, DataAnswer, GivenData
from app.services import datasets as service
from app.services.samples import tell_given

ERRORS = describe_responses(400, 413, 415, 422, 500)

router = APIRouter(prefix="/datasets", tags=["datasets"], route_class=JsonRoute)


@router.post("", summary="Draw a dataset", response_model=DataAnswer, responses=ERRORS)
def draw_dataset(body: Data, shared: Shared) -> Response:
    """Samples of a dataset; the same options and seed give the same samples.

    Each dataset's options are in the catalog. The same object is a training's `data`: own samples
    come back as they are, with the features that are asked for."""
    if isinstance(body, GivenData):
        return JsonResponse(tell_given(body, shared))
    return JsonResponse(service.draw_dataset(body, shared))


@router.post("/csv", summary="Read a table", response_model=CsvAnswer, responses=ERRORS)
def read_csv(body: CsvRequest, shared: Shared) -> Response:
    """Samples of a table of comma-separated values: delimiter, header and the label's column are
    found out. Rows with a missing value are named and left out."""
    if len(body.text.encode()) > shared.limits.csv_bytes:
        raise ProblemError(413, f"at most {shared.limits.csv_bytes} bytes of text")
    return JsonResponse(service.read_csv(body, shared))
