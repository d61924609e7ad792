"""Maps hold at each place what the network says there."""

import numpy as np
import pytest

from app.datasets.features import apply_features
from app.engine.program import Program
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, build_graph, leaf_shapes
from app.networks.document import make_document
from app.services.programs import build_forward_graph
from app.training.grid import Grid, Surveyor

TANH = Choice("tanh")
SPEC = DenseSpec(2, (Layer(3, TANH), Layer(4, TANH), Layer(2)), seed=1)
GRID = Grid((-1.0, 3.0), (-2.0, 0.5), 5, True, 3)


def say(spec: DenseSpec, x: list[float], node: str) -> list[float]:
    program = Program(build_graph(spec), leaf_shapes(spec, 1))
    leaves = {"x": np.array([x]), "y": np.zeros((1, spec.outputs))}
    found: list[float] = (
        program.forward({**leaves, **make_document(spec).parameters}).values[node][0].tolist()
    )
    return found


def test_places_go_from_low_to_high_x_within_y() -> None:
    maps = Surveyor(build_forward_graph(SPEC, {"x": (1, 2)}), GRID, 2, None).survey(
        make_document(SPEC)
    )
    assert maps.outputs.shape == (2, 5, 5)
    x, y = np.linspace(-1, 3, 5)[3], np.linspace(-2, 0.5, 5)[1]
    assert maps.outputs[:, 1, 3].tolist() == pytest.approx(say(SPEC, [x, y], "layer3.a"))
    assert {name: values.shape for name, values in maps.units.items()} == {
        "layer1": (3, 3, 3),
        "layer2": (4, 3, 3),
    }
    corner = say(SPEC, [3.0, -2.0], "layer2.a")
    assert maps.units["layer2"][:, 0, 2].tolist() == pytest.approx(corner)


def test_features_are_made_of_the_places() -> None:
    spec = DenseSpec(3, (Layer(3, TANH), Layer(1)))
    names = ["x1", "x1_x2", "sin_x2"]
    maps = Surveyor(build_forward_graph(spec, {"x": (1, 3)}), GRID, 2, names).survey(
        make_document(spec)
    )
    (place,) = apply_features(names, np.array([[-1.0, 0.5]])).tolist()
    assert maps.outputs[0, 4, 0] == pytest.approx(say(spec, place, "layer2.a")[0])


def test_one_input_has_a_line() -> None:
    spec = DenseSpec(1, (Layer(3, TANH), Layer(1)))
    surveyor = Surveyor(build_forward_graph(spec, {"x": (1, 1)}), GRID, 1, None)
    maps = surveyor.survey(make_document(spec))
    assert maps.outputs.shape == (1, 5)
    assert maps.units["layer1"].shape == (3, 3)
    assert maps.outputs[0, 4] == pytest.approx(say(spec, [3.0], "layer2.a")[0])
    again = surveyor.survey(make_document(spec, {"layer2.bias": [7.0]}))
    np.testing.assert_allclose(again.outputs, maps.outputs + 7.0)
