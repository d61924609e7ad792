"""Whole networks against an independent library and against themselves."""

from typing import Any

import numpy as np
import pytest
from autograd import grad as autograd_grad
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.ops import ACTIVATIONS
from app.engine.program import Program
from app.engine.tape import Tape
from app.networks.choice import Choice
from app.networks.dense import (
    DenseSpec,
    Layer,
    build_graph,
    initial_parameters,
    leaf_shapes,
    parameter_shapes,
)
from app.networks.errors import NetworkError
from app.networks.losses import LOSSES
from tests.complex_step import differentiate
from tests.engine.test_program import assert_grads_are_sums_of_messages
from tests.networks import reference


def make_targets(spec: DenseSpec, batch: int, rng: Generator) -> Any:
    kind = LOSSES[spec.loss.name].targets
    if kind == "signs":
        return rng.choice([-1.0, 1.0], (batch, spec.outputs))
    if kind == "probabilities":
        return rng.uniform(0.05, 0.95, (batch, spec.outputs))
    if kind == "distribution":
        return rng.dirichlet(np.ones(spec.outputs), batch)
    return rng.normal(size=(batch, spec.outputs))


def run(spec: DenseSpec, batch: int, seed: int = 0) -> tuple[Tape, dict[str, Any]]:
    rng = Generator(PCG64(SeedSequence(seed)))
    leaves = {
        "x": rng.normal(size=(batch, spec.inputs)),
        "y": make_targets(spec, batch, rng),
        **{name: rng.normal(size=shape) for name, shape in parameter_shapes(spec).items()},
    }
    program = Program(build_graph(spec), leaf_shapes(spec, batch))
    program.forward(leaves)
    return program.backward(), leaves


def assert_agrees_with_autograd(spec: DenseSpec, batch: int, seed: int = 0) -> None:
    tape, leaves = run(spec, batch, seed)
    names = list(parameter_shapes(spec))

    def loss(parameters: list[Any], x: Any, y: Any) -> Any:
        return reference.compute_loss(spec, dict(zip(names, parameters, strict=True)), x, y)

    values = [leaves[name] for name in names]
    expected_loss = loss(values, leaves["x"], leaves["y"])
    np.testing.assert_allclose(tape.values["loss"], expected_loss, rtol=1e-12, atol=1e-13)
    expected = autograd_grad(loss, 0)(values, leaves["x"], leaves["y"])
    # A small gradient may be the difference of large ones.
    largest = max(float(np.abs(grad).max()) for grad in tape.grads.values())
    tolerance: Any = {"rtol": 1e-10, "atol": 1e-12 * max(1.0, largest)}
    for name, grad in zip(names, expected, strict=True):
        np.testing.assert_allclose(tape.grads[name], grad, err_msg=name, **tolerance)
    wrt_x = autograd_grad(loss, 1)(values, leaves["x"], leaves["y"])
    np.testing.assert_allclose(tape.grads["x"], wrt_x, **tolerance)
    wrt_y = autograd_grad(loss, 2)(values, leaves["x"], leaves["y"])
    np.testing.assert_allclose(tape.grads["y"], wrt_y, **tolerance)
    assert_grads_are_sums_of_messages(tape)


