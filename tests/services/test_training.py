"""A training told turn by turn: what frames say, when they come, and how it ends."""

import base64
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from app.networks.errors import NetworkError
from app.schemas.datasets import DrawnData
from app.schemas.networks import ForwardRequest, StepRequest
from app.schemas.training import EVENTS, TrainRequest
from app.services.datasets import draw_dataset
from app.services.documents import read_document
from app.services.events import Control, Event, Wait
from app.services.networks import run_forward, take_step
from app.services.programs import make_resources
from app.services.samples import read_samples, require_learnable
from app.services.training import open_training
from app.settings import Limits, Settings

RESOURCES = make_resources(Settings())
NETWORK: dict[str, Any] = {
    "inputs": 2,
    "layers": [{"units": 4, "activation": "tanh"}, {"units": 1, "activation": "tanh"}],
}
IRIS: dict[str, Any] = {"inputs": 4, "layers": [{"units": 3}]}
RNN: dict[str, Any] = {"kind": "recurrent", "inputs": 1, "units": 4, "outputs": 1}
DATA: dict[str, Any] = {"dataset": "circles", "samples": 30, "noise": 0.1, "seed": 4}
ADAM = {"name": "adam", "learning_rate": 0.02}
REQUEST: dict[str, Any] = {
    "network": NETWORK,
    "data": DATA,
    "optimizer": ADAM,
    "batch_size": 8,
    "steps": 12,
    "frame_every": 3,
}
Said = list[tuple[str, dict[str, Any]]]


def listen(
    request: dict[str, Any],
    control: Control | None = None,
    clock: Callable[[], float] = lambda: 0.0,
    resources: Any = RESOURCES,
) -> Said:
    turns = open_training(
        TrainRequest.model_validate(request), resources, control or Control(), clock
    )
    said = []
    for turn in turns:
        if isinstance(turn, Event):
            EVENTS[turn.name].model_validate_json(turn.data)
            said.append((turn.name, orjson.loads(turn.data)))
    return said


def frames(said: Said) -> list[dict[str, Any]]:
    return [data for name, data in said if name == "frame"]


def tick(seconds: float) -> Callable[[], float]:
    counter = itertools.count()
    return lambda: next(counter) * seconds


def test_frames_come_every_so_many_steps_and_the_end_has_the_network() -> None:
    said = listen(REQUEST)
    assert [frame["step"] for frame in frames(said)] == [0, 3, 6, 9, 12]
    assert [frame["epoch"] for frame in frames(said)] == [0, 0, 1, 2, 3]
    name, end = said[-1]
    assert (name, end["reason"], end["step"]) == ("end", "steps", 12)
    assert end["network"] == frames(said)[-1]["network"]
    losses = [frame["loss"] for frame in frames(said)]
    assert losses[-1] < losses[0]


def test_the_same_request_gives_the_same_bytes() -> None:
    request = {**REQUEST, "validation_fraction": 0.2, "grid": {"size": 7, "units": True}}
    assert listen(request) == listen(request)
    assert listen(request) != listen({**request, "shuffle_seed": 1})


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_frames_network_goes_on_exactly(at: int) -> None:
    request = {
        **REQUEST,
        "validation_fraction": 0.2,
        "schedule": {"name": "cosine", "steps": 12},
        "l2": 0.01,
        "clip": {"norm": 1.0},
    }
    whole = frames(listen(request))
    rest = listen({**request, "network": whole[at]["network"], "steps": 12 - 3 * at})
    assert frames(rest)[1:] == whole[at + 1 :]
    told = ("batch_loss", "gradient_norms", "update_ratio")
    assert frames(rest)[0] == {**whole[at], **dict.fromkeys(told)}


def test_what_a_frame_says_does_not_depend_on_the_clock() -> None:
    free = {**REQUEST, "steps": 200, "frame_every": None, "frames_per_second": 20}
    by_step: dict[int, dict[str, Any]] = {}
    for seconds in (0.001, 0.003, 0.004, 0.02):
        for frame in frames(listen(free, clock=tick(seconds))):
            assert by_step.setdefault(frame["step"], frame) == frame
    assert len(by_step) > 10


