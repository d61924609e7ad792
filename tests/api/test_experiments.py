"""Experiments over HTTP."""

import math
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.schemas.flow import GradientFlowAnswer, GradientFlowRequest
from app.services.experiment_sizes import check_trial
from app.services.sizes import LimitError
from app.settings import Limits

LIMITS = Limits()


def layers(*units: int, scale: float = 1.0, activation: str = "tanh") -> list[dict[str, Any]]:
    initializer = {"name": "variance_scaling", "scale": scale}
    return [{"units": n, "activation": activation, "initializer": initializer} for n in units]


def ask(client: TestClient, network: dict[str, Any], **options: Any) -> dict[str, Any]:
    body = {"network": network, **options}
    answer = client.post("/api/v1/experiments/gradient-flow", json=body)
    assert answer.status_code == 200, answer.text
    GradientFlowAnswer.model_validate_json(answer.content)
    found: dict[str, Any] = answer.json()
    return found


def refuse(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/api/v1/experiments/gradient-flow", json=body)
    assert answer.status_code == 422, answer.text
    found: dict[str, Any] = answer.json()["errors"][0]
    return found


def test_a_chaotic_network(client: TestClient) -> None:
    network = {"inputs": 40, "layers": layers(*[40] * 8, scale=9.0)}
    answer = ask(client, network, batch=16, seeds=6)
    assert [entry["layer"] for entry in answer["layers"]] == list(range(1, 9))
    assert {entry["time"] for entry in answer["layers"]} == {None}
    first, *_, last = answer["layers"]
    assert first["grad_z_rms"]["mean"] > 3 * last["grad_z_rms"]["mean"]
    assert first["grad_z_rms"]["std"] > 0
    assert last["measured_factor"] is last["predicted_factor"] is None
    assert last["grad_a_rms"]["mean"] == pytest.approx(1.0, abs=0.1)
    assert first["singular_values"]["largest"]["mean"] > 1
    for entry in answer["layers"][:-1]:
        assert entry["measured_factor"] == pytest.approx(entry["predicted_factor"], rel=0.25)
        assert entry["saturated"]["mean"] > 0
        assert entry["dead"] == {"mean": 0.0, "std": 0.0}
    theory = answer["theory"]
    assert theory["phase"] == "chaotic"
    assert theory["sigma_w"] == pytest.approx(3.0)
    assert theory["unknown"] is theory["slope_bound"] is theory["factor_bound"] is None
    assert theory["weights"][1] == {
        "parameter": "layer2.weight",
        "variance": 9 / 40,
        "glorot": 1 / 40,
        "he": 2 / 40,
    }
    assert (answer["seeds"], answer["singular_value_seeds"]) == (6, 6)


@pytest.mark.parametrize("cure", ["layer_norm", "residual"])
def test_what_cures_a_vanishing_gradient(client: TestClient, cure: str) -> None:
    plain = layers(*[24] * 20, scale=0.25, activation="tanh")
    cured = [{**layer, cure: True} for layer in plain]
    sizes = {}
    for name, chosen in (("plain", plain), ("cured", cured)):
        answer = ask(client, {"inputs": 24, "layers": chosen}, seeds=4, batch=8)
        first, *_, last = answer["layers"]
        sizes[name] = first["grad_z_rms"]["mean"] / last["grad_z_rms"]["mean"]
        predicted = first["predicted_grad_z_rms"] / last["predicted_grad_z_rms"]
        assert sizes[name] == pytest.approx(predicted, rel=0.5)
    assert sizes["plain"] < 1e-4
    assert 0.1 < sizes["cured"] < 100


RECURRENT = {"kind": "recurrent", "inputs": 6, "units": 20, "outputs": 3}


def test_through_time(client: TestClient) -> None:
    initializer = {"name": "orthogonal", "gain": 1.2}
    network = {**RECURRENT, "recurrent_initializer": initializer}
    answer = ask(client, network, batch=16, seeds=5, time_steps=12)
    assert [entry["time"] for entry in answer["layers"]] == list(range(1, 13))
    assert {entry["layer"] for entry in answer["layers"]} == {None}
    theory = answer["theory"]
    (weights,) = theory["recurrent_weights"]
    assert weights["gate"] == 1
    assert weights["spectral_radius"]["mean"] == pytest.approx(1.2)
    assert weights["largest_singular_value"]["mean"] == pytest.approx(1.2)
    assert theory["slope_bound"] == pytest.approx(1.0)
    assert theory["factor_bound"] == pytest.approx(1.44)
    assert theory["sigma_w"] == pytest.approx(1.2)
    assert theory["phase"] == "ordered"
    for entry in answer["layers"][:-1]:
        assert entry["measured_factor"] < theory["factor_bound"]
        assert entry["measured_factor"] == pytest.approx(entry["predicted_factor"], rel=0.25)
    names = [entry["parameter"] for entry in theory["weights"]]
    assert names == ["cell.weight_ih", "cell.weight_hh", "output.weight"]


@pytest.mark.parametrize(("cell", "gates"), [("lstm", 4), ("gru", 3)])
def test_gated_cells_are_measured(client: TestClient, cell: str, gates: int) -> None:
    answer = ask(client, {**RECURRENT, "cell": cell}, seeds=2, batch=4)
    assert len(answer["layers"]) == 50
    theory = answer["theory"]
    assert len(theory["recurrent_weights"]) == gates
    assert theory["unknown"]
    assert theory["chi_1"] is theory["slope_bound"] is theory["factor_bound"] is None
    assert {entry["predicted_factor"] for entry in answer["layers"]} == {None}
    assert all(entry["grad_a_rms"]["mean"] > 0 for entry in answer["layers"])


def test_truncation_stops_the_gradient(client: TestClient) -> None:
    answer = ask(client, {**RECURRENT, "truncate": 4}, seeds=2, batch=4, time_steps=10)
    sizes = [entry["grad_z_rms"]["mean"] for entry in answer["layers"]]
    assert [size > 0 for size in sizes] == [False] * 6 + [True] * 4
    predicted = [entry["predicted_grad_z_rms"] for entry in answer["layers"]]
    assert [size > 0 for size in predicted] == [False] * 6 + [True] * 4
    assert answer["layers"][5]["measured_factor"] == answer["layers"][5]["predicted_factor"] == 0
    assert answer["layers"][4]["measured_factor"] == "NaN"
    assert answer["layers"][4]["predicted_factor"] is None


def test_layers_may_be_repeated(client: TestClient) -> None:
    pattern = layers(6, 4)
    long = ask(client, {"inputs": 4, "layers": pattern * 3}, seeds=2)
    assert ask(client, {"inputs": 4, "layers": pattern}, seeds=2, repeat=3) == long


def test_singular_values_may_be_left_out(client: TestClient) -> None:
    network = {"inputs": 4, "layers": layers(4, 4)}
    answer = ask(client, network, seeds=2, singular_values=False)
    assert answer["singular_value_seeds"] == 0
    assert {entry["singular_values"] for entry in answer["layers"]} == {None}


def test_a_single_seed_has_no_spread(client: TestClient) -> None:
    answer = ask(client, {"inputs": 4, "layers": layers(4, 4)}, seeds=1)
    assert {entry["grad_z_rms"]["std"] for entry in answer["layers"]} == {0.0}


def test_the_same_request_has_the_same_answer(client: TestClient) -> None:
    network = {"inputs": 4, "layers": layers(4, 4), "seed": 9}
    assert ask(client, network, seeds=3) == ask(client, network, seeds=3)
    other = ask(client, {**network, "seed": 10}, seeds=3)
    assert other["layers"] != ask(client, network, seeds=3)["layers"]


def test_divergence_is_an_answer(client: TestClient) -> None:
    huge = {"name": "normal", "std": 1e200}
    network = {"inputs": 3, "layers": [{"units": 3, "initializer": huge}] * 3}
    answer = ask(client, network, seeds=2)
    assert answer["layers"][2]["z_variance"]["mean"] in ("Infinity", "NaN")
    assert answer["layers"][2]["predicted_z_variance"] in (None, "Infinity")


def test_an_activation_that_mixes_units_has_no_slopes(client: TestClient) -> None:
    answer = ask(client, {"inputs": 4, "layers": layers(4, 4, activation="softmax")}, seeds=2)
    assert answer["layers"][0]["saturated"] is answer["layers"][0]["dead"] is None
    assert "acts on each unit" not in answer["theory"]["unknown"]
    assert answer["theory"]["unknown"].startswith("layer 1: ")
    assert answer["layers"][0]["measured_factor"] > 0


def test_the_losses_of_the_network_play_no_part(client: TestClient) -> None:
    network = {"inputs": 4, "layers": layers(4, 2)}
    answers = [ask(client, {**network, "loss": name}) for name in ("hinge", "squared_error")]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"seeds": 101}, "/seeds", "limit_exceeded"),
        ({"seeds": 0}, "/seeds", "greater_than_equal"),
        ({"batch": 4_097}, "/batch", "limit_exceeded"),
        ({"time_steps": 3}, "/time_steps", "unknown_field"),
        ({"network": RECURRENT, "time_steps": 201}, "/time_steps", "limit_exceeded"),
        ({"network": {**RECURRENT, "units": 1_025}}, "/network/units", "limit_exceeded"),
        ({"network": {**RECURRENT, "outputs": 257}}, "/network/outputs", "limit_exceeded"),
        ({"network": {**RECURRENT, "cell": "rmm"}}, "/network/cell", "unknown_name"),
        ({"network": {"kind": "expression", "expression": "x"}}, "/network/kind", "unknown_kind"),
        ({"repeat": 101}, "/repeat", "limit_exceeded"),
        ({"network": RECURRENT, "repeat": 2}, "/repeat", "unknown_field"),
        (
            {
                "network": {"inputs": 2, "layers": [{"units": 2, "residual": True}, {"units": 3}]},
                "repeat": 2,
            },
            "/network/layers/2/residual",
            "wrong_shape",
        ),
        ({"inputs": {"variance": 0}}, "/inputs/variance", "greater_than"),
        ({"inputs": {"distribution": "cauchy"}}, "/inputs/distribution", "literal_error"),
        ({"network": {"inputs": 2, "layers": layers(1_025)}}, "/network/layers/0/units", ""),
        ({"network": {"inputs": 2, "layers": layers(*[1] * 101)}}, "/network/layers", ""),
        (
            {"network": {"inputs": 2, "layers": [{"units": 1, "activation": "rely"}]}},
            "/network/layers/0/activation",
            "unknown_name",
        ),
    ],
)
def test_what_is_refused(client: TestClient, body: dict[str, Any], pointer: str, code: str) -> None:
    fault = refuse(client, {"network": {"inputs": 2, "layers": layers(2)}, **body})
    assert fault["pointer"] == pointer
    assert fault["code"] == (code or "limit_exceeded")


