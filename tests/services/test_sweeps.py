"""Sweeps told as events and as a table, on real workers."""

import csv
import io
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest

from app.experiments.cluster import Cluster
from app.experiments.results import Results
from app.experiments.workers import Serial, measure_trial
from app.networks import dense
from app.networks.errors import NetworkError
from app.schemas.sweeps import EVENTS, SweepRequest
from app.services.events import Control, Event, Turn, Wait
from app.services.grids import list_points
from app.services.programs import Programs, Resources
from app.services.sizes import LimitError
from app.services.sweep_events import open_sweep
from app.services.sweep_table import open_table
from app.services.sweeps import find_log_ratio, prepare_sweep
from app.settings import Limits

LAYER = {"units": 6, "activation": "tanh", "initializer": {"name": "variance_scaling"}}
BASE: dict[str, Any] = {
    "network": {"inputs": 6, "layers": [LAYER], "seed": 40},
    "batch": 4,
    "seeds": 2,
    "grid": [
        {"pointers": ["/repeat"], "values": [3, 5], "name": "depth"},
        {"pointers": ["/network/layers/*/initializer/scale"], "values": [0.25, 1.0, 4.0]},
    ],
}


def make_resources(cluster: Cluster, **limits: int) -> Resources:
    return Resources(Limits(**limits), Programs(1, 1), Results(10**7), cluster)


@pytest.fixture
def resources(cluster: Cluster) -> Resources:
    return make_resources(cluster)


def read(body: dict[str, Any]) -> SweepRequest:
    return SweepRequest.model_validate(body)


def drive(turns: Iterator[Turn], seconds: float = 60.0) -> Iterator[Event]:
    limit = time.monotonic() + seconds
    for turn in turns:
        assert time.monotonic() < limit
        if isinstance(turn, Wait):
            time.sleep(turn.seconds)
        elif turn is not None:
            yield turn