def test_free_frames_come_as_often_as_asked_for() -> None:
    free = {**REQUEST, "steps": 1000, "frame_every": None, "frames_per_second": 10}
    # Every look at the clock takes 1 ms.
    assert 5 <= len(frames(listen(free, clock=tick(0.001)))) <= 20


def test_frames_by_count_keep_their_pace() -> None:
    request = TrainRequest.model_validate({**REQUEST, "frames_per_second": 2})
    turns = open_training(request, RESOURCES, Control(), lambda: 0.0)
    waits = [turn.seconds for turn in turns if isinstance(turn, Wait)]
    assert waits == [0.5, 1.0, 1.5, 2.0]


@pytest.mark.parametrize("pace", [1e-3, 1e-300, 5e-324])
def test_no_pace_is_so_slow_that_a_stream_outlasts_its_time(pace: float) -> None:
    request = TrainRequest.model_validate({**REQUEST, "frame_every": 1, "frames_per_second": pace})
    turns = open_training(request, RESOURCES, Control(), lambda: 0.0)
    [wait] = [turn.seconds for turn in itertools.islice(turns, 3) if isinstance(turn, Wait)]
    assert wait == min(1 / pace, RESOURCES.limits.stream_seconds)


def test_the_next_batch_of_a_frame_is_the_step_that_follows() -> None:
    request = {**REQUEST, "frame_every": 1, "steps": 9, "l1": 0.001, "clip": {"value": 0.05}}
    request["schedule"] = {"name": "exponential", "decay": 0.9}
    drawn = draw_dataset(DrawnData.model_validate({**DATA, "encoding": "signs"}), RESOURCES)
    told = frames(listen(request))
    for frame, following in itertools.pairwise(told):
        rows = frame["batch"]
        step = take_step(
            StepRequest.model_validate(
                {
                    "network": frame["network"],
                    "inputs": drawn["inputs"][rows].tolist(),
                    "targets": drawn["targets"][rows].tolist(),
                    "optimizer": {**ADAM, "learning_rate": frame["learning_rate"]},
                    "l1": 0.001,
                    "clip": {"value": 0.05},
                }
            ),
            RESOURCES,
        )
        written = orjson.loads(orjson.dumps(step, option=orjson.OPT_SERIALIZE_NUMPY))
        assert written["network"] == following["network"]
        assert written["loss_before"] == following["batch_loss"]


def test_losses_and_metrics_are_those_of_all_samples() -> None:
    frame = frames(listen({**REQUEST, "data": {**DATA, "encoding": "signs"}}))[-1]
    drawn = draw_dataset(DrawnData.model_validate({**DATA, "encoding": "signs"}), RESOURCES)
    forward = run_forward(
        ForwardRequest.model_validate(
            {"network": frame["network"], "inputs": drawn["inputs"].tolist()}
        ),
        RESOURCES,
    )
    outputs = np.array(forward["outputs"])
    assert frame["loss"] == pytest.approx(np.mean((outputs - drawn["targets"]) ** 2), rel=1e-12)
    right = (outputs > 0) == (drawn["targets"] > 0)
    assert frame["metrics"]["accuracy"] == np.mean(right)
    confusion = np.array(frame["metrics"]["confusion"])
    assert confusion.sum() == 30
    assert np.trace(confusion) == np.sum(right)
    assert "validation_accuracy" not in frame["metrics"]


def test_a_reason_to_stop_stops() -> None:
    long = {**REQUEST, "steps": 5000, "frame_every": 5000}
    said = listen({**long, "stop": {"loss": 0.3}})
    assert said[-1][1]["reason"] == "loss"
    assert frames(said)[-1]["loss"] <= 0.3
    assert said[-1][1]["step"] % 4 == 0
    said = listen({**long, "stop": {"patience": 2}, "validation_fraction": 0.3})
    assert said[-1][1]["reason"] == "patience"


