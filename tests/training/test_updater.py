"""Steps in place give the same bytes as steps of documents."""

from typing import Any

import numpy as np
import pytest
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.program import Program
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, build_graph, leaf_shapes
from app.networks.document import make_document
from app.training.optimizers import OPTIMIZERS, apply_step
from app.training.updater import CHUNK, Updater

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "sgd": [{}, {"momentum": 0.9, "dampening": 0.2}, {"momentum": 0.9, "nesterov": True}],
    "adagrad": [{"learning_rate_decay": 0.1}],
    "rmsprop": [{}, {"centered": True, "momentum": 0.5}],
    "adam": [{}],
    "adamw": [{}],
    "nadam": [{}],
}
CASES = [
    (name, {**options, "weight_decay": decay})
    for name in OPTIMIZERS
    for options in OPTIONS[name]
    for decay in (0.0, 0.01)
]
TANH = Choice("tanh")
# The wide layer spans more than one piece; the narrow ones have their bias beside each weight row.
SPEC = DenseSpec(3, (Layer(60, TANH), Layer(150, TANH), Layer(2)), seed=4)


@pytest.mark.parametrize(("name", "given"), CASES)
def test_steps_are_those_of_documents(name: str, given: dict[str, Any]) -> None:
    rng = Generator(PCG64(SeedSequence(1)))
    data = {"x": rng.normal(size=(7, 3)), "y": rng.normal(size=(7, 2))}
    optimizer = OPTIMIZERS[name]
    options = optimizer.options(**given)
    document = make_document(SPEC)
    program = Program(build_graph(SPEC), leaf_shapes(SPEC, 7))
    program.load({**data, **document.parameters})
    assert len(program.parameters) > CHUNK
    updater = Updater(program, optimizer, options)
    for _ in range(3):
        program.forward()
        tape = program.backward()
        document, _ = apply_step(document, optimizer, options, tape.grads)
        updater.step()
        for parameter, value in document.parameters.items():
            assert tape.values[parameter].tobytes() == value.tobytes()
    assert updater.t == document.step == 3


def test_overflow_moves_to_infinity_without_a_warning() -> None:
    spec = DenseSpec(1, (Layer(1),))
    program = Program(build_graph(spec), leaf_shapes(spec, 1))
    program.load({"x": [[1e200]], "y": [[0.0]], **make_document(spec).parameters})
    program.forward()
    program.backward()
    Updater(program, OPTIMIZERS["sgd"], OPTIMIZERS["sgd"].options(learning_rate=1e200)).step()
    assert np.isinf(program.parameters).any()
