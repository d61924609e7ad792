"""Surfaces and races as requests ask for them."""

from typing import Any

import numpy as np
import pytest

from app.networks.errors import NetworkError
from app.schemas.race import RaceRequest, SurfaceRequest
from app.services.programs import make_resources
from app.services.races import measure_surface, race_optimizers
from app.settings import Limits, Settings
from app.training.optimizers import OPTIMIZERS

RESOURCES = make_resources(Settings())
SLICE: dict[str, Any] = {
    "network": {"inputs": 2, "layers": [{"units": 3, "activation": "tanh"}, {"units": 1}]},
    "data": {"dataset": "xor", "samples": 20},
    "axes": [
        {"node": "layer1.weight", "index": [0, 1]},
        {"node": "layer2.bias", "index": [0]},
    ],
}


def measure(**request: Any) -> Any:
    return measure_surface(SurfaceRequest.model_validate(request), RESOURCES)


def race(**request: Any) -> Any:
    return race_optimizers(RaceRequest.model_validate(request), RESOURCES)


def test_rows_are_y_and_columns_x() -> None:
    found = measure(surface={"expression": "100*x + y"}, x=[0, 3], y=[0, 20], size=3)
    assert found["names"] == ["x", "y"]
    assert np.array(found["losses"]).tolist() == [
        [0, 150, 300],
        [10, 160, 310],
        [20, 170, 320],
    ]
    assert (found["lowest"], found["highest"]) == (0, 320)


def test_a_function_is_seen_where_it_is_worth_seeing() -> None:
    found = measure(surface={"function": "beale"})
    assert np.array(found["losses"]).shape == (100, 100)
    assert found["x"][0], found["x"][-1] == (-4.5, 4.5)
    assert found["minimum"] == [3.0, 0.5]
    assert found["samples"] is None


def test_what_is_not_finite_is_named_and_not_counted() -> None:
    found = measure(surface={"expression": "log(x) * y"}, x=[-1, 1], y=[1, 2], size=2)
    assert found["losses"][0][0] == "NaN"
    assert found["highest"] == 0.0


def test_a_network_is_seen_around_its_own_values() -> None:
    found = measure(surface=SLICE, size=5)
    assert found["names"] == ["layer1.weight[0][1]", "layer2.bias[0]"]
    assert found["samples"] == 20
    assert found["x"][2] == pytest.approx(found["center"][0])
    assert np.array(found["losses"]).shape == (5, 5)
    (racer,) = race(surface=SLICE, optimizers=["adam"], steps=3)["racers"]
    assert racer["path"][0].tolist() == found["center"]
    assert racer["losses"][0] == pytest.approx(found["losses"][2][2], rel=1e-12)


def test_many_samples_are_seen_at_fewer_points_unless_asked_otherwise() -> None:
    many = {**SLICE, "data": {"dataset": "xor", "samples": 400}}
    assert len(measure(surface=many)["x"]) == 31
    assert len(measure(surface=many, size=40)["x"]) == 40


def test_racers_keep_their_order_and_start() -> None:
    found = race(
        surface={"function": "saddle"},
        optimizers=[{"name": "sgd", "learning_rate": 0.5}, "adam"],
        start=[1.0, 0.5],
        steps=4,
    )
    assert found["start"] == [1.0, 0.5]
    assert [racer["optimizer"]["name"] for racer in found["racers"]] == ["sgd", "adam"]
    assert found["racers"][0]["path"].tolist() == [
        [1.0, 0.5],
        *([0, 0.5 * 2.0**k] for k in range(1, 5)),
    ]
    assert found["racers"][0]["reason"] == "steps"


