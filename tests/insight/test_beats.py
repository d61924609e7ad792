"""Beats: their order, what they say, and the worked example told by them alone."""

import re
from dataclasses import replace

import pytest

from app.engine.ops import ACTIVATIONS
from app.insight.beats import Beat, list_beats
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.networks.losses import LOSSES
from app.training.optimizers import OPTIMIZERS
from tests.insight.runs import learn, read, read_neuron

TAG = re.compile(r"\\htmlData\{node=([^,{}]+),id=([^,{}]+)\}")


def plain(latex: str) -> str:
    """The formula without its marks and braces around single terms."""
    return re.sub(r"\{([^{}\\]*)\}", r"\1", TAG.sub("", latex))


def tell_neuron(target: float) -> dict[str, Beat]:
    reading = read_neuron(target)
    beats = list_beats(reading, learn(reading, learning_rate=0.1))
    return {beat.kind: beat for beat in beats}


def test_the_beats_alone_tell_the_worked_example() -> None:
    beats = tell_neuron(0.0)
    assert list(beats) == [
        "inputs",
        "linear",
        "activation",
        "loss",
        "loss_gradient",
        "slope",
        "weights",
        "messages",
        "update",
        "afterwards",
    ]
    numbers = {kind: plain(beat.latex_numbers) for kind, beat in beats.items()}
    assert numbers["inputs"] == "x = 2"
    assert numbers["linear"] == r"1 = 0.5 \cdot 2 + 0"
    assert numbers["activation"] == r"1 = \operatornameReLU(1)"
    assert numbers["loss"] == "1 = (1 - 0)^2"
    assert numbers["loss_gradient"] == r"2 = 2\,(1 - 0)"
    assert numbers["slope"] == r"2 = 2 \cdot 1"
    assert r"4 &= 2 \cdot 1 \cdot 2" in numbers["weights"]
    assert r"2 &= 2 \cdot 1" in numbers["weights"]
    assert numbers["messages"] == r"1 = 0.5 \cdot 2"
    assert r"0.1 &= 0.5 - 0.1 \cdot 4" in numbers["update"]
    chain = (
        r"\frac{\partial L}{\partial a}} \cdot {\frac{\partial a}{\partial z}} "
        r"\cdot {\frac{\partial z}{\partial w}"
    )
    assert chain in TAG.sub("", beats["weights"].latex)


def test_a_target_that_is_met_leaves_nothing_to_learn() -> None:
    beats = tell_neuron(1.0)
    assert plain(beats["loss"].latex_numbers) == "0 = (1 - 1)^2"
    assert "the gradient is 0" in beats["loss_gradient"].text
    assert "0 &= 0" in plain(beats["weights"].latex_numbers)
    assert "has not changed" in beats["afterwards"].text


def test_phases_come_in_their_order() -> None:
    spec = DenseSpec(2, (Layer(3, Choice("tanh")), Layer(2), Layer(1)))
    reading = read(spec, [[1.0, 2.0]], [[0.5]])
    beats = list_beats(reading, learn(reading))
    phases = [beat.phase for beat in beats]
    order = ["forward", "loss", "backward", "update"]
    assert phases == sorted(phases, key=order.index)
    backward = [(beat.kind, beat.layer) for beat in beats if beat.phase == "backward"]
    assert backward[0] == ("loss_gradient", 3)
    assert backward[1:4] == [("slope", 3), ("weights", 3), ("messages", 3)]
    assert backward[-1] == ("messages", 1)
    assert not any(beat.phase == "update" for beat in list_beats(reading))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("batch", [1, 3])
def test_terms_stand_for_nodes_that_exist(loss: str, batch: int) -> None:
    last = "sigmoid" if loss == "binary_cross_entropy" else "softmax"
    spec = DenseSpec(6, (Layer(5, Choice("relu")), Layer(2, Choice(last))), Choice(loss))
    targets = [[1.0, -1.0 if loss == "hinge" else 0.0]] * batch
    reading = read(spec, [[1.0] * 6] * batch, targets)
    for beat in list_beats(reading, learn(reading, "adam")):
        marks = TAG.findall(beat.latex) + TAG.findall(beat.latex_numbers)
        assert marks, beat.kind
        for node, entry in marks:
            assert reading.tape.graph[node].id == node
            assert entry.startswith(("x[", "y[", "layer", "loss"))
        for latex in (beat.latex, beat.latex_numbers):
            assert latex.count("{") == latex.count("}")
            assert "#" not in latex
        for edge in beat.edges:
            assert reading.tape.graph[edge.target].inputs[edge.input] == edge.source
        assert beat.text.endswith(".")
        assert beat.title


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_can_be_told(activation: str) -> None:
    spec = DenseSpec(1, (Layer(2, Choice(activation)),))
    reading = read(spec, [[0.4]], [[0.0, 1.0]])
    told = {beat.kind: beat for beat in list_beats(reading)}
    label = ACTIVATIONS[activation].label
    assert label in told["activation"].text or activation == "identity"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_can_be_told(name: str) -> None:
    reading = read_neuron(0.0)
    update = list_beats(reading, learn(reading, name))[-2]
    assert update.kind == "update"
    assert "0.5" in update.latex_numbers


def test_a_slope_of_zero_is_said_to_stop_the_gradient() -> None:
    spec = DenseSpec(1, (Layer(1, Choice("relu")),))
    reading = read(spec, [[-2.0]], [[1.0]], {"layer1.weight": [[0.5]]})
    slope = next(beat for beat in list_beats(reading) if beat.kind == "slope")
    assert "stops" in slope.text
    assert plain(slope.latex_numbers) == r"0 = (-2) \cdot 0"


def test_long_sums_and_tall_layers_are_shortened() -> None:
    spec = DenseSpec(30, (Layer(40, Choice("tanh")),))
    reading = read(spec, [[0.1] * 30], [[0.0] * 40])
    for beat in list_beats(reading, learn(reading)):
        assert len(plain(beat.latex)) < 1200
    linear = list_beats(reading)[1]
    assert r"\cdots" in linear.latex
    assert r"\vdots" in linear.latex


def test_numbers_that_are_not_finite_are_written_as_such() -> None:
    reading = read(DenseSpec(1, (Layer(1),)), [[1e308]], [[0.0]], {"layer1.weight": [[1e10]]})
    linear = list_beats(reading)[1]
    assert r"\infty" in linear.latex_numbers
    loss = next(beat for beat in list_beats(reading) if beat.kind == "loss")
    assert r"\infty" in loss.latex_numbers


def test_a_frozen_network_says_that_nothing_moves() -> None:
    reading = read_neuron(0.0)
    learning = learn(reading)
    frozen = replace(learning, updates={})
    update = list_beats(reading, frozen)[-2]
    assert "nothing moves" in update.latex_numbers
