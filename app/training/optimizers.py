"""Optimizers: how the same gradient becomes different steps. Rules and defaults as in PyTorch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from app.engine.op import Array
from app.networks.document import Document, OptimizerState
from app.networks.errors import NetworkError
from app.training.adjustment import UNADJUSTED, Adjustment, adjust_grads

Rate = Annotated[float, Field(ge=0, allow_inf_nan=False, title="learning rate")]
Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Slots = dict[str, Array]
Rule = Callable[[Any, Array, Array, Slots, int], Slots]
"""Options, parameters, gradient, slots and step count t (from 1). Moves the parameters and the
slots in place; returns what else it computed on the way, by its usual name."""


@dataclass(frozen=True)
class Sgd:
    """Options of sgd."""

    learning_rate: Rate = 0.001
    momentum: Share = 0.0
    dampening: Share = 0.0
    nesterov: bool = False
    weight_decay: NonNegative = 0.0

    def __post_init__(self) -> None:
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise ValueError("nesterov needs a momentum above 0 and a dampening of 0")


@dataclass(frozen=True)
class Adagrad:
    """Options of adagrad."""

    learning_rate: Rate = 0.01
    learning_rate_decay: NonNegative = 0.0
    weight_decay: NonNegative = 0.0
    epsilon: Positive = 1e-10


@dataclass(frozen=True)
class RmsProp:
    """Options of rmsprop."""

    learning_rate: Rate = 0.01
    alpha: Share = 0.99
    epsilon: Positive = 1e-8
    weight_decay: NonNegative = 0.0
    momentum: Share = 0.0
    centered: bool = False


@dataclass(frozen=True)
class Adam:
    """Options of adam."""

    learning_rate: Rate = 0.001
    beta1: Share = 0.9
    beta2: Share = 0.999
    epsilon: Positive = 1e-8
    weight_decay: NonNegative = 0.0


@dataclass(frozen=True)
class AdamW:
    """Options of adamw."""

    learning_rate: Rate = 0.001
    beta1: Share = 0.9
    beta2: Share = 0.999
    epsilon: Positive = 1e-8
    weight_decay: NonNegative = 0.01


@dataclass(frozen=True)
class NAdam:
    """Options of nadam."""

    learning_rate: Rate = 0.002
    beta1: Share = 0.9
    beta2: Share = 0.999
    epsilon: Positive = 1e-8
    weight_decay: NonNegative = 0.0
    momentum_decay: NonNegative = 0.004


@dataclass(frozen=True)
class Optimizer:
    """One optimizer: its rule, its options, and the names of the slots it carries."""

    name: str
    label: str
    summary: str
    latex: str
    options: type
    rule: Rule
    slots: Callable[[Any], tuple[str, ...]]


@dataclass(frozen=True)
class Update:
    """What one step did to one parameter; ``kept`` are the optimizer's own numbers by name."""

    before: Array
    grad: Array
    after: Array
    delta: Array
    kept: Mapping[str, Array]


def _decayed(options: Any, w: Array, g: Array) -> Array:
    return g + options.weight_decay * w if options.weight_decay else g


def _sgd(o: Sgd, w: Array, g: Array, slots: Slots, t: int) -> Slots:
    g = _decayed(o, w, g)
    if o.momentum:
        velocity = slots["velocity"]
        # PyTorch's buffer starts as the first gradient itself, not dampened.
        velocity[...] = g if t == 1 else o.momentum * velocity + (1 - o.dampening) * g
        g = g + o.momentum * velocity if o.nesterov else velocity
    w -= o.learning_rate * g
    return {}


def _adagrad(o: Adagrad, w: Array, g: Array, slots: Slots, t: int) -> Slots:
    g = _decayed(o, w, g)
    slots["v"] += g * g
    rate = o.learning_rate / (1 + (t - 1) * o.learning_rate_decay)
    w -= rate * g / (np.sqrt(slots["v"]) + o.epsilon)
    return {}


def _rmsprop(o: RmsProp, w: Array, g: Array, slots: Slots, t: int) -> Slots:
    g = _decayed(o, w, g)
    v = slots["v"]
    v[...] = o.alpha * v + (1 - o.alpha) * g * g
    spread = v
    if o.centered:
        m = slots["m"]
        m[...] = o.alpha * m + (1 - o.alpha) * g
        spread = v - m * m
    step = g / (np.sqrt(spread) + o.epsilon)
    if o.momentum:
        slots["velocity"][...] = o.momentum * slots["velocity"] + step
        step = slots["velocity"]
    w -= o.learning_rate * step
    return {}


def _moments(o: Adam | AdamW | NAdam, g: Array, slots: Slots) -> tuple[Array, Array]:
    m, v = slots["m"], slots["v"]
    m[...] = o.beta1 * m + (1 - o.beta1) * g
    v[...] = o.beta2 * v + (1 - o.beta2) * g * g
    return m, v


def _adam(o: Adam | AdamW, w: Array, g: Array, slots: Slots, t: int) -> Slots:
    m, v = _moments(o, g, slots)
    m_hat, v_hat = m / (1 - o.beta1**t), v / (1 - o.beta2**t)
    w -= o.learning_rate * m_hat / (np.sqrt(v_hat) + o.epsilon)
    return {"m_hat": m_hat, "v_hat": v_hat}


def _adam_rule(o: Adam, w: Array, g: Array, slots: Slots, t: int) -> Slots:
    return _adam(o, w, _decayed(o, w, g), slots, t)