def request(batch: int, *units: int) -> GradientFlowRequest:
    network = {"inputs": units[0], "layers": layers(*units[1:])}
    return GradientFlowRequest.model_validate({"network": network, "batch": batch})


@pytest.mark.parametrize(
    ("good", "bad", "seeds", "limit"),
    [
        # 3 * 1,024 * 1,025 per layer, 9 layers of them.
        (request(1, *[1_024] * 10), request(1, *[1_024] * 11), 1, "experiment_numbers"),
        # 100 * 101 * 32 * 100 = 32,320,000 per layer, 77 layers of them.
        (request(32, *[100] * 78), request(32, *[100] * 79), 100, "work"),
        (request(1, *[100] * 78), request(1, *[100] * 79), 100, "work"),
        (request(64, *[100] * 39), request(64, *[100] * 40), 100, "work"),
    ],
)
def test_a_trial_at_the_limit_and_past_it(
    good: GradientFlowRequest, bad: GradientFlowRequest, seeds: int, limit: str
) -> None:
    check_trial(good, seeds, LIMITS)
    with pytest.raises(LimitError) as caught:
        check_trial(bad, seeds, LIMITS)
    assert caught.value.limit == limit
    assert caught.value.pointer == "/network/layers"


def test_numbers_are_not_rounded(client: TestClient) -> None:
    answer = ask(client, {"inputs": 5, "layers": layers(5, 5)}, seeds=3)
    entry = answer["layers"][0]
    assert entry["predicted_grad_z_rms"] ** 2 == pytest.approx(
        answer["layers"][1]["predicted_grad_z_rms"] ** 2 * entry["predicted_factor"], rel=1e-14
    )
    assert math.log10(entry["grad_z_rms"]["mean"]) < 1
