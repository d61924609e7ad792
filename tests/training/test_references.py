"""Whole trainings against an independent differentiator, and against published traces."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import value_and_grad
from autograd.misc.optimizers import adam as autograd_adam

from app.engine.program import Program
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, build_graph
from app.networks.document import make_document
from app.networks.expression import ExpressionSpec
from app.networks.expression import build_graph as build_formula
from app.training.binding import Samples
from app.training.loop import Plan, Training
from app.training.optimizers import OPTIMIZERS
from app.training.order import make_generator
from app.training.updater import Updater

TANH = Choice("tanh")
SPEC = DenseSpec(2, (Layer(5, TANH), Layer(4, TANH), Layer(1)), seed=6)
NAMES = list(make_document(SPEC).parameters)
STEPS = 40
"""More would let rounding grow: rules that divide by the root of v magnify it where v is small."""
Vector = np.ndarray[Any, np.dtype[Any]]
Rule = Callable[[Vector, Vector, dict[str, Vector], int], Vector]


def draw() -> tuple[Vector, Vector]:
    rng = make_generator(8)
    x = rng.normal(size=(20, 2))
    return x, np.sin(x[:, :1]) + x[:, 1:] ** 2


def flatten(parameters: dict[str, Vector]) -> Vector:
    return np.concatenate([parameters[name].ravel() for name in NAMES])


def compute_loss(flat: Any) -> Any:
    a, y = draw()
    start, shapes = 0, {name: value.shape for name, value in make_document(SPEC).parameters.items()}
    for layer in (1, 2, 3):
        parts = []
        for name in (f"layer{layer}.weight", f"layer{layer}.bias"):
            size = int(np.prod(shapes[name]))
            parts.append(anp.reshape(flat[start : start + size], shapes[name]))
            start += size
        z = anp.dot(a, parts[0].T) + parts[1]
        a = anp.tanh(z) if layer < 3 else z
    return anp.mean(anp.sum((a - y) ** 2, axis=1))


def follow(rule: Rule) -> Vector:
    """The parameters after all steps, gradients by autograd, the rule on one long vector."""
    differentiate = value_and_grad(compute_loss)
    flat = flatten(make_document(SPEC).parameters)
    kept: dict[str, Vector] = {}
    for t in range(1, STEPS + 1):
        _, g = differentiate(flat)
        flat = flat - rule(flat, g, kept, t)
    return flat


def train(name: str, **options: Any) -> Vector:
    x, y = draw()
    optimizer = OPTIMIZERS[name]
    training = Training(
        make_document(SPEC),
        Samples({"x": x, "y": y}, len(x)),
        Plan(optimizer, optimizer.options(**options)),
        lambda shapes: build_graph(SPEC),
    )
    for _ in range(STEPS):
        training.advance()
    return flatten(training.read_parameters())


def keep(
    kept: dict[str, Vector], name: str, decay: float, new: Vector, first: Any = None
) -> Vector:
    """A running mean or sum that starts at 0, or as ``first``."""
    kept[name] = decay * kept[name] + new if name in kept else (new if first is None else first)
    return kept[name]


def momentum(w: Vector, g: Vector, kept: dict[str, Vector], t: int) -> Vector:
    return 0.02 * keep(kept, "b", 0.9, 0.7 * g, first=g)


def nesterov(w: Vector, g: Vector, kept: dict[str, Vector], t: int) -> Vector:
    g = g + 0.01 * w
    return 0.02 * (g + 0.9 * keep(kept, "b", 0.9, g))


def adagrad(w: Vector, g: Vector, kept: dict[str, Vector], t: int) -> Vector:
    return 0.05 / (1 + (t - 1) * 0.01) * g / (np.sqrt(keep(kept, "v", 1.0, g**2)) + 1e-10)


def rmsprop(w: Vector, g: Vector, kept: dict[str, Vector], t: int) -> Vector:
    v = keep(kept, "v", 0.95, 0.05 * g**2)
    m = keep(kept, "m", 0.95, 0.05 * g)
    return 0.01 * keep(kept, "b", 0.5, g / (np.sqrt(v - m**2) + 1e-8))


def adamw(w: Vector, g: Vector, kept: dict[str, Vector], t: int) -> Vector:
    m, v = keep(kept, "m", 0.9, 0.1 * g), keep(kept, "v", 0.99, (1 - 0.99) * g**2)
    step = 0.02 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
    return 0.02 * 0.1 * w + step


def nadam(w: Vector, g: Vector, kept: dict[str, Vector], t: int) -> Vector:
    mu = [0.9 * (1 - 0.5 * 0.96 ** (s * 0.004)) for s in range(1, t + 2)]
    m, v = keep(kept, "m", 0.9, 0.1 * g), keep(kept, "v", 0.999, (1 - 0.999) * g**2)
    ahead: Vector = mu[t] * m / (1 - np.prod(mu)) + (1 - mu[t - 1]) * g / (1 - np.prod(mu[:t]))
    return 0.01 * ahead / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)


@pytest.mark.parametrize(
    ("name", "options", "rule"),
    [
        ("sgd", {"learning_rate": 0.05}, lambda w, g, kept, t: 0.05 * g),
        ("sgd", {"learning_rate": 0.02, "momentum": 0.9, "dampening": 0.3}, momentum),
        (
            "sgd",
            {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
            nesterov,
        ),
        ("adagrad", {"learning_rate": 0.05, "learning_rate_decay": 0.01}, adagrad),
        (
            "rmsprop",
            {"learning_rate": 0.01, "alpha": 0.95, "centered": True, "momentum": 0.5},
            rmsprop,
        ),
        ("adamw", {"learning_rate": 0.02, "beta2": 0.99, "weight_decay": 0.1}, adamw),
        ("nadam", {"learning_rate": 0.01}, nadam),
    ],
)
def test_a_training_is_what_autograd_and_the_papers_rule_make_of_it(
    name: str, options: dict[str, Any], rule: Rule
) -> None:
    found = train(name, **options)
    np.testing.assert_allclose(found, follow(rule), rtol=1e-8, atol=1e-10)
    assert compute_loss(found) < 0.7 * compute_loss(flatten(make_document(SPEC).parameters))


def test_adam_is_autograds_own() -> None:
    wanted = autograd_adam(
        lambda flat, _: value_and_grad(compute_loss)(flat)[1],
        flatten(make_document(SPEC).parameters),
        num_iters=STEPS,
        step_size=0.01,
        b1=0.8,
        b2=0.99,
    )
    found = train("adam", learning_rate=0.01, beta1=0.8, beta2=0.99)
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-10)


def test_mazurs_network_the_ten_thousandth_time() -> None:
    # Matt Mazur, "A Step by Step Backpropagation Example", 2015: "After repeating this process
    # 10,000 times, for example, the error plummets to 0.0000351085": that of its last run.
    shelf = json.loads((Path(__file__).parents[1] / "book_shelf.json").read_text())
    mazur = next(entry for entry in shelf if entry["id"] == "mazur-2-2-2")
    layers = tuple(Layer(units, Choice(name)) for units, name in mazur["units"])
    spec = DenseSpec(mazur["inputs"], layers, Choice(mazur["loss"]))
    document = make_document(spec, mazur["parameters"], mazur["trainable"])
    sgd = OPTIMIZERS["sgd"]
    samples = Samples({"x": np.array(mazur["x"]), "y": np.array(mazur["y"])}, 1)
    training = Training(
        document,
        samples,
        Plan(sgd, sgd.options(learning_rate=0.5)),
        lambda shapes: build_graph(spec),
    )
    for _ in range(9_999):
        training.advance()
    loss, _ = training.evaluate(samples)
    assert loss == pytest.approx(0.0000351085, abs=5e-11)


@pytest.mark.parametrize(
    ("name", "options", "start", "wanted"),
    [
        # From the documentation of Keras, each with the loss w^2 / 2.
        ("sgd", {"learning_rate": 0.1}, 1.0, [0.9]),
        ("sgd", {"learning_rate": 0.1, "momentum": 0.9}, 1.0, [0.9, 0.72]),
        ("adam", {"learning_rate": 0.1}, 10.0, [9.9]),
        (
            "rmsprop",
            {"learning_rate": 0.1, "alpha": 0.9, "epsilon": 1e-7},
            10.0,
            [9.6837722],
        ),
    ],
)
def test_the_steps_that_documentation_prints(
    name: str, options: dict[str, Any], start: float, wanted: list[float]
) -> None:
    optimizer = OPTIMIZERS[name]
    program = Program(build_formula(ExpressionSpec("w**2 / 2", ("w",)), {}), {"w": ()})
    program.load({"w": start})
    updater, found = Updater(program, optimizer, optimizer.options(**options)), []
    for _ in wanted:
        program.forward()
        program.backward(record=False)
        updater.step()
        found.append(float(program.parameters[0]))
    assert found == pytest.approx(wanted, rel=1e-8)
