"""A slice of a loss is what the network says with those two numbers put in."""

from typing import Any

import numpy as np
import pytest

from app.engine.entries import Entry
from app.engine.program import Program
from app.experiments import slices
from app.experiments.slices import Slice, measure_slice
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, build_graph, leaf_shapes
from app.networks.document import make_document
from app.training.order import make_generator

TANH = Choice("tanh")
PLAIN = DenseSpec(2, (Layer(4, TANH), Layer(3, TANH), Layer(2)), seed=1)
ODD = DenseSpec(
    3,
    (
        Layer(3, TANH, shared_bias=True),
        Layer(3, TANH, layer_norm=True, residual=True),
        Layer(1, use_bias=False),
    ),
    Choice("huber"),
    reduction="sum",
    seed=2,
)
PAIRS: list[tuple[DenseSpec, Any, Any]] = [
    (PLAIN, ("layer1.weight", (0, 1)), ("layer1.weight", (3, 0))),
    (PLAIN, ("layer1.weight", (2, 0)), ("layer1.weight", (2, 1))),
    (PLAIN, ("layer1.weight", (0, 1)), ("layer3.weight", (1, 2))),
    (PLAIN, ("layer3.bias", (0,)), ("layer2.weight", (1, 1))),
    (PLAIN, ("layer2.bias", (2,)), ("layer2.bias", (0,))),
    (ODD, ("layer1.bias", (0,)), ("layer2.weight", (0, 2))),
    (ODD, ("layer3.weight", (0, 1)), ("layer1.weight", (1, 1))),
]


@pytest.mark.parametrize(("spec", "first", "second"), PAIRS)
@pytest.mark.parametrize("rows", [1, 40, 4096])
def test_every_point_is_a_run_of_its_own(
    spec: DenseSpec, first: Any, second: Any, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "ROWS", rows)
    rng, document = make_generator(0), make_document(spec)
    leaves = {"x": rng.normal(size=(9, spec.inputs)), "y": rng.normal(size=(9, spec.outputs))}
    points = rng.normal(scale=2, size=(11, 2))
    entries = Entry(*first), Entry(*second)
    found = measure_slice(Slice(document, spec, entries), leaves, points)
    program = Program(build_graph(spec), leaf_shapes(spec, 9))
    for point, loss in zip(points, found, strict=True):
        parameters = {name: value.copy() for name, value in document.parameters.items()}
        for entry, value in zip(entries, point, strict=True):
            parameters[entry.node][entry.index] = value
        wanted = program.forward({**leaves, **parameters}).values["loss"]
        assert loss == pytest.approx(float(wanted), rel=1e-12)
    assert np.ptp(found) > 0.01
