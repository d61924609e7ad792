"""A unit opened up has the numbers that it has in the whole network."""

from typing import Any

import numpy as np
import pytest

from app.engine.ops import ACTIVATIONS
from app.insight.opened import Unit, find_unit, open_unit, pick_updates
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.networks.errors import NetworkError
from tests.insight.runs import learn, read

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 2))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("bias", [{}, {"use_bias": False}, {"shared_bias": True}])
@pytest.mark.parametrize("sample", [0, 2])
def test_values_and_deltas_agree(activation: str, bias: dict[str, Any], sample: int) -> None:
    layers = (Layer(4, Choice(activation), **bias), Layer(2, Choice(activation), **bias))
    reading = read(DenseSpec(3, layers, seed=4), X, Y, sample=sample)
    for layer, units in ((1, 4), (2, 2)):
        for index in range(units):
            inside = open_unit(reading, Unit(layer, index))
            assert float(inside.value("z")) == pytest.approx(reading.z(layer)[index], rel=1e-13)
            delta = reading.grad_z(layer)[index]
            assert float(inside.grad("z")) == pytest.approx(delta, rel=1e-12, abs=1e-15)
            for i, below in enumerate(reading.a(layer - 1)):
                weight = f"layer{layer}.weight[{index}][{i}]"
                assert float(inside.grad(weight)) == pytest.approx(
                    delta * below, rel=1e-12, abs=1e-15
                )
            if ACTIVATIONS[activation].elementwise:
                assert float(inside.value("a")) == pytest.approx(reading.a(layer)[index], rel=1e-12)


def test_updates_are_those_of_the_whole_network() -> None:
    reading = read(DenseSpec(3, (Layer(4, Choice("tanh")), Layer(2))), X, Y)
    updates = dict(learn(reading, "adam").updates)
    picked = pick_updates(open_unit(reading, Unit(1, 2)), updates)
    assert list(picked) == [*(f"layer1.weight[2][{i}]" for i in range(3)), "layer1.bias[2]"]
    for i in range(3):
        one, whole = picked[f"layer1.weight[2][{i}]"], updates["layer1.weight"]
        assert (one.before, one.after) == (whole.before[2, i], whole.after[2, i])
        assert one.kept["m"] == whole.kept["m"][2, i]


@pytest.mark.parametrize("name", ["layer0[0]", "layer3[0]", "layer1[4]", "x[0]", "layer1", ""])
def test_a_unit_that_is_not_there(name: str) -> None:
    reading = read(DenseSpec(3, (Layer(4), Layer(2))), X, Y)
    with pytest.raises(NetworkError, match=r"layer1\[0\] to layer2\[1\]"):
        find_unit(reading, name)
    assert find_unit(reading, "layer2[1]") == Unit(2, 1)


def test_a_unit_with_very_many_inputs_stays_closed() -> None:
    reading = read(DenseSpec(65, (Layer(1),)), RNG.normal(size=(1, 65)), [[0.0]])
    with pytest.raises(NetworkError, match="64 inputs"):
        find_unit(reading, "layer1[0]")
