"""The catalog is the registries, and its presets are requests that run."""

from typing import Any

import orjson
import pytest

from app.datasets.features import FEATURES
from app.datasets.registry import DATASETS
from app.engine.ops import ACTIVATIONS, OPS
from app.experiments.classics import CLASSICS
from app.networks.cells import CELLS
from app.networks.choice import Choice, resolve
from app.networks.formula import FUNCTIONS
from app.networks.initializers import INITIALIZERS
from app.networks.losses import LOSSES
from app.networks.presets import PRESETS
from app.networks.recurrent import RecurrentSpec
from app.schemas.flow import GradientFlowRequest
from app.schemas.networks import TraceRequest
from app.schemas.training import TrainRequest
from app.services.catalog import list_catalog
from app.services.events import Control, Event
from app.services.experiments import measure_gradient_flow
from app.services.networks import tell_trace
from app.services.programs import make_resources
from app.services.training import open_training
from app.settings import Limits, Settings
from app.training.optimizers import OPTIMIZERS
from app.training.schedules import SCHEDULES
from app.training.setups import SETUPS

RESOURCES = make_resources(Settings())


@pytest.fixture(scope="module")
def catalog() -> dict[str, Any]:
    written = orjson.dumps(list_catalog(RESOURCES), option=orjson.OPT_SERIALIZE_NUMPY)
    found: dict[str, Any] = orjson.loads(written)
    return found


def test_the_catalog_lists_the_registries(catalog: dict[str, Any]) -> None:
    for part, registry in (
        ("activations", ACTIVATIONS),
        ("ops", OPS),
        ("losses", LOSSES),
        ("optimizers", OPTIMIZERS),
        ("initializers", INITIALIZERS),
        ("cells", CELLS),
        ("functions", FUNCTIONS),
        ("presets", PRESETS),
        ("classics", CLASSICS),
        ("setups", SETUPS),
        ("datasets", DATASETS),
        ("features", FEATURES),
        ("schedules", SCHEDULES),
    ):
        assert [entry["name"] for entry in catalog[part]] == list(registry)
    assert catalog["limits"] == Limits().model_dump()


def test_every_entry_can_be_shown_and_filled_in(catalog: dict[str, Any]) -> None:
    for part in (
        "activations",
        "ops",
        "losses",
        "optimizers",
        "initializers",
        "cells",
        "functions",
    ):
        for entry in catalog[part]:
            assert entry["label"], entry["name"]
            assert entry["summary"], entry["name"]
            assert "#" not in entry["latex"], entry["name"]
            for option in entry["schema"]["properties"].values():
                assert option["title"] == option["title"].lower()
                assert "default" in option


def test_an_options_schema_has_its_bounds(catalog: dict[str, Any]) -> None:
    sgd = next(entry for entry in catalog["optimizers"] if entry["name"] == "sgd")
    options = sgd["schema"]["properties"]
    assert options["learning_rate"]["minimum"] == 0
    assert options["momentum"]["exclusiveMaximum"] == 1
    assert options["nesterov"]["type"] == "boolean"


def test_a_loss_says_what_targets_it_is_for(catalog: dict[str, Any]) -> None:
    targets = {entry["name"]: entry["targets"] for entry in catalog["losses"]}
    assert targets["squared_error"] == "any"
    assert targets["cross_entropy"] == "distribution"
    assert targets["hinge"] == "signs"


def test_the_worked_example_comes_first(catalog: dict[str, Any]) -> None:
    first = catalog["presets"][0]
    assert first["inputs"] == [[2.0]]
    assert first["targets"] == [[0.0]]
    assert first["network"]["parameters"] == {"layer1.weight": [[0.5]], "layer1.bias": [0.0]}
    assert first["optimizer"] == {"name": "sgd", "learning_rate": 0.1}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_runs_and_learns(catalog: dict[str, Any], name: str) -> None:
    preset = next(entry for entry in catalog["presets"] if entry["name"] == name)
    parts = {part: preset[part] for part in ("network", "inputs", "targets", "optimizer")}
    views = {"dense": "units", "recurrent": "time", "expression": "nodes"}
    view = views[preset["network"]["spec"]["kind"]]
    trace = tell_trace(TraceRequest.model_validate({**parts, "view": view}), RESOURCES)
    assert trace["health"]["finite"]
    assert trace["network"]["spec"] == preset["network"]["spec"]
    if not preset["network"]["parameters"]:
        assert trace["loss_after"] is None
    elif name == "neuron_right":
        assert trace["loss"] == trace["loss_after"] == 0.0
    else:
        assert trace["loss_after"] < trace["loss"]