@pytest.mark.parametrize(
    ("surface", "pointer", "said"),
    [
        ({"function": "cone"}, "/surface/function", "expected one of: ravine, bowl"),
        ({"expression": "x + y + z"}, "/surface/expression", "two names"),
        ({"expression": "x +"}, "/surface/expression", "expected"),
        ({**SLICE, "axes": [SLICE["axes"][0]] * 2}, "/surface/axes/1", "another entry"),
        (
            {**SLICE, "axes": [SLICE["axes"][0], {"node": "layer9.bias", "index": [0]}]},
            "/surface/axes/1/node",
            "layer1.weight",
        ),
        (
            {**SLICE, "axes": [{"node": "layer1.weight", "index": [3, 0]}, SLICE["axes"][1]]},
            "/surface/axes/0/index",
            r"shape [3, 2]",
        ),
        ({**SLICE, "data": {"dataset": "iris"}}, "/surface/data/inputs", "4 inputs"),
        (
            {**SLICE, "network": {"kind": "recurrent", "inputs": 2, "units": 1, "outputs": 1}},
            "/surface/network",
            "expected a dense network",
        ),
    ],
)
def test_what_has_no_surface_is_said(surface: dict[str, Any], pointer: str, said: str) -> None:
    asked: list[tuple[Any, dict[str, Any]]] = [(measure, {}), (race, {"optimizers": ["sgd"]})]
    for ask, more in asked:
        with pytest.raises(NetworkError) as caught:
            ask(surface=surface, **more)
        assert (caught.value.pointer, said in caught.value.detail) == (pointer, True), caught.value


def test_the_limits_of_a_race_bite_exactly() -> None:
    resources = make_resources(Settings(limits=Limits(race_steps=5, work=13 * 80 * 5)))
    bowl, two = {"function": "bowl"}, ["sgd", "adam"]
    for surface, good, bad, pointer in (
        (bowl, {"steps": 5}, {"steps": 6}, "/steps"),
        # 13 parameters, 20 samples looked at and stepped on, 2 optimizers.
        (SLICE, {"steps": 2}, {"steps": 3}, "/steps"),
    ):
        request = {"surface": surface, "optimizers": two}
        race_optimizers(RaceRequest.model_validate({**request, **good}), resources)
        with pytest.raises(NetworkError) as caught:
            race_optimizers(RaceRequest.model_validate({**request, **bad}), resources)
        assert caught.value.pointer == pointer
    with pytest.raises(NetworkError, match="times points"):
        measure_surface(SurfaceRequest.model_validate({"surface": SLICE, "size": 200}), resources)


@pytest.mark.parametrize("surface", [{"function": "beale"}, SLICE], ids=["function", "slice"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_is_told_as_it_was_taken(surface: Any, name: str) -> None:
    options = {"momentum": 0.9} if name in ("sgd", "rmsprop") else {}
    request = {
        "surface": surface,
        "optimizers": ["sgd", {"name": name, "learning_rate": 0.001, **options}],
        "steps": 40,
        "batch_size": 3,
        "explain": {"racer": 1, "step": 30},
    }
    answer = race_optimizers(RaceRequest.model_validate(request), RESOURCES)
    path, told = answer["racers"][1]["path"], answer["explained"]
    assert [axis["name"] for axis in told["axes"]] == answer["names"]
    for number, axis in enumerate(told["axes"]):
        assert [axis["before"], axis["after"]] == [path[29][number], path[30][number]]
        assert axis["lines"][-1]["name"] == "w_new"
        assert axis["lines"][-1]["value"] == pytest.approx(axis["after"], rel=1e-12)
        values = {line["name"]: line["value"] for line in axis["lines"]}
        last = told["memory"][-1]
        assert last["grad"][number] == axis["grad"]
        for slot, pair in last["kept"].items():
            assert pair[number] == pytest.approx(values[slot], rel=1e-12)
    assert [entry["step"] for entry in told["memory"]] == list(range(7, 31))


@pytest.mark.parametrize(
    ("choice", "pointer"),
    [({"racer": 1, "step": 1}, "/explain/racer"), ({"racer": 0, "step": 6}, "/explain/step")],
)
def test_a_step_that_was_not_taken_cannot_be_told(choice: Any, pointer: str) -> None:
    request = {"surface": {"function": "bowl"}, "optimizers": ["sgd"], "steps": 5}
    with pytest.raises(NetworkError) as caught:
        race_optimizers(RaceRequest.model_validate({**request, "explain": choice}), RESOURCES)
    assert caught.value.pointer == pointer
