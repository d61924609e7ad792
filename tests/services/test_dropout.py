"""A step that is walked through has the masks of dropout that training has in it."""

import itertools
from typing import Any

import numpy as np
import orjson
import pytest

from app.schemas.datasets import DrawnData
from app.schemas.explain import ExplainRequest, GradientCheckRequest
from app.schemas.networks import BackwardRequest, StepRequest, TraceRequest
from app.schemas.training import TrainRequest
from app.services.datasets import draw_dataset
from app.services.events import Control, Event
from app.services.explain import check_run_gradients, explain_entry
from app.services.networks import run_backward, take_step, tell_trace
from app.services.programs import make_resources
from app.services.training import open_training
from app.settings import Settings

RESOURCES = make_resources(Settings())
RATE = 0.05
NETWORK: dict[str, Any] = {
    "inputs": 2,
    "layers": [
        {"units": 6, "activation": "tanh", "dropout": 0.5},
        {"units": 5, "activation": "sigmoid", "dropout": 0.2},
        {"units": 1, "activation": "tanh"},
    ],
}
DATA: dict[str, Any] = {"dataset": "circles", "samples": 23, "seed": 4}


def train(shuffle_seed: int | None) -> list[dict[str, Any]]:
    request = {
        "network": NETWORK,
        "data": DATA,
        "optimizer": {"name": "sgd", "learning_rate": RATE},
        "batch_size": 5,
        "steps": 7,
        "frame_every": 1,
        "shuffle_seed": shuffle_seed,
    }
    turns = open_training(TrainRequest.model_validate(request), RESOURCES, Control(), lambda: 0.0)
    events = [turn for turn in turns if isinstance(turn, Event)]
    return [orjson.loads(event.data) for event in events if event.name == "frame"]


def ask(frame: dict[str, Any], seed: int | None) -> dict[str, Any]:
    drawn = draw_dataset(DrawnData.model_validate({**DATA, "encoding": "signs"}), RESOURCES)
    inputs, targets = (np.asarray(drawn[name])[frame["batch"]] for name in ("inputs", "targets"))
    return {
        "network": frame["network"],
        "inputs": inputs.tolist(),
        "targets": targets.tolist(),
        "dropout_seed": seed,
    }


@pytest.mark.parametrize("shuffle_seed", [0, 11, None])
def test_the_walked_gradient_is_the_one_that_training_takes(shuffle_seed: int | None) -> None:
    frames = train(shuffle_seed)
    assert {len(frame["batch"]) for frame in frames} == {5, 3}
    for frame, following in itertools.pairwise(frames):
        question = ask(frame, shuffle_seed or 0)
        told = run_backward(BackwardRequest.model_validate(question), RESOURCES)
        assert told["loss"] == pytest.approx(following["batch_loss"], rel=1e-12)
        for name, before in frame["network"]["parameters"].items():
            after = np.asarray(following["network"]["parameters"][name])
            trained = (np.asarray(before) - after) / RATE
            np.testing.assert_allclose(told["parameter_grads"][name], trained, atol=1e-12)
        step = take_step(
            StepRequest.model_validate(
                {**question, "optimizer": {"name": "sgd", "learning_rate": RATE}}
            ),
            RESOURCES,
        )
        for name, expected in following["network"]["parameters"].items():
            np.testing.assert_allclose(
                step["network"]["parameters"][name], expected, rtol=0, atol=1e-12
            )


def test_without_a_seed_nothing_is_dropped() -> None:
    question = ask(train(0)[2], 0)
    masked = run_backward(BackwardRequest.model_validate(question), RESOURCES)
    plain = run_backward(
        BackwardRequest.model_validate({**question, "dropout_seed": None}), RESOURCES
    )
    ids = [{node["id"] for node in told["nodes"]} for told in (masked, plain)]
    masks = {"layer1.mask", "layer1.dropped", "layer2.mask", "layer2.dropped"}
    assert ids[0] - ids[1] == masks
    assert masked["loss"] != plain["loss"]


def test_the_gradient_check_and_the_terms_agree_with_the_masks() -> None:
    question = ask(train(3)[3], 3)
    told = run_backward(BackwardRequest.model_validate(question), RESOURCES)
    check = check_run_gradients(GradientCheckRequest.model_validate(question), RESOURCES)
    assert check["passed"]
    assert check["total"] == 6 * 3 + 5 * 7 + 6
    for entry in check["entries"]:
        grad = np.asarray(told["parameter_grads"][entry["parameter"]])[tuple(entry["index"])]
        assert entry["analytic"] == grad
    of = {"node": "layer1.weight", "index": [1, 0]}
    explained = explain_entry(ExplainRequest.model_validate({**question, "of": of}), RESOURCES)
    assert explained["terms_sum"] == pytest.approx(explained["grad"], rel=1e-12)
    assert explained["paths_sum"] == pytest.approx(explained["grad"], rel=1e-12)
    assert any("layer1.dropped" in path["nodes"] for path in explained["paths"])


def test_units_tell_their_masks_and_what_they_send() -> None:
    question = {**ask(train(3)[3], 3), "view": "units", "sample": 2}
    trace = tell_trace(TraceRequest.model_validate(question), RESOURCES)
    units = {unit["id"]: unit for unit in trace["units"]}
    masks = {unit["mask"] for unit in trace["units"] if unit["layer"] == 1}
    assert masks == {0.0, 2.0}
    assert {unit["mask"] for unit in trace["units"] if unit["layer"] in (0, 3)} == {None}
    for weight in trace["weights"]:
        source, target = units[weight["from"]], units[weight["to"]]
        factor = 1.0 if source["mask"] is None else source["mask"]
        assert weight["product"] == pytest.approx(weight["value"] * factor * source["a"])
        share = target["grad_z"] * factor * source["a"]
        assert weight["contributions"][2] == pytest.approx(share)
        assert sum(weight["contributions"]) == pytest.approx(weight["grad"])
    for unit in trace["units"]:
        if unit["layer"] < 3:
            sent = [w["message"] for w in trace["weights"] if w["from"] == unit["id"]]
            factor = 1.0 if unit["mask"] is None else unit["mask"]
            assert unit["grad_a"] == pytest.approx(factor * sum(sent))
    linear = [beat for beat in trace["beats"] if beat["kind"] == "linear" and beat["layer"] == 2]
    assert "layer1.mask" in linear[0]["latex"]
    assert "Dropout" in linear[0]["text"]
    back = [beat for beat in trace["beats"] if beat["kind"] == "messages" and beat["layer"] == 2]
    assert "layer1.mask" in back[0]["latex_numbers"]


def test_an_opened_unit_is_fed_with_what_is_left() -> None:
    question = ask(train(3)[3], 3)
    whole = tell_trace(TraceRequest.model_validate({**question, "view": "units"}), RESOURCES)
    unit = next(one for one in whole["units"] if one["id"] == "layer2[1]")
    opened = tell_trace(TraceRequest.model_validate({**question, "unit": "layer2[1]"}), RESOURCES)
    nodes = {node["id"]: node for node in opened["nodes"]}
    assert nodes["z"]["value"] == pytest.approx(unit["z"], rel=1e-12)
    assert nodes["z"]["grad"] == pytest.approx(unit["grad_z"], rel=1e-12)