def test_a_training_can_be_asked_to_end_and_has_its_time() -> None:
    control = Control()
    turns = open_training(TrainRequest.model_validate(REQUEST), RESOURCES, control, lambda: 0.0)
    next(turns)
    control.reason = "draining"
    rest = [turn for turn in turns if isinstance(turn, Event)]
    assert [turn.name for turn in rest] == ["end"]
    assert orjson.loads(rest[0].data)["reason"] == "draining"
    said = listen({**REQUEST, "steps": 10**6, "frame_every": 10**6}, clock=tick(10.0))
    assert said[-1][1]["reason"] == "time_limit"
    assert said[-1][1]["network"]["step"] == said[-1][1]["step"] < 100


def test_divergence_is_explained_and_leads_back() -> None:
    network = {
        "inputs": 2,
        "layers": [{"units": 8, "activation": "leaky_relu"}, {"units": 1}],
    }
    request = {**REQUEST, "network": network, "optimizer": {"name": "sgd", "learning_rate": 0.9}}
    said = listen({**request, "steps": 5000, "frame_every": None})
    (told,) = [data for name, data in said if name == "diverged"]
    assert said[-1][1]["reason"] == "diverged"
    assert said[-1][1]["network"] == told["network"]
    assert told["network"]["step"] == told["step"] - 1
    assert told["cause"] == "learning_rate"
    assert told["curvature"] * 0.9 > 2
    assert told["stable_below"] == pytest.approx(2 / told["curvature"])
    gentle = {"name": "sgd", "learning_rate": 0.2 * told["stable_below"]}
    again = listen({**request, "network": told["calm"]["network"], "optimizer": gentle})
    assert again[-1][1]["reason"] == "steps"
    assert frames(again)[-1]["loss"] < frames(again)[0]["loss"]


def test_the_logarithm_of_0_is_named() -> None:
    network = {
        "inputs": 1,
        "layers": [{"units": 1, "activation": "sigmoid"}],
        "loss": "binary_cross_entropy",
    }
    data = {"inputs": [[1000.0], [-1000.0]], "targets": [[0], [1]]}
    request = {**REQUEST, "network": {"spec": network, "parameters": {"layer1.weight": [[1.0]]}}}
    said = listen({**request, "data": data})
    (told,) = [data for name, data in said if name == "diverged"]
    assert (told["cause"], told["phase"], told["step"]) == ("logarithm", "forward", 1)
    assert told["node"].startswith("loss.")


def test_maps_are_numbers_or_floats_in_base64() -> None:
    grid = {"size": 6, "x": [-1, 1], "units": True, "units_size": 3}
    (plain, *_), (packed, *_) = (
        frames(listen({**REQUEST, "grid": {**grid, "encoding": encoding}}))
        for encoding in ("numbers", "float32")
    )
    outputs = np.array(plain["grid"]["outputs"])
    assert outputs.shape == (1, 6, 6)
    found = np.frombuffer(base64.b64decode(packed["grid"]["outputs"]), "<f4").reshape(1, 6, 6)
    np.testing.assert_array_equal(found, outputs.astype("f4"))
    hidden = np.frombuffer(base64.b64decode(packed["grid"]["units"]["layer1"]), "<f4")
    assert hidden.size == 4 * 3 * 3


