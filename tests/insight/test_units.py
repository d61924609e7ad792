"""The units view: it agrees with the tape, and a unit with its own small graph."""

from typing import Any

import numpy as np
import pytest
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.ops import ACTIVATIONS
from app.engine.program import Program
from app.insight.layers import draw_curve, view_layers, view_time_layers
from app.insight.units import lower_unit, view_loss, view_units
from app.insight.units import view_weights as list_weights
from app.networks.cells import CELLS
from app.networks.choice import Choice
from app.networks.data import shapes_of
from app.networks.dense import DenseSpec, Layer
from app.networks.document import make_document
from app.networks.kinds import kind_of
from app.networks.recurrent import RecurrentSpec
from tests.engine.test_program import assert_grads_are_sums_of_messages
from tests.insight.runs import learn, read, read_neuron

BATCH = 4
ALL_TRAINABLE = {f"layer{n}.{kind}": True for n in (1, 2, 3) for kind in ("weight", "bias")}


def make_reading(activation: str, sample: int = 2, **options: Any) -> Any:
    rng = Generator(PCG64(SeedSequence(3)))
    layers = (Layer(4, Choice(activation), **options), Layer(3, Choice("tanh")), Layer(2))
    spec = DenseSpec(3, layers)
    x, y = rng.normal(size=(BATCH, 3)), rng.normal(size=(BATCH, 2))
    return read(spec, x, y, sample=sample)


ELEMENTWISE = [name for name, op in ACTIVATIONS.items() if op.elementwise]


@pytest.mark.parametrize("options", [{}, {"use_bias": False}, {"shared_bias": True}])
@pytest.mark.parametrize("activation", ELEMENTWISE)
def test_a_unit_agrees_with_its_own_scalar_graph(activation: str, options: dict[str, Any]) -> None:
    reading = make_reading(activation, **options)
    messages = {w.id: w.message for w in list_weights(reading, {}, ALL_TRAINABLE)}
    for unit in range(4):
        graph, leaves = lower_unit(reading, 1, unit)
        program = Program(graph, dict.fromkeys(leaves, ()))
        program.forward(leaves)
        tape = program.backward(seed=reading.grad_a(1)[unit])
        z = graph[graph.output].inputs[0]
        assert float(tape.values[z]) == pytest.approx(reading.z(1)[unit], rel=1e-14)
        assert float(tape.values["a"]) == pytest.approx(reading.a(1)[unit], rel=1e-14)
        delta = float(reading.grad_z(1)[unit])
        assert float(tape.grads[z]) == pytest.approx(delta, rel=1e-14)
        for i in range(3):
            name = f"layer1.weight[{unit}][{i}]"
            expected = delta * float(reading.a(0)[i])
            assert float(tape.grads[name]) == pytest.approx(expected, rel=1e-13)
            assert float(tape.grads[f"x[{i}]"]) == pytest.approx(messages[name], rel=1e-13)
        assert_grads_are_sums_of_messages(tape)


def test_a_unit_of_a_softmax_does_not_stand_alone() -> None:
    with pytest.raises(ValueError, match="mixes the units"):
        lower_unit(make_reading("softmax"), 1, 0)


@pytest.mark.parametrize("options", [{}, {"shared_bias": True}])
def test_messages_and_contributions_add_up(options: dict[str, Any]) -> None:
    reading = make_reading("tanh", **options)
    weights = list_weights(reading, {}, ALL_TRAINABLE)
    units = view_units(reading, {}, ALL_TRAINABLE)
    assert len(weights) == 3 * 4 + 4 * 3 + 3 * 2
    for weight in weights:
        assert weight.contributions is not None
        assert weight.contributions.shape == (BATCH,)
        assert weight.contributions.sum() == pytest.approx(weight.grad, rel=1e-12)
    for unit in units:
        sent = [weight.message for weight in weights if weight.source == unit.id]
        if sent:
            assert sum(sent) == pytest.approx(unit.grad_a, rel=1e-12, abs=1e-16)
        if unit.bias_contributions is not None:
            assert unit.bias_contributions.sum() == pytest.approx(unit.grad_bias, rel=1e-12)
        if unit.layer:
            got = [weight.product for weight in weights if weight.target == unit.id]
            assert sum(got) + (unit.bias or 0.0) == pytest.approx(unit.z, rel=1e-12)
            assert unit.slope is not None
            assert unit.grad_a * unit.slope == pytest.approx(unit.grad_z, rel=1e-15)


