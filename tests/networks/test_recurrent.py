"""Recurrent networks against the same formulas in autograd, and what unrolling promises."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from autograd import grad
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.op import Array
from app.engine.program import Program
from app.networks.choice import Choice
from app.networks.errors import NetworkError
from app.networks.recurrent import (
    RecurrentSpec,
    build_graph,
    initial_parameters,
    is_cut,
    leaf_shapes,
    parameter_shapes,
    supervised_steps,
)
from tests.networks.recurrent_reference import compute_loss

CELLS = ("rnn", "lstm", "gru")


def draw(spec: RecurrentSpec, batch: int, steps: int, seed: int) -> dict[str, Array]:
    rng = Generator(PCG64(SeedSequence(seed)))
    shapes = leaf_shapes(spec, batch, steps)
    return {name: rng.normal(0.0, 0.7, shape) for name, shape in shapes.items()}


def run(spec: RecurrentSpec, leaves: dict[str, Array]) -> Program:
    shapes = {name: value.shape for name, value in leaves.items()}
    program = Program(build_graph(spec, shapes), shapes)
    program.forward(leaves)
    program.backward()
    return program


def differentiate(spec: RecurrentSpec, leaves: dict[str, Array], steps: int) -> Any:
    x = np.stack([leaves[f"time{t}.x"] for t in range(1, steps + 1)], axis=1)
    targets = [leaves[f"time{t}.y"] for t in supervised_steps(spec, steps)]
    y = np.stack(targets, axis=1) if spec.loss_at == "every" else targets[0]
    parameters = {name: leaves[name] for name in parameter_shapes(spec)}
    h, c = leaves["time0.h"], leaves.get("time0.c", np.zeros_like(leaves["time0.h"]))
    loss = compute_loss(spec, parameters, (x, y, h, c))
    grads = grad(lambda p: compute_loss(spec, p, (x, y, h, c)))(parameters)
    to_h = grad(lambda h: compute_loss(spec, parameters, (x, y, h, c)))(h)
    to_x = grad(lambda x: compute_loss(spec, parameters, (x, y, h, c)))(x)
    return loss, grads, to_h, to_x


@pytest.mark.filterwarnings("ignore:Output seems independent of input")
@pytest.mark.parametrize("truncate", [None, 1, 3, 20])
@pytest.mark.parametrize("loss_at", ["last", "every"])
@pytest.mark.parametrize("cell", CELLS)
def test_agrees_with_autograd(cell: str, loss_at: Any, truncate: int | None) -> None:
    for seed in range(3):
        rng = Generator(PCG64(SeedSequence(seed)))
        inputs, units, outputs, batch, steps = (int(n) for n in rng.integers(1, 6, 5))
        steps += 2
        spec = RecurrentSpec(
            inputs,
            units,
            outputs,
            cell,
            loss_at=loss_at,
            truncate=truncate,
            reduction="sum" if seed == 1 else "mean",
        )
        leaves = draw(spec, batch, steps, seed)
        tape = run(spec, leaves).tape
        loss, grads, to_h, to_x = differentiate(spec, leaves, steps)
        assert float(tape.values["loss"]) == pytest.approx(float(loss), rel=1e-12)
        for name, expected in grads.items():
            np.testing.assert_allclose(tape.grads[name], expected, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(tape.grads["time0.h"], to_h, rtol=1e-10, atol=1e-13)
        for t in range(1, steps + 1):
            ours = tape.grads[f"time{t}.x"]
            np.testing.assert_allclose(ours, to_x[:, t - 1], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("activation", ["relu", "sigmoid", "hard_tanh"])
def test_other_activations_and_losses_agree_with_autograd(cell: str, activation: str) -> None:
    spec = RecurrentSpec(
        2, 3, 4, cell, Choice(activation), loss=Choice("cross_entropy"), loss_at="every"
    )
    leaves = draw(spec, 3, 4, 11)
    for t in range(1, 5):
        leaves[f"time{t}.y"] = np.eye(4)[[t % 4, 0, 2]]
    tape = run(spec, leaves).tape
    loss, grads, _, _ = differentiate(spec, leaves, 4)
    assert float(tape.values["loss"]) == pytest.approx(float(loss), rel=1e-12)
    for name, expected in grads.items():
        np.testing.assert_allclose(tape.grads[name], expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("cell", CELLS)
def test_a_shared_weight_gets_one_message_per_time_step(cell: str) -> None:
    spec = RecurrentSpec(2, 3, 1, cell, loss_at="every")
    tape = run(spec, draw(spec, 2, 5, 3)).tape
    for name, user in (("cell.weight_hh", "z_hh"), ("output.weight", "output.z")):
        messages = [tape.messages[f"time{t}.{user}", 1] for t in range(1, 6)]
        assert all(message.any() for message in messages)
        np.testing.assert_allclose(sum(messages), tape.grads[name], rtol=1e-12, atol=1e-15)


def test_truncation_stops_what_comes_from_later_steps() -> None:
    spec = RecurrentSpec(1, 2, 1, truncate=2)
    tape = run(spec, draw(spec, 1, 5, 4)).tape
    reached = [bool(tape.grads[f"time{t}.x"].any()) for t in range(1, 6)]
    assert reached == [False, False, False, True, True]
    assert [t for t in range(1, 6) if is_cut(spec, t, 5)] == [1, 3]


def test_nodes_carry_their_time() -> None:
    spec = RecurrentSpec(1, 2, 1)
    graph = build_graph(spec, leaf_shapes(spec, 1, 3))
    assert graph["time2.h"].time == 2
    assert graph["time0.h"].role == "state"
    assert graph["cell.weight_hh"].time is None
    assert graph["time3.loss.sample"].time == 3


@pytest.mark.parametrize("cell", CELLS)
def test_initial_parameters_are_a_function_of_the_seed(cell: str) -> None:
    spec = RecurrentSpec(2, 4, 3, cell, seed=5)
    first, again = initial_parameters(spec), initial_parameters(spec)
    other = initial_parameters(replace(spec, seed=6))
    for name, shape in parameter_shapes(spec).items():
        assert first[name].shape == shape
        np.testing.assert_array_equal(first[name], again[name])
    assert (first["cell.weight_hh"] != other["cell.weight_hh"]).any()
    for gate in np.split(first["cell.weight_hh"], shape_of_gates(cell)):
        np.testing.assert_allclose(gate @ gate.T, np.eye(4), atol=1e-14)
    assert not first["cell.bias"].any()


def shape_of_gates(cell: str) -> int:
    return {"rnn": 1, "lstm": 4, "gru": 3}[cell]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cell", "elman"),
        ("loss", Choice("nope")),
        ("activation", Choice("nope")),
        ("output_activation", Choice("nope")),
        ("recurrent_initializer", Choice("nope")),
        ("bias_initializer", Choice("orthogonal")),
    ],
)
def test_bad_names_are_refused_where_they_stand(field: str, value: Any) -> None:
    with pytest.raises(NetworkError) as caught:
        RecurrentSpec(**{"inputs": 1, "units": 1, "outputs": 1, field: value})
    assert caught.value.pointer == f"/{field}"
