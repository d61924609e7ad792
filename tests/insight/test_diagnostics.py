"""The health of a run."""

import pytest

from app.insight.diagnostics import NonFinite, examine
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from tests.insight.runs import read


def test_a_sound_run_is_finite() -> None:
    health = examine(read(DenseSpec(2, (Layer(3, Choice("tanh")), Layer(1))), [[1, 2]], [[0]]).tape)
    assert health.finite
    assert health.first_non_finite is None
    assert [layer.layer for layer in health.layers] == [1, 2]


def test_the_first_node_that_overflows_is_named() -> None:
    spec = DenseSpec(1, (Layer(1), Layer(1)))
    parameters = {"layer1.weight": [[1e200]], "layer2.weight": [[1e200]]}
    health = examine(read(spec, [[1.0]], [[0.0]], parameters).tape)
    assert not health.finite
    assert health.first_non_finite == NonFinite("layer2.z", "forward", 2, None)


def test_a_gradient_that_overflows_is_found_backward() -> None:
    spec = DenseSpec(1, (Layer(1), Layer(1)), Choice("sum_of_outputs"))
    parameters = {"layer1.weight": [[1e-200]], "layer2.weight": [[1e300]]}
    health = examine(read(spec, [[1e100]], [[0.0]], parameters).tape)
    assert health.first_non_finite == NonFinite("layer1.weight", "backward", 1, None)


def test_dead_and_saturated_units_are_counted() -> None:
    relu = DenseSpec(1, (Layer(2, Choice("relu"), use_bias=False),))
    health = examine(read(relu, [[1.0]], [[0, 0]], {"layer1.weight": [[1.0], [-1.0]]}).tape)
    assert (health.layers[0].dead, health.layers[0].saturated) == (0.5, 0.0)
    assert health.layers[0].largest_grad == health.layers[0].smallest_grad == 2.0
    tanh = DenseSpec(1, (Layer(2, Choice("tanh"), use_bias=False),))
    health = examine(read(tanh, [[1.0]], [[0, 0]], {"layer1.weight": [[0.1], [5.0]]}).tape)
    assert (health.layers[0].dead, health.layers[0].saturated) == (0.0, 0.5)


@pytest.mark.parametrize("activation", ["softmax"])
def test_activations_that_mix_units_have_no_slope_to_judge(activation: str) -> None:
    spec = DenseSpec(1, (Layer(2, Choice(activation)),))
    layer = examine(read(spec, [[1.0]], [[1, 0]]).tape).layers[0]
    assert layer.dead is None
    assert layer.saturated is None