def output_for(loss: str) -> str:
    return "sigmoid" if loss == "binary_cross_entropy" else "identity"


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_agrees_with_autograd(loss: str, reduction: Any) -> None:
    layers = (Layer(4, Choice("tanh")), Layer(3, Choice(output_for(loss))))
    assert_agrees_with_autograd(DenseSpec(2, layers, Choice(loss), reduction), batch=5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_agrees_with_autograd(activation: str) -> None:
    layers = (Layer(4, Choice(activation)), Layer(3, Choice(activation)))
    assert_agrees_with_autograd(DenseSpec(3, layers), batch=6)


@pytest.mark.parametrize(
    "layer",
    [
        Layer(3, Choice("tanh"), use_bias=False),
        Layer(3, Choice("tanh"), shared_bias=True),
        Layer(1, Choice("tanh"), shared_bias=True),
        Layer(3, Choice("leaky_relu", {"negative_slope": 0.3})),
        Layer(3, Choice("elu", {"alpha": 0.5})),
        Layer(3, Choice("relu"), residual=True),
        Layer(3, Choice("tanh"), layer_norm=True),
        Layer(3, Choice("softmax"), layer_norm=True, residual=True),
        Layer(3, layer_norm=True, residual=True, use_bias=False),
    ],
)
@pytest.mark.parametrize("batch", [1, 4])
def test_layer_options_agree_with_autograd(layer: Layer, batch: int) -> None:
    huber = Choice("huber", {"delta": 0.4})
    assert_agrees_with_autograd(DenseSpec(3, (layer, Layer(2)), huber), batch)


def test_a_residual_connection_passes_the_gradient_on() -> None:
    layer = Layer(3, Choice("tanh"), initializer=Choice("zeros"), residual=True)
    spec = DenseSpec(3, (layer,) * 20, Choice("weighted_sum"), "sum")
    program = Program(build_graph(spec), leaf_shapes(spec, 2))
    y = np.arange(6.0).reshape(2, 3)
    program.forward({"x": y - 2, "y": y, **initial_parameters(spec)})
    tape = program.backward()
    np.testing.assert_array_equal(tape.values["layer20.a"], y - 2)
    np.testing.assert_array_equal(tape.grads["x"], y)


def test_ids_of_a_layer_with_all_options() -> None:
    layer = Layer(3, Choice("tanh"), layer_norm=True, residual=True)
    graph = build_graph(DenseSpec(3, (layer, Layer(1))))
    named = [node.id for node in graph if node.layer == 1]
    assert named == [
        "layer1.weight",
        "layer1.bias",
        "layer1.z",
        "layer1.norm",
        "layer1.residual",
        "layer1.a",
    ]
    assert graph["layer1.residual"].op == "tanh"
    assert graph["layer1.a"].inputs == ("layer1.residual", "x")
    assert [node.id for node in graph if node.role == "activation"] == ["layer1.a", "layer2.a"]
    assert [node.id for node in graph if node.role == "preactivation"] == ["layer1.z", "layer2.z"]


def test_a_deep_network_agrees_with_autograd() -> None:
    layers = tuple(Layer(4, Choice("sigmoid")) for _ in range(12))
    assert_agrees_with_autograd(DenseSpec(1, (*layers, Layer(1))), batch=3)


@st.composite
def specs(draw: st.DrawFn) -> DenseSpec:
    loss = draw(st.sampled_from(sorted(LOSSES)))
    names = st.sampled_from(sorted(set(ACTIVATIONS)))
    layers: list[Layer] = []
    inputs = draw(st.integers(1, 5))
    for _ in range(draw(st.integers(0, 4))):
        use_bias = draw(st.booleans())
        shared = use_bias and draw(st.booleans())
        below = layers[-1].units if layers else inputs
        residual = draw(st.booleans())
        units = below if residual else draw(st.integers(1, 6))
        # Two units normalized are -1 and 1 almost everywhere, and their gradient is 0.
        normal = units > 2 and draw(st.booleans())
        activation = Choice(draw(names))
        layers.append(
            Layer(units, activation, use_bias, shared, layer_norm=normal, residual=residual)
        )
    layers.append(Layer(draw(st.integers(1, 4)), Choice(output_for(loss))))
    reduction: Any = draw(st.sampled_from(["mean", "sum"]))
    return DenseSpec(inputs, tuple(layers), Choice(loss), reduction)


@settings(deadline=None, max_examples=120, derandomize=True)
@given(specs(), st.integers(1, 7), st.integers(0, 1000))
def test_random_specs_agree_with_autograd(spec: DenseSpec, batch: int, seed: int) -> None:
    assert_agrees_with_autograd(spec, batch, seed)


def test_a_whole_network_agrees_with_the_complex_step() -> None:
    spec = DenseSpec(3, (Layer(4, Choice("tanh")), Layer(2)), Choice("cross_entropy"))
    tape, leaves = run(spec, batch=3)
    for name in parameter_shapes(spec):
        expected = differentiate(tape.graph, leaves, name)
        np.testing.assert_allclose(tape.grads[name], expected, rtol=1e-12, atol=1e-14)


def test_the_same_spec_gives_the_same_bytes() -> None:
    spec = DenseSpec(3, (Layer(8, Choice("gelu")), Layer(2)), seed=7)
    first, second = (initial_parameters(spec) for _ in range(2))
    assert {k: v.tobytes() for k, v in first.items()} == {k: v.tobytes() for k, v in second.items()}
    other = initial_parameters(DenseSpec(3, spec.layers, seed=8))
    assert first["layer1.weight"].tobytes() != other["layer1.weight"].tobytes()
    runs = [run(spec, 5)[0] for _ in range(2)]
    assert runs[0].grads["layer1.weight"].tobytes() == runs[1].grads["layer1.weight"].tobytes()


def test_ids_and_roles_are_those_of_the_api() -> None:
    graph = build_graph(DenseSpec(2, (Layer(2, Choice("relu")), Layer(1, use_bias=False))))
    named = [node.id for node in graph if not node.id.startswith("loss.")]
    assert named == [
        "x",
        "layer1.weight",
        "layer1.bias",
        "layer1.z",
        "layer1.a",
        "layer2.weight",
        "layer2.z",
        "layer2.a",
        "y",
        "loss",
    ]
    assert graph["layer1.z"].role == "preactivation"
    assert graph["layer1.z"].layer == 1
    assert graph["layer1.z"].latex == "z^{(1)}"


@pytest.mark.parametrize(
    ("layer", "loss", "pointer", "detail"),
    [
        (Layer(1, Choice("relo")), "squared_error", "/layers/0/activation", "relu"),
        (Layer(1), "square", "/loss", "squared_error"),
        (Layer(1, initializer=Choice("he")), "hinge", "/layers/0/initializer", "he_normal"),
        (Layer(1, Choice("relu", {"s": 1})), "hinge", "/layers/0/activation", "no options"),
        (Layer(1, Choice("elu", {"s": 1})), "hinge", "/layers/0/activation", "alpha"),
        (
            Layer(1, use_bias=False, shared_bias=True),
            "hinge",
            "/layers/0/shared_bias",
            "without bias",
        ),
        (Layer(1, layer_norm=True), "hinge", "/layers/0/layer_norm", "always 0"),
        (Layer(2, residual=True), "hinge", "/layers/0/residual", "units would be 1"),
    ],
)
def test_what_is_wrong_with_a_spec_is_named(
    layer: Layer, loss: str, pointer: str, detail: str
) -> None:
    with pytest.raises(NetworkError) as caught:
        DenseSpec(1, (layer,), Choice(loss))
    assert caught.value.pointer.startswith(pointer)
    assert detail in caught.value.detail