def test_a_frame_never_is_larger_than_it_may_be() -> None:
    resources = make_resources(Settings(limits=Limits(frame_bytes=5000)))
    request = TrainRequest.model_validate({**REQUEST, "grid": {"size": 14}})
    turns = open_training(request, resources, Control(), lambda: 0.0)
    first = next(turns)
    assert isinstance(first, Event)
    assert len(first.data) <= 5000
    frame = orjson.loads(first.data)
    assert frame["omitted"] == ["grid"]
    assert frame["grid"] is None
    assert frame["network"] is not None
    with pytest.raises(NetworkError, match="at most 200 numbers in all maps"):
        listen({**REQUEST, "grid": {"size": 15}}, resources=resources)


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"steps": 1_000_001}, "/steps", "at most 1000000 steps"),
        ({"frames_per_second": 31}, "/frames_per_second", "at most 30"),
        ({"data": {**DATA, "samples": 10_001}}, "/data/samples", "10000"),
        ({"data": {**DATA, "samples": 5000}, "batch_size": None}, "/batch_size", "at most 4096"),
        ({"data": {"dataset": "spiral"}}, "/data/dataset", "expected one of: xor, circles"),
        ({"data": {**DATA, "delay": 3}}, "/data", "its options are: samples, noise"),
        ({"data": {**DATA, "features": ["x1"]}}, "/data/inputs", "a network with 1 input"),
        ({"data": {**DATA, "features": ["x3"]}}, "/data/features/0", "expected one of: x1"),
        ({"data": {**DATA, "encoding": "one_hot"}}, "/data/targets", "a network with 2 outputs"),
        ({"data": {"dataset": "iris"}, "network": IRIS, "grid": {}}, "/grid", "no other plane"),
        ({"data": {"dataset": "iris"}}, "/data/inputs", "a network with 4 inputs"),
        ({"data": {"dataset": "blobs", "classes": 3}}, "/data/targets", "with 3 outputs"),
        ({"data": {"dataset": "echo"}}, "/data", "expected a recurrent network"),
        ({"network": RNN}, "/data", "expected a dense network"),
        ({"network": {"kind": "expression", "expression": "x"}}, "/network", "a formula has no"),
        ({"data": {"inputs": [], "targets": []}}, "/data/inputs", "expected samples"),
        ({"data": {"inputs": [[1, 2]] * 2, "targets": [[1]]}}, "/data/targets", "expected 2"),
        ({"data": {"inputs": [[1, 2], [1]], "targets": [[1]] * 2}}, "/data/inputs/1", "2 numbers"),
        ({"schedule": "linear"}, "/schedule", "expected one of: constant, step"),
        ({"optimizer": "adamax"}, "/optimizer", "expected one of: sgd"),
        ({"network": {**NETWORK, "loss": "cross_entropy"}}, "/data/targets", "sum to 1"),
    ],
)
def test_what_cannot_be_trained_is_said_at_once(
    change: dict[str, Any], pointer: str, said: str
) -> None:
    with pytest.raises(NetworkError) as caught:
        open_training(
            TrainRequest.model_validate({**REQUEST, **change}), RESOURCES, Control(), lambda: 0.0
        )
    assert (caught.value.pointer, said in caught.value.detail) == (pointer, True), caught.value


@pytest.mark.parametrize(
    ("loss", "activation", "wanted"),
    [
        ("hinge", "identity", [-1, 1]),
        ("squared_error", "tanh", [-1, 1]),
        ("squared_error", "identity", [-1, 1]),
        ("squared_error", "sigmoid", [0, 1]),
        ("squared_error", "relu", [0, 1]),
        ("binary_cross_entropy", "sigmoid", [0, 1]),
        ("binary_cross_entropy_with_logits", "identity", [0, 1]),
    ],
)
def test_targets_are_written_as_the_network_takes_them(
    loss: str, activation: str, wanted: list[int]
) -> None:
    layers = [{"units": 1, "activation": activation}]
    request = TrainRequest.model_validate(
        {**REQUEST, "network": {"inputs": 2, "layers": layers, "loss": loss}}
    )
    spec = require_learnable(read_document(request.network).spec)
    rows = read_samples(request.data, spec, Limits())
    assert sorted(set(rows.targets[:, 0])) == wanted


