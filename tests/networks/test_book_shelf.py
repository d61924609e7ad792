"""Published worked examples, digit for digit."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.engine.program import Program
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, build_graph, leaf_shapes
from app.networks.document import Document, make_document
from app.training.optimizers import OPTIMIZERS, Sgd, apply_step

EXAMPLES = json.loads((Path(__file__).parents[1] / "book_shelf.json").read_text())
BY_ID = {example["id"]: example for example in EXAMPLES}


def load(example: dict[str, Any]) -> tuple[Document, Program]:
    layers = tuple(Layer(units, Choice(name)) for units, name in example["units"])
    spec = DenseSpec(example["inputs"], layers, Choice(example["loss"]))
    document = make_document(spec, example["parameters"], example.get("trainable"))
    program = Program(build_graph(spec), leaf_shapes(spec, len(example["x"])))
    program.forward({"x": example["x"], "y": example["y"], **document.parameters})
    program.backward()
    return document, program


@pytest.mark.parametrize("example", EXAMPLES, ids=BY_ID)
def test_values_and_gradients(example: dict[str, Any]) -> None:
    tape = load(example)[1].tape
    for name, expected in example["values"].items():
        np.testing.assert_allclose(tape.values[name], expected, rtol=1e-12, err_msg=name)
    for name, expected in example["grads"].items():
        # The reference prints small gradients with 14 decimals.
        np.testing.assert_allclose(tape.grads[name], expected, rtol=1e-12, atol=1e-17, err_msg=name)


def test_printed_digits() -> None:
    example = BY_ID["mazur-2-2-2"]
    tape = load(example)[1].tape
    for place, printed in example["printed"].items():
        name, index = place.split()
        row, column = index.split(",")
        decimals = len(printed.split(".")[1])
        assert f"{tape.values[name][int(row), int(column)]:.{decimals}f}" == printed


def step(document: Document, program: Program, rate: float) -> Document:
    sgd = OPTIMIZERS["sgd"]
    return apply_step(document, sgd, Sgd(learning_rate=rate), program.tape.grads)[0]


def test_all_gradients_come_before_any_update() -> None:
    example = BY_ID["mazur-2-2-2"]
    document, program = load(example)
    following = step(document, program, example["learning_rate"])
    for name, expected in example["after"].items():
        np.testing.assert_allclose(following.parameters[name], expected, rtol=1e-12)
    tape = program.forward(following.parameters)
    assert float(tape.values["loss"]) == pytest.approx(example["loss_after"], rel=1e-12)


def test_the_printed_loss_after_one_step_is_the_update_too_early_mistake() -> None:
    # The post prints 0.291027924. Changing the output weights before the hidden deltas are
    # computed gives exactly that; computing every gradient first does not.
    example = BY_ID["mazur-2-2-2"]
    document, program = load(example)
    right = step(document, program, example["learning_rate"]).parameters
    early = {name: value.copy() for name, value in document.parameters.items()}
    early["layer2.weight"] = right["layer2.weight"]
    a = program.tape.values["layer1.a"].copy()
    delta2 = program.tape.grads["layer2.z"].copy()
    delta1 = (delta2 @ early["layer2.weight"]) * a * (1 - a)
    x = np.array(example["x"])
    early["layer1.weight"] = early["layer1.weight"] - example["learning_rate"] * delta1.T @ x
    loss = float(program.forward(early).values["loss"])
    assert f"{loss:.9f}" == "0.291027924"
    assert f"{example['loss_after']:.9f}" == "0.291027774"


def test_the_worked_example_moves_its_weight_to_a_tenth() -> None:
    document, program = load(BY_ID["single-neuron, y = 0"])
    following = step(document, program, 0.1)
    assert following.parameters["layer1.weight"][0, 0] == pytest.approx(0.1, rel=1e-15)
    assert following.parameters["layer1.bias"][0] == pytest.approx(-0.2, rel=1e-15)
    assert following.step == 1
