"""Whatever can be asked to compute for long looks at its deadline between slices."""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from app.schemas.explain import GradientCheckRequest
from app.schemas.flow import GradientFlowRequest
from app.schemas.race import RaceRequest, SurfaceRequest
from app.services.admission import Admission, BusyError
from app.services.experiments import measure_gradient_flow
from app.services.explain import check_run_gradients
from app.services.programs import make_resources
from app.services.races import measure_surface, race_optimizers
from app.settings import Limits, Settings

NETWORK: dict[str, Any] = {
    "inputs": 2,
    "layers": [{"units": 2, "activation": "tanh"}, {"units": 1}],
}
SLICE: dict[str, Any] = {
    "network": NETWORK,
    "data": {"dataset": "xor", "samples": 1000},
    "axes": [
        {"node": "layer1.weight", "index": [0, 0]},
        {"node": "layer1.weight", "index": [1, 1]},
    ],
}
RUN = {"network": NETWORK, "inputs": [[1, 2]], "targets": [[1]]}
TWO = [{"name": "sgd"}, {"name": "adam"}]
LONG: dict[str, tuple[Callable[..., Any], Any]] = {
    "surface": (measure_surface, SurfaceRequest.model_validate({"surface": SLICE, "size": 20})),
    "race on a slice": (
        race_optimizers,
        RaceRequest.model_validate({"surface": SLICE, "optimizers": TWO, "steps": 20}),
    ),
    "race on a formula": (
        race_optimizers,
        RaceRequest.model_validate(
            {"surface": {"expression": "x * y"}, "optimizers": TWO, "steps": 20}
        ),
    ),
    "gradient flow": (
        measure_gradient_flow,
        GradientFlowRequest.model_validate({"network": NETWORK, "seeds": 20}),
    ),
    "gradient check": (check_run_gradients, GradientCheckRequest.model_validate(RUN)),
}


@pytest.mark.parametrize("what", LONG)
def test_what_takes_too_long_is_given_up(what: str) -> None:
    compute, request = LONG[what]
    resources = make_resources(Settings())

    async def ask(seconds: float) -> Any:
        # Every look at the clock takes so long.
        looks = count()
        admission = Admission(
            Settings(limits=Limits(compute_seconds=5)), lambda: next(looks) * seconds
        )
        try:
            return await admission.compute(compute, request=request, resources=resources)
        finally:
            admission.close()

    assert asyncio.run(ask(0.0))
    with pytest.raises(BusyError, match="too long to compute"):
        asyncio.run(ask(2.0))
