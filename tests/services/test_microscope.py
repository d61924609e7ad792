"""An update explained is the update that a step makes."""

from typing import Any

import orjson
import pytest

from app.networks.errors import NetworkError
from app.schemas.microscope import ExplainUpdateRequest
from app.schemas.networks import StepRequest
from app.services.microscope import explain_update
from app.services.networks import take_step
from app.services.programs import make_resources
from app.settings import Settings

RESOURCES = make_resources(Settings())
STEP: dict[str, Any] = {
    "network": {"inputs": 2, "layers": [{"units": 3, "activation": "tanh"}, {"units": 1}]},
    "inputs": [[0.5, -1.0], [2.0, 0.25]],
    "targets": [[1.0], [0.0]],
    "optimizer": {"name": "adam", "learning_rate": 0.05},
    "l2": 0.1,
}
OF = {"node": "layer1.weight", "index": [2, 1]}


def explain(**change: Any) -> Any:
    request = {**STEP, "of": OF, **change}
    return explain_update(ExplainUpdateRequest.model_validate(request), RESOURCES)


def test_every_step_is_told_with_what_the_one_before_left() -> None:
    network = STEP["network"]
    for t in (1, 2, 3):
        step = take_step(StepRequest.model_validate({**STEP, "network": network}), RESOURCES)
        step = orjson.loads(orjson.dumps(step, option=orjson.OPT_SERIALIZE_NUMPY))
        told = explain(network=network)
        update = step["updates"]["layer1.weight"]
        assert told["t"] == t
        for field in ("before", "grad", "adjusted_grad", "after", "delta"):
            assert told[field] == update[field][2][1], field
        values = {line["name"]: line["value"] for line in told["lines"]}
        for name in ("m", "v", "m_hat", "v_hat"):
            assert values[name] == pytest.approx(update[name][2][1], rel=1e-13)
        assert values["w_new"] == pytest.approx(told["after"], rel=1e-14)
        network = step["network"]


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"of": {"node": "layer1.z", "index": [0, 0]}}, "/of/node", "layer1.weight, layer1.bias"),
        ({"of": {"node": "layer1.bias", "index": [3]}}, "/of/index", "shape [3]"),
        ({"of": {"node": "layer1.bias", "index": []}}, "/of/index", "1 indices"),
        (
            {"network": {"spec": STEP["network"], "trainable": {"layer1.weight": False}}},
            "/of/node",
            "trainable",
        ),
    ],
)
def test_what_does_not_move_is_not_explained(
    change: dict[str, Any], pointer: str, said: str
) -> None:
    with pytest.raises(NetworkError) as caught:
        explain(**change)
    assert (caught.value.pointer, said in caught.value.detail) == (pointer, True), caught.value