def tell(
    body: dict[str, Any],
    resources: Resources,
    control: Control | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> list[tuple[str, dict[str, Any]]]:
    """All events of a sweep; each is what the schema says."""
    events = []
    for event in drive(open_sweep(read(body), resources, control or Control(), clock)):
        EVENTS[event.name].model_validate_json(event.data)
        events.append((event.name, orjson.loads(event.data)))
    return events


def pick(events: list[tuple[str, dict[str, Any]]], name: str) -> list[dict[str, Any]]:
    return [data for told, data in events if told == name]


def test_a_sweep_from_begin_to_end(resources: Resources) -> None:
    events = tell(BASE, resources)
    assert events[0] == (
        "begin",
        {
            "trials": 12,
            "points": 6,
            "seeds": 2,
            "axes": ["depth", "/network/layers/*/initializer/scale"],
        },
    )
    assert events[-1] == ("end", {"reason": "done", "done": 12, "failed": 0, "trials": 12})
    results = sorted(pick(events, "result"), key=lambda result: result["trial"])
    assert [result["trial"] for result in results] == list(range(12))
    assert [result["point"] for result in results] == [*range(6), *range(6)]
    assert [result["seed"] for result in results] == [40] * 6 + [41] * 6
    assert [result["values"] for result in results[:6]] == [
        [depth, scale] for depth in (3, 5) for scale in (0.25, 1.0, 4.0)
    ]
    sweep = prepare_sweep(read(BASE), resources)
    for result, asked in zip(results, sweep.asked, strict=True):
        measured = measure_trial(asked.trial)
        assert result["grad_z_rms"] == measured[0].tolist()
        assert result["log10_ratio"] == find_log_ratio(measured)
        depth = result["values"][0]
        assert len(result["z_variance"]) == depth
        assert result["mean_factor"] ** ((depth - 1) / 2) == pytest.approx(
            10 ** result["log10_ratio"]
        )
    points = {point["point"]: point for point in pick(events, "point")}
    assert len(points) == 6
    for number, point in points.items():
        ratios = [r["log10_ratio"] for r in results if r["point"] == number]
        assert point["log10_ratio"]["mean"] == pytest.approx(np.mean(ratios))
        assert point["log10_ratio"]["std"] == pytest.approx(np.std(ratios, ddof=1))
        assert point["predicted_log10_ratio"] == pytest.approx(np.mean(ratios), abs=0.6)
    assert [points[n]["phase"] for n in (0, 1, 2)] == ["ordered", "critical", "chaotic"]
    assert pick(events, "progress")[-1]["done"] == 12
    assert pick(events, "progress")[-1]["seconds_left"] == 0.0


def test_asking_again_computes_only_the_rest(resources: Resources) -> None:
    first = tell({**BASE, "seeds": 1}, resources)
    events = tell(BASE, resources)
    known = [result for result in pick(events, "result") if result["known"]]
    assert [{**result, "known": False} for result in known] == sorted(
        pick(first, "result"), key=lambda result: result["trial"]
    )
    assert pick(events, "progress")[-1]["known"] == 6
    again = tell(BASE, resources)
    assert all(result["known"] for result in pick(again, "result"))
    assert pick(again, "point")


def test_keys_are_of_the_request_and_the_seed(resources: Resources) -> None:
    def keys(body: dict[str, Any]) -> set[str]:
        return {asked.key for asked in prepare_sweep(read(body), resources).asked}

    assert len(keys(BASE)) == 12
    assert keys({**BASE, "seeds": 1}) < keys(BASE)
    reordered = {name: BASE[name] for name in reversed(list(BASE))}
    assert keys(reordered) == keys(BASE)
    assert keys({**BASE, "batch": 32, "grid": []}) == keys(
        {name: value for name, value in BASE.items() if name not in ("batch", "grid")}
    )
    assert not keys({**BASE, "batch": 5}) & keys(BASE)
    later = {**BASE, "network": {**BASE["network"], "seed": 41}}
    assert len(keys(later) & keys(BASE)) == 6


def test_a_network_is_looked_at_once_per_point(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = []

    def check(layer: dense.Layer, pointer: str) -> None:
        looked_at.append(pointer)

    monkeypatch.setattr(dense, "_check_layer", check)
    body = {**BASE, "network": {"inputs": 6, "layers": [LAYER] * 20, "seed": 40}}
    sweep = prepare_sweep(read({**body, "grid": BASE["grid"][1:], "seeds": 50}), resources)
    assert len(sweep.asked) == 150
    assert looked_at == ["/layers/0"] * 3
    for number, asked in enumerate(sweep.asked):
        assert asked.trial.spec is sweep.trials[number % 3].spec
        assert asked.trial.seed == 40 + number // 3


def test_without_a_grid_there_is_one_point(resources: Resources) -> None:
    events = tell({**BASE, "grid": [], "repeat": 2}, resources)
    assert [result["values"] for result in pick(events, "result")] == [[], []]
    assert len(pick(events, "point")) == 1


def test_an_axis_may_move_several_places_at_once(resources: Resources) -> None:
    width = {"pointers": ["/network/inputs", "/network/layers/*/units"], "values": [4, 8]}
    points = list_points(read({**BASE, "grid": [width]}), Limits())
    for point, size in zip(points, (4, 8), strict=True):
        network: Any = point.configuration.network
        assert (network.inputs, network.layers[0].units) == (size, size)


def test_whole_parts_may_be_values(resources: Resources) -> None:
    choices = ["orthogonal", {"name": "orthogonal", "gain": 1.1}]
    grid = [{"pointers": ["/network/layers/0/initializer"], "values": choices}]
    events = tell({**BASE, "grid": grid, "repeat": 4, "seeds": 1}, resources)
    assert [
        r["values"][0] for r in sorted(pick(events, "result"), key=lambda r: r["trial"])
    ] == choices


def test_a_recurrent_network_is_swept_too(resources: Resources) -> None:
    network = {"kind": "recurrent", "inputs": 2, "units": 5, "outputs": 1}
    grid = [
        {"pointers": ["/network/cell"], "values": ["rnn", "lstm"]},
        {"pointers": ["/time_steps"], "values": [4, 8]},
    ]
    events = tell({"network": network, "batch": 2, "seeds": 1, "grid": grid}, resources)
    lengths = {tuple(r["values"]): len(r["grad_z_rms"]) for r in pick(events, "result")}
    assert lengths == {("rnn", 4): 4, ("rnn", 8): 8, ("lstm", 4): 4, ("lstm", 8): 8}
    unknown = {point["values"][0]: point["unknown"] for point in pick(events, "point")}
    assert unknown["rnn"] is None
    assert unknown["lstm"] is not None


@pytest.mark.parametrize(
    ("axis", "pointer", "detail"),
    [
        ({"pointers": ["/network/layers/0/unit"], "values": [3]}, "/grid/0/values/0", "units"),
        ({"pointers": ["/network/layers/0/units"], "values": [3, 0]}, "/grid/0/values/1", ""),
        ({"pointers": ["/network/layers/7/units"], "values": [3]}, "/grid/0/pointers/0", "nowhere"),
        ({"pointers": ["/batch", "batch"], "values": [3]}, "/grid/0/pointers/1", "begins with /"),
        ({"pointers": ["/batch/3"], "values": [3]}, "/grid/0/pointers/0", "nowhere"),
        ({"pointers": ["/grid"], "values": [3]}, "/grid/0/values/0", "no such field"),
        ({"pointers": ["/seeds"], "values": [3]}, "/grid/0/values/0", "no such field"),
        (
            {"pointers": ["/network/layers/*/activation"], "values": ["tanh", "tahn"]},
            "/grid/0/values/1",
            "expected one of",
        ),
        ({"pointers": ["/repeat"], "values": [3, 101]}, "/grid/0/values/1", "at most 100"),
        ({"pointers": ["/network/layers/*/units"], "values": [6, 1025]}, "/grid/0/values/1", ""),
        ({"pointers": ["/network"], "values": ["x"]}, "/grid/0/values/0", ""),
    ],
)
def test_what_is_wrong_with_an_axis_is_located(
    resources: Resources, axis: dict[str, Any], pointer: str, detail: str
) -> None:
    with pytest.raises(NetworkError) as caught:
        prepare_sweep(read({**BASE, "grid": [axis]}), resources)
    assert caught.value.pointer == pointer
    assert detail in caught.value.detail


def test_what_is_wrong_elsewhere_keeps_its_place(resources: Resources) -> None:
    broken = {**BASE, "network": {**BASE["network"], "bias_initializer": "orthogonal"}}
    with pytest.raises(NetworkError) as caught:
        prepare_sweep(read(broken), resources)
    assert caught.value.pointer == "/network/bias_initializer"


@pytest.mark.parametrize(
    ("limit", "good", "bad"),
    [
        ("trials", {"trials": 12}, {"trials": 11}),
        ("listed_layers", {"listed_layers": 6}, {"listed_layers": 5}),
        ("seeds", {"seeds": 2}, {"seeds": 1}),
        # 5 layers of 6 * 7 parameters, 32 samples at least.
        ("trial_work", {"trial_work": 5 * 42 * 32}, {"trial_work": 5 * 42 * 32 - 1}),
    ],
)
def test_a_sweep_at_the_limit_and_past_it(
    cluster: Cluster, limit: str, good: dict[str, int], bad: dict[str, int]
) -> None:
    prepare_sweep(read(BASE), make_resources(cluster, **good))
    with pytest.raises(LimitError) as caught:
        prepare_sweep(read(BASE), make_resources(cluster, **bad))
    assert caught.value.limit == limit


def test_it_ends_when_it_is_told_to(resources: Resources) -> None:
    control = Control()
    turns = drive(open_sweep(read({**BASE, "seeds": 50}), resources, control, time.monotonic))
    for event in turns:
        if event.name == "result":
            control.reason = "draining"
            break
    rest = list(turns)
    assert rest[-1].name == "end"
    end = orjson.loads(rest[-1].data)
    assert end["reason"] == "draining"
    assert 1 <= end["done"] < 300


def test_it_ends_after_its_time(cluster: Cluster) -> None:
    seconds = iter(np.arange(0.0, 1e6, 0.25))
    resources = make_resources(cluster, sweep_seconds=30)
    body = {**BASE, "seeds": 100}
    events = tell(body, resources, clock=lambda: float(next(seconds)))
    end = events[-1][1]
    assert end["reason"] == "time_limit"
    assert end["done"] < 600
    assert pick(events, "progress")


def test_a_scheduler_that_does_not_answer_is_said(resources: Resources) -> None:
    class Away(Serial):
        def start(self) -> bool:
            raise ConnectionError

    alone = replace(resources, workers=Away())
    end = tell(BASE, alone)[-1]
    assert end == ("end", {"reason": "no_scheduler", "done": 0, "failed": 0, "trials": 12})


def read_table(body: dict[str, Any], resources: Resources, control: Control | None = None) -> Any:
    turns = open_table(read(body), resources, control or Control(), time.monotonic)
    text = b"".join(event.data for event in drive(turns)).decode()
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_table_has_a_row_per_trial_in_order(resources: Resources) -> None:
    rows = read_table(BASE, resources)
    assert [int(row["trial"]) for row in rows] == list(range(12))
    assert list(rows[0]) == [
        "trial",
        "point",
        "seed",
        "depth",
        "/network/layers/*/initializer/scale",
        "failed",
        "first_grad_z_rms",
        "last_grad_z_rms",
        "log10_ratio",
        "mean_factor",
    ]
    results = {r["trial"]: r for r in pick(tell(BASE, resources), "result")}
    for row in rows:
        result = results[int(row["trial"])]
        assert row["failed"] == ""
        assert float(row["log10_ratio"]) == result["log10_ratio"]
        assert float(row["first_grad_z_rms"]) == result["grad_z_rms"][0]
        assert float(row["depth"]) == result["values"][0]
    assert read_table(BASE, resources) == rows


def test_a_table_that_is_cut_short_says_so(resources: Resources) -> None:
    rows = read_table(BASE, resources, Control("draining"))
    assert len(rows) == 12
    assert {row["failed"] for row in rows} == {"draining"}
    assert {row["log10_ratio"] for row in rows} == {""}


def test_values_with_commas_are_quoted(resources: Resources) -> None:
    grid = [
        {
            "pointers": ["/network/layers/0/initializer"],
            "values": [{"name": "normal", "std": 0.4}],
            "name": 'first, "quoted"',
        }
    ]
    row = read_table({**BASE, "grid": grid, "repeat": 2, "seeds": 1}, resources)[0]
    assert orjson.loads(row['first, "quoted"']) == {"name": "normal", "std": 0.4}
    assert math.isfinite(float(row["mean_factor"]))