def test_the_chosen_sample_is_read() -> None:
    first, last = make_reading("tanh", sample=0), make_reading("tanh", sample=3)
    assert view_units(first, {}, ALL_TRAINABLE)[0].a == float(first.tape.values["x"][0, 0])
    assert view_units(last, {}, ALL_TRAINABLE)[0].a == float(last.tape.values["x"][3, 0])
    grads = [[w.grad for w in list_weights(r, {}, ALL_TRAINABLE)] for r in (first, last)]
    assert grads[0] == grads[1]


def test_the_worked_example_by_units() -> None:
    reading = read_neuron(0.0)
    learning = learn(reading, learning_rate=0.1)
    (weight,) = list_weights(reading, learning.updates, ALL_TRAINABLE)
    assert (weight.label, weight.value, weight.grad, weight.delta) == ("w", 0.5, 4.0, -0.4)
    assert (weight.source, weight.target, weight.product, weight.message) == (
        "x[0]",
        "layer1[0]",
        1.0,
        1.0,
    )
    entry, unit = view_units(reading, learning.updates, ALL_TRAINABLE)
    assert (entry.id, entry.a, entry.z, entry.bias) == ("x[0]", 2.0, None, None)
    assert (unit.z, unit.a, unit.slope, unit.grad_a, unit.grad_z) == (1.0, 1.0, 1.0, 2.0, 2.0)
    assert (unit.bias_id, unit.grad_bias, unit.bias_after) == ("layer1.bias[0]", 2.0, -0.2)
    assert (unit.latex_z, unit.latex_a, unit.latex_bias) == ("z", "a", "b")


def test_the_loss_is_opened_up() -> None:
    nodes = {node.id: node for node in view_loss(read_neuron(0.0))}
    assert list(nodes) == ["y", "loss.difference", "loss.term", "loss.sample", "loss"]
    assert nodes["loss"].value == 1.0
    assert nodes["loss"].grad == 1.0
    difference = nodes["loss.difference"]
    assert np.asarray(difference.value).tolist() == [1.0]
    assert np.asarray(difference.grad).tolist() == [2.0]
    assert difference.latex == "a - y"


def test_symbols_tell_layers_and_units_apart() -> None:
    reading = make_reading("tanh")
    weights = list_weights(reading, {}, ALL_TRAINABLE)
    assert weights[1].latex == "w^{(1)}_{1,2}"
    assert weights[1].label == "w₁₂"
    assert view_units(reading, {}, ALL_TRAINABLE)[4].latex_z == "z^{(1)}_{2}"
    latex = [weight.latex for weight in weights]
    assert len(set(latex)) == len(latex)


@pytest.mark.parametrize(("largest", "reach"), [(0.5, 4.0), (4.1, 8.0), (100.0, 128.0)])
def test_a_curve_holds_every_z(largest: float, reach: float) -> None:
    curve = draw_curve("tanh", {}, np.array([[-largest, np.inf, np.nan]]))
    assert curve.z[0] == -reach
    assert curve.z[-1] == reach
    np.testing.assert_allclose(curve.a, np.tanh(curve.z), rtol=1e-15)


def test_layers_say_what_is_drawn() -> None:
    layers = view_layers(make_reading("softmax"))
    assert [layer.units for layer in layers] == [3, 4, 3, 2]
    assert layers[1].curve is None
    assert not layers[1].elementwise
    assert layers[2].latex_slope == "1 - a^2"


@pytest.mark.parametrize("cell", CELLS)
def test_time_has_an_input_a_cell_and_an_output(cell: str) -> None:
    spec = RecurrentSpec(2, 3, 1, cell, activation=Choice("relu"))
    kind, document = kind_of(spec), make_document(spec)
    batch = kind.read_batch(spec, [[[9.0, 1.0], [2.0, -7.0]]], [[1.0]], None)
    leaves = {**batch.leaves, **document.parameters}
    shapes = shapes_of(leaves)
    tape = Program(kind.build_graph(spec, shapes), shapes).forward(leaves)
    layers = view_time_layers(spec, tape)
    assert [(layer.layer, layer.units, layer.activation) for layer in layers] == [
        (0, 2, None),
        (1, 3, "relu"),
        (2, 1, "identity"),
    ]
    largest = max(np.abs(tape.values[n.id]).max() for n in tape.graph if n.role == "preactivation")
    assert layers[1].curve is not None
    assert layers[1].curve.z[-1] >= largest
    np.testing.assert_array_equal(layers[1].curve.a, np.maximum(layers[1].curve.z, 0.0))