def _adamw(o: AdamW, w: Array, g: Array, slots: Slots, t: int) -> Slots:
    w *= 1 - o.learning_rate * o.weight_decay
    return _adam(o, w, g, slots, t)


def _nadam(o: NAdam, w: Array, g: Array, slots: Slots, t: int) -> Slots:
    g = _decayed(o, w, g)
    m, v = _moments(o, g, slots)
    # Dozat, "Incorporating Nesterov Momentum into Adam", 2016, with PyTorch's momentum schedule.
    now = o.beta1 * (1 - 0.5 * 0.96 ** (t * o.momentum_decay))
    following = o.beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * o.momentum_decay))
    product = slots["momentum_product"]
    product *= now
    m_hat = following * m / (1 - product * following) + (1 - now) * g / (1 - product)
    v_hat = v / (1 - o.beta2**t)
    w -= o.learning_rate * m_hat / (np.sqrt(v_hat) + o.epsilon)
    return {"m_hat": m_hat, "v_hat": v_hat}


def _rmsprop_slots(o: RmsProp) -> tuple[str, ...]:
    return ("v", *(("m",) if o.centered else ()), *(("velocity",) if o.momentum else ()))


OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer(
            "sgd",
            "SGD",
            "Gradient descent: a step against the gradient, with momentum if you like.",
            r"w \leftarrow w - \alpha\, \frac{\partial L}{\partial w}",
            Sgd,
            _sgd,
            lambda o: ("velocity",) if o.momentum else (),
        ),
        Optimizer(
            "adagrad",
            "Adagrad",
            "Divides by the root of all squared gradients so far (Duchi et al., 2011).",
            r"w \leftarrow w - \alpha \frac{g}{\sqrt{v} + \epsilon}",
            Adagrad,
            _adagrad,
            lambda o: ("v",),
        ),
        Optimizer(
            "rmsprop",
            "RMSprop",
            "Divides by the root of a running mean of squared gradients (Hinton, 2012).",
            r"w \leftarrow w - \alpha \frac{g}{\sqrt{v} + \epsilon}",
            RmsProp,
            _rmsprop,
            _rmsprop_slots,
        ),
        Optimizer(
            "adam",
            "Adam",
            "Momentum over a running scale, both corrected for their start at 0 "
            "(Kingma and Ba, 2015).",
            r"w \leftarrow w - \alpha \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
            Adam,
            _adam_rule,
            lambda o: ("m", "v"),
        ),
        Optimizer(
            "adamw",
            "AdamW",
            "Adam with the weight decay taken off the weight itself (Loshchilov and Hutter, 2019).",
            r"w \leftarrow (1 - \alpha \lambda) w - \alpha \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
            AdamW,
            _adamw,
            lambda o: ("m", "v"),
        ),
        Optimizer(
            "nadam",
            "NAdam",
            "Adam that looks one momentum step ahead (Dozat, 2016).",
            r"w \leftarrow w - \alpha \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
            NAdam,
            _nadam,
            lambda o: ("m", "v", "momentum_product"),
        ),
    )
}


def plain_rate(options: Any) -> float | None:
    """The learning rate, where a step is nothing but that times the gradient."""
    plain = isinstance(options, Sgd) and not options.momentum and not options.weight_decay
    return options.learning_rate if plain else None


def start_slot(slot: str, parameter: Array) -> Array:
    """What an optimizer keeps for a parameter before the first step."""
    return np.full(parameter.shape, 1.0 if slot == "momentum_product" else 0.0)


def apply_step(
    document: Document,
    optimizer: Optimizer,
    options: Any,
    grads: Mapping[str, Array],
    adjustment: Adjustment = UNADJUSTED,
) -> tuple[Document, dict[str, Update]]:
    """The document after one step and what happened to each trainable parameter.

    ``grads`` holds the gradient of every parameter, all computed before any of them moves; the
    optimizer is given them after ``adjustment``. Raises ``NetworkError`` when the document's state
    was kept by another optimizer.
    """
    slots_needed = optimizer.slots(options)
    state = document.optimizer_state
    check_state(state, optimizer)
    t = (state.t if state else 0) + 1
    parameters = dict(document.parameters)
    slots: dict[str, dict[str, Array]] = {slot: {} for slot in slots_needed}
    updates: dict[str, Update] = {}
    learning = {n: p for n, p in document.parameters.items() if document.trainable[n]}
    adjusted = {name: np.array(grads[name]) for name in learning}
    adjust_grads(learning, adjusted, adjustment)
    for name, before in learning.items():
        after, grad, own = before.copy(), adjusted[name], {}
        for slot in slots_needed:
            kept = state.slots.get(slot, {}).get(name) if state else None
            own[slot] = start_slot(slot, before) if kept is None else np.array(kept, float)
            slots[slot][name] = own[slot]
        with np.errstate(all="ignore"):
            extra = optimizer.rule(options, after, grad, own, t)
            delta = after - before
        parameters[name] = after
        if not adjustment.idle:
            extra = {"adjusted_grad": grad, **extra}
        updates[name] = Update(before, grads[name].copy(), after, delta, {**own, **extra})
    following = Document(
        document.spec,
        parameters,
        document.trainable,
        OptimizerState(optimizer.name, t, slots),
        document.step + 1,
    )
    return following, updates


def check_state(state: OptimizerState | None, optimizer: Optimizer) -> None:
    """Raise ``NetworkError`` when ``state`` was kept by another optimizer."""
    if state is not None and state.name != optimizer.name:
        detail = "this state was kept by another optimizer; leave optimizer_state out to start anew"
        raise NetworkError("/network/optimizer_state/name", detail, "wrong_optimizer")