def test_gradients_vanish_in_the_deep_preset(catalog: dict[str, Any]) -> None:
    preset = next(entry for entry in catalog["presets"] if entry["name"] == "deep")
    parts = {part: preset[part] for part in ("network", "inputs", "targets")}
    trace = tell_trace(TraceRequest.model_validate(parts), RESOURCES)
    layers = trace["health"]["layers"]
    assert layers[0]["largest_grad"] < layers[-1]["largest_grad"] / 50


RATIOS = {
    "sigmoid_vanishes": (1e-14, 1e-10),
    "tanh_holds": (0.05, 0.3),
    "relu_holds": (0.3, 1.5),
    "relu_fades": (1e-6, 1e-3),
    "orthogonal_is_exact": (1 - 1e-9, 1 + 1e-9),
    "tanh_explodes": (1e3, 1e5),
    "residual_cures": (0.5, 20),
    "layer_norm_cures": (0.5, 20),
}
"""The gradient at the first layer over that at the last: what a classic's summary promises."""


@pytest.mark.parametrize("name", CLASSICS)
def test_a_classic_does_what_it_says(catalog: dict[str, Any], name: str) -> None:
    classic = next(entry for entry in catalog["classics"] if entry["name"] == name)
    layers = [classic["layer"]] * classic["depth"]
    network = {"kind": "dense", "inputs": classic["layer"]["units"], "layers": layers}
    body = {"network": network, "seeds": 3, "singular_values": False}
    answer = measure_gradient_flow(GradientFlowRequest.model_validate(body), RESOURCES)
    first, last = (answer["layers"][end]["grad_z_rms"]["mean"] for end in (0, -1))
    low, high = RATIOS[name]
    assert low < first / last < high


def test_a_rule_for_sigma_w_gives_weights_of_that_scale(catalog: dict[str, Any]) -> None:
    ruled = [entry for entry in catalog["initializers"] if entry["sigma_w"]]
    assert len(ruled) > 1
    for entry in ruled:
        rule, initializer = entry["sigma_w"], INITIALIZERS[entry["name"]]
        value = 1.7 ** rule["power"] * 48 ** rule["fan_in_power"]
        choice = Choice(entry["name"], {rule["option"]: value})
        mean, variance = initializer.moments(48, 48, resolve(INITIALIZERS, choice, "")[1])
        assert mean == 0
        assert 48 * variance == pytest.approx(1.7**2)


def test_every_dataset_has_a_training_to_open_with() -> None:
    assert set(SETUPS) == set(DATASETS)
    for name, setup in SETUPS.items():
        assert setup.data.name == name
        assert isinstance(setup.network, RecurrentSpec) == DATASETS[name].sequence


@pytest.mark.parametrize("name", SETUPS)
def test_a_training_to_open_with_learns(catalog: dict[str, Any], name: str) -> None:
    setup = next(entry for entry in catalog["setups"] if entry["name"] == name)
    wanted = ("network", "data", "optimizer", "batch_size", "validation_fraction")
    request = {part: setup[part] for part in wanted}
    request |= {"steps": 400, "frame_every": 400, "with_network": False}
    turns = open_training(TrainRequest.model_validate(request), RESOURCES, Control(), lambda: 0.0)
    events = [turn for turn in turns if isinstance(turn, Event)]
    first, last = (orjson.loads(event.data) for event in (events[0], events[-2]))
    assert last["loss"] < 0.8 * first["loss"]
    assert last["validation_loss"] < first["validation_loss"]
    assert ("accuracy" in last["metrics"]) == (setup["task"] != "numbers")


def test_activations_and_losses_say_how_classes_are_written(catalog: dict[str, Any]) -> None:
    signed = {entry["name"]: entry["signed"] for entry in catalog["activations"]}
    assert signed["tanh"]
    assert signed["identity"]
    assert not signed["sigmoid"]
    boundary = {entry["name"]: entry["boundary"] for entry in catalog["losses"]}
    assert boundary["binary_cross_entropy_with_logits"] == 0.0
    assert boundary["squared_error"] is None
