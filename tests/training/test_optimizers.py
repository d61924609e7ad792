"""Optimizers against the rules written out by hand, and against closed forms."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from app.networks.dense import DenseSpec, Layer
from app.networks.document import Document, OptimizerState, make_document
from app.networks.errors import NetworkError
from app.networks.expression import ExpressionSpec
from app.training.optimizers import OPTIMIZERS, Update, apply_step

SPEC = DenseSpec(2, (Layer(1),))
GRADS = [
    {"layer1.weight": np.array([[1.0, -2.0]]), "layer1.bias": np.array([0.5])},
    {"layer1.weight": np.array([[-0.3, 4.0]]), "layer1.bias": np.array([0.25])},
    {"layer1.weight": np.array([[0.7, 0.0]]), "layer1.bias": np.array([-8.0])},
]


def start() -> Document:
    return make_document(SPEC, {"layer1.weight": [[1.0, -1.0]], "layer1.bias": [0.2]})


def learn(name: str, **options: Any) -> tuple[Document, list[dict[str, Update]]]:
    optimizer, document, history = OPTIMIZERS[name], start(), []
    for grads in GRADS:
        document, updates = apply_step(document, optimizer, optimizer.options(**options), grads)
        history.append(updates)
    return document, history


def replay(name: str, **options: Any) -> list[float]:
    """The first weight after each step, the rule written as scalars as PyTorch documents it."""
    o = {**asdict(OPTIMIZERS[name].options()), **options}
    w, v, m, b, product, out = 1.0, 0.0, 0.0, 0.0, 1.0, []
    for t, grads in enumerate(GRADS, start=1):
        g = float(grads["layer1.weight"][0, 0])
        lr, decay = o["learning_rate"], o["weight_decay"]
        if name == "adamw":
            w -= lr * decay * w
        else:
            g += decay * w
        if name == "sgd":
            if o["momentum"]:
                b = g if t == 1 else o["momentum"] * b + (1 - o["dampening"]) * g
                g = g + o["momentum"] * b if o["nesterov"] else b
            w -= lr * g
        elif name == "adagrad":
            v += g**2
            w -= lr / (1 + (t - 1) * o["learning_rate_decay"]) * g / (v**0.5 + o["epsilon"])
        elif name == "rmsprop":
            v = o["alpha"] * v + (1 - o["alpha"]) * g**2
            m = o["alpha"] * m + (1 - o["alpha"]) * g
            root = ((v - m**2) if o["centered"] else v) ** 0.5 + o["epsilon"]
            b = o["momentum"] * b + g / root
            w -= lr * b
        else:
            m = o["beta1"] * m + (1 - o["beta1"]) * g
            v = o["beta2"] * v + (1 - o["beta2"]) * g**2
            v_hat = v / (1 - o["beta2"] ** t)
            m_hat = m / (1 - o["beta1"] ** t)
            if name == "nadam":
                mu = o["beta1"] * (1 - 0.5 * 0.96 ** (t * o["momentum_decay"]))
                mu_next = o["beta1"] * (1 - 0.5 * 0.96 ** ((t + 1) * o["momentum_decay"]))
                product *= mu
                m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
            w -= lr * m_hat / (v_hat**0.5 + o["epsilon"])
        out.append(w)
    return out


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("sgd", {"learning_rate": 0.1}),
        ("sgd", {"learning_rate": 0.1, "momentum": 0.9}),
        ("sgd", {"learning_rate": 0.1, "momentum": 0.9, "dampening": 0.5}),
        ("sgd", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
        ("adagrad", {"learning_rate_decay": 0.1, "weight_decay": 0.1}),
        ("rmsprop", {}),
        ("rmsprop", {"centered": True, "momentum": 0.9, "weight_decay": 0.1}),
        ("adam", {}),
        ("adam", {"weight_decay": 0.1, "beta1": 0.5}),
        ("adamw", {"weight_decay": 0.1}),
        ("nadam", {}),
        ("nadam", {"weight_decay": 0.1}),
    ],
)
def test_three_steps_follow_the_rule(name: str, options: dict[str, Any]) -> None:
    _, history = learn(name, **options)
    after = [float(updates["layer1.weight"].after[0, 0]) for updates in history]
    np.testing.assert_allclose(after, replay(name, **options), rtol=1e-13)


def test_the_first_adam_step_is_the_learning_rate_against_the_sign() -> None:
    _, history = learn("adam", learning_rate=0.01)
    np.testing.assert_allclose(history[0]["layer1.weight"].delta, [[-0.01, 0.01]], rtol=1e-6)
    np.testing.assert_allclose(history[0]["layer1.weight"].kept["m_hat"], [[1.0, -2.0]])
    np.testing.assert_allclose(history[0]["layer1.weight"].kept["v_hat"], [[1.0, 4.0]])


def test_momentum_builds_up_to_its_closed_form() -> None:
    optimizer, document = OPTIMIZERS["sgd"], start()
    options = optimizer.options(learning_rate=0.0, momentum=0.5)
    for _ in range(30):
        document, updates = apply_step(document, optimizer, options, GRADS[0])
    velocity = updates["layer1.weight"].kept["velocity"]
    np.testing.assert_allclose(velocity, GRADS[0]["layer1.weight"] / (1 - 0.5), rtol=1e-8)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_changes_nothing_that_it_was_given(name: str) -> None:
    document, optimizer = start(), OPTIMIZERS[name]
    first, updates = apply_step(document, optimizer, optimizer.options(), GRADS[0])
    assert document.parameters["layer1.weight"].tolist() == [[1.0, -1.0]]
    kept = first.optimizer_state
    assert kept is not None
    before = {slot: values["layer1.bias"].copy() for slot, values in kept.slots.items()}
    apply_step(first, optimizer, optimizer.options(), GRADS[1])
    for slot, value in before.items():
        assert kept.slots[slot]["layer1.bias"].tolist() == value.tolist()
    assert GRADS[0]["layer1.weight"].tolist() == [[1.0, -2.0]]
    update = updates["layer1.weight"]
    np.testing.assert_array_equal(update.before + update.delta, update.after)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_is_not_trainable_stays(name: str) -> None:
    document = make_document(SPEC, start().parameters, {"layer1.weight": False})
    optimizer = OPTIMIZERS[name]
    following, updates = apply_step(document, optimizer, optimizer.options(), GRADS[0])
    assert list(updates) == ["layer1.bias"]
    assert following.parameters["layer1.weight"].tolist() == [[1.0, -1.0]]
    assert following.parameters["layer1.bias"][0] != 0.2


def test_the_state_of_another_optimizer_is_refused() -> None:
    document = Document(SPEC, start().parameters, start().trainable, OptimizerState("adam", 1, {}))
    sgd = OPTIMIZERS["sgd"]
    with pytest.raises(NetworkError, match="leave optimizer_state out"):
        apply_step(document, sgd, sgd.options(), GRADS[0])


def test_momentum_may_be_switched_on_later() -> None:
    sgd, document = OPTIMIZERS["sgd"], start()
    document, _ = apply_step(document, sgd, sgd.options(), GRADS[0])
    document, updates = apply_step(document, sgd, sgd.options(momentum=0.9), GRADS[1])
    velocity = updates["layer1.weight"].kept["velocity"]
    assert velocity.tolist() == GRADS[1]["layer1.weight"].tolist()
    assert document.step == 2


def test_nesterov_needs_momentum() -> None:
    with pytest.raises(ValueError, match="nesterov needs a momentum"):
        OPTIMIZERS["sgd"].options(nesterov=True)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("options", [{}, {"momentum": 0.9}])
def test_a_parameter_that_is_one_number_moves_like_a_row_of_one(
    name: str, options: dict[str, float]
) -> None:
    optimizer = OPTIMIZERS[name]
    if not set(options) <= set(asdict(optimizer.options())):
        options = {"weight_decay": 0.1}
    chosen = optimizer.options(**options)
    number = make_document(ExpressionSpec("f = x * z", ("z",)), {"z": 0.7})
    row = make_document(DenseSpec(1, (Layer(1, use_bias=False),)), {"layer1.weight": [[0.7]]})
    for grad in (2.0, -0.5, 3.0):
        number, one = apply_step(number, optimizer, chosen, {"z": np.array(grad)})
        row, other = apply_step(row, optimizer, chosen, {"layer1.weight": np.array([[grad]])})
        assert float(one["z"].after) == float(other["layer1.weight"].after[0, 0])
        for slot, kept in one["z"].kept.items():
            assert float(kept) == float(np.ravel(other["layer1.weight"].kept[slot])[0])
