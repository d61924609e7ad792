"""A rule told line by line ends where the optimizer's own step does."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from app.insight.microscope import Line, read_slots, tell_rule
from app.networks.dense import DenseSpec, Layer
from app.networks.document import Document, make_document
from app.training.adjustment import Adjustment
from app.training.optimizers import OPTIMIZERS, apply_step
from app.training.order import make_generator
from app.training.rules import RULES, SYMBOLS

CASES: list[tuple[str, dict[str, Any]]] = [
    ("sgd", {}),
    ("sgd", {"momentum": 0.9, "dampening": 0.3}),
    ("sgd", {"momentum": 0.9, "nesterov": True}),
    ("adagrad", {}),
    ("adagrad", {"learning_rate_decay": 0.1}),
    ("rmsprop", {}),
    ("rmsprop", {"centered": True, "momentum": 0.5}),
    ("adam", {}),
    ("adamw", {}),
    ("nadam", {}),
]
INDEX = (1, 0)
NAME = "layer1.weight"


def tell(
    name: str, steps: int, adjustment: Adjustment | None = None, **options: Any
) -> list[tuple[list[Line], Any]]:
    optimizer, rng = OPTIMIZERS[name], make_generator(2)
    chosen = optimizer.options(**options)
    document: Document = make_document(DenseSpec(2, (Layer(2),), seed=3))
    told = []
    for _ in range(steps):
        state = document.optimizer_state
        slots = read_slots(optimizer, chosen, state.slots if state else {}, NAME, INDEX)
        t = (state.t if state else 0) + 1
        grads = {n: rng.normal(size=p.shape) for n, p in document.parameters.items()}
        document, updates = apply_step(
            document, optimizer, chosen, grads, adjustment or Adjustment()
        )
        update = updates[NAME]
        lines = tell_rule(optimizer, chosen, t, update, index=INDEX, before=slots)
        told.append((lines, update))
    return told


def test_every_optimizer_has_its_lines() -> None:
    assert set(RULES) == set(OPTIMIZERS) == {name for name, _ in CASES}


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("decay", [0.0, 0.05])
def test_the_lines_give_what_the_step_gave(
    name: str, options: dict[str, Any], decay: float
) -> None:
    for lines, update in tell(name, 4, weight_decay=decay, **options):
        values = {line.name: line.value for line in lines}
        assert lines[-1].name == "w_new"
        assert values["w_new"] == pytest.approx(float(update.after[INDEX]), rel=1e-14)
        for slot, kept in update.kept.items():
            assert values[slot] == pytest.approx(float(kept[INDEX]), rel=1e-13), slot


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_option_has_a_symbol(name: str) -> None:
    known = set(SYMBOLS) | {"nesterov", "centered"}
    assert {field.name for field in fields(OPTIMIZERS[name].options)} <= known


def test_the_bias_correction_is_told_in_numbers() -> None:
    lines, update = tell("adam", 1, beta1=0.5, beta2=0.75, learning_rate=0.1)[0]
    g = float(update.grad[INDEX])
    by_name = {line.name: line for line in lines}
    assert by_name["correction1"].latex == r"c_1 = 1 - {\beta_1}^{t}"
    assert by_name["correction1"].latex_numbers == "c_1 = 1 - {0.5}^{1} = 0.5"
    assert by_name["m_hat"].latex == r"\hat m_t = \frac{m_t}{c_1}"
    assert by_name["m_hat"].value == pytest.approx(g)
    assert by_name["m"].latex_numbers.startswith(r"m_t = 0.5 \cdot 0 + \left(1 - 0.5\right)")


def test_what_the_optimizer_was_given_is_what_the_lines_begin_with() -> None:
    lines, update = tell("sgd", 1, Adjustment(value=0.01), learning_rate=1.0)[0]
    assert abs(float(update.grad[INDEX])) > 0.01
    step = 0.01 * float(np.sign(update.grad[INDEX]))
    assert lines[-1].value == pytest.approx(float(update.before[INDEX]) - step)
