"""The health of a run."""

import pytest

from app.engine.program import Program
from app.insight.diagnostics import NonFinite, examine, examine_forward
from app.networks.choice import Choice
from app.networks.data import shapes_of
from app.networks.dense import DenseSpec, Layer
from app.networks.document import make_document
from app.networks.kinds import kind_of
from app.networks.recurrent import RecurrentSpec
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


def test_a_run_forward_alone_tells_where_it_overflows() -> None:
    spec = DenseSpec(1, (Layer(1), Layer(1)))
    parameters = {"layer1.weight": [[1e200]], "layer2.weight": [[1e200]]}
    tape = read(spec, [[1.0]], [[0.0]], parameters).tape
    assert examine_forward(tape).first_non_finite == NonFinite("layer2.z", "forward", 2, None)
    well = examine_forward(read(spec, [[1.0]], [[0.0]]).tape)
    assert (well.finite, well.layers) == (True, [])


def test_a_recurrent_network_has_a_cell_and_an_output_layer() -> None:
    spec = RecurrentSpec(1, 2, 1, activation=Choice("relu"))
    kind, document = kind_of(spec), make_document(spec, {"cell.bias": [-500.0, 5.0]})
    batch = kind.read_batch(spec, [[[1.0]] * 3], [[1.0]], None)
    shapes = shapes_of({**batch.leaves, **document.parameters})
    program = Program(kind.build_graph(spec, shapes), shapes)
    program.forward({**batch.leaves, **document.parameters})
    cell, output = examine(program.backward()).layers
    assert (cell.label, output.label) == ("cell", "output")
    # One of two units is dead, at all three steps.
    assert cell.dead == 0.5
    assert output.dead == 0.0


def test_an_overflow_in_time_is_placed() -> None:
    spec = RecurrentSpec(1, 1, 1, activation=Choice("identity"))
    kind = kind_of(spec)
    document = make_document(spec, {"cell.weight_hh": [[1e160]], "cell.weight_ih": [[1.0]]})
    batch = kind.read_batch(spec, [[[1.0]] * 4], [[1.0]], None)
    shapes = shapes_of({**batch.leaves, **document.parameters})
    program = Program(kind.build_graph(spec, shapes), shapes)
    first = examine_forward(program.forward({**batch.leaves, **document.parameters}))
    assert first.first_non_finite is not None
    assert first.first_non_finite.time == 3