@pytest.mark.parametrize(
    ("data", "network"),
    [
        ({"dataset": "echo", "steps": 5, "delay": 1}, {**RNN, "loss_at": "every"}),
        ({"dataset": "parity", "steps": 4}, {**RNN, "output_activation": "sigmoid"}),
        ({"dataset": "adding", "steps": 6}, {**RNN, "inputs": 2, "cell": "gru"}),
        (
            {"dataset": "copy", "length": 1, "pause": 1, "symbols": 2},
            {**RNN, "inputs": 4, "outputs": 3, "loss_at": "every", "loss": "cross_entropy"},
        ),
    ],
)
def test_recurrent_networks_learn_from_sequences(
    data: dict[str, Any], network: dict[str, Any]
) -> None:
    request = {
        **REQUEST,
        "network": network,
        "data": {**data, "samples": 26},
        "steps": 40,
        "frame_every": 10,
    }
    said = listen(request)
    told = frames(said)
    assert told[-1]["loss"] < told[0]["loss"]
    assert set(told[-1]["gradient_norms"]) == {"cell", "output"}
    assert ("accuracy" in told[0]["metrics"]) == (data["dataset"] in ("parity", "copy"))
    rest = listen({**request, "network": told[2]["network"], "steps": 20})
    assert frames(rest)[1:] == told[3:]


@pytest.mark.parametrize("at", ["last", "every"])
def test_frames_show_what_is_said_of_held_out_sequences(at: str) -> None:
    data = {"dataset": "adding", "samples": 20, "steps": 6, "seed": 3}
    network = {**RNN, "inputs": 2, "loss_at": at}
    request = {**REQUEST, "network": network, "data": data, "validation_fraction": 0.25}
    said = listen({**request, "sequences": 3})
    frame = said[-2][1]
    assert frame["omitted"] == []
    shown = frame["sequences"]
    assert shown["held_out"]
    assert shown["rows"] == frame["validation"][:3]
    assert len(frame["validation"]) == 5
    assert not set(frame["validation"]) & set(frame["batch"])
    assert shown["times"] == ([6] if at == "last" else [1, 2, 3, 4, 5, 6])
    drawn = draw_dataset(DrawnData.model_validate(data), RESOURCES)
    inputs = np.asarray(drawn["inputs"])[shown["rows"]].tolist()
    forward = run_forward(
        ForwardRequest.model_validate({"network": frame["network"], "inputs": inputs}), RESOURCES
    )
    outputs = np.asarray(forward["outputs"])
    assert np.array_equal(
        np.asarray(shown["outputs"]), outputs if at == "every" else outputs[:, None]
    )
    without = listen({**request, "validation_fraction": 0, "sequences": 3})[0][1]
    assert without["validation"] == []
    assert not without["sequences"]["held_out"]
    assert listen(request)[0][1]["sequences"] is None


def test_sequences_are_shown_of_recurrent_networks_and_as_many_as_fit() -> None:
    with pytest.raises(NetworkError) as refused:
        listen({**REQUEST, "sequences": 1})
    assert refused.value.pointer == "/sequences"
    data = {"dataset": "echo", "samples": 20, "steps": 10}
    request = {**REQUEST, "network": {**RNN, "loss_at": "every"}, "data": data}
    tight = make_resources(Settings(limits=Limits(frame_bytes=2_500)))
    with pytest.raises(NetworkError) as refused:
        listen({**request, "sequences": 11}, resources=tight)
    assert refused.value.pointer == "/sequences"
    frame = listen({**request, "sequences": 10}, resources=tight)[0][1]
    assert "sequences" in frame["omitted"]
    assert frame["sequences"] is None


def test_the_example_of_the_readme_learns() -> None:
    path = Path(__file__).parents[2] / "examples" / "training.json"
    said = listen(orjson.loads(path.read_bytes()))
    assert [frame["step"] for frame in frames(said)] == list(range(0, 5001, 500))
    assert frames(said)[-1]["metrics"]["accuracy"] > 0.95
    assert "validation_accuracy" in frames(said)[0]["metrics"]
