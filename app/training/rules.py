"""Each optimizer's rule once more, as assignments for one number: what the page shows of a step.

They are formulas of the engine's own grammar, so that their values, symbols and graphs come from
where all others do. The tests compare them with the rules that move the parameters.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.training.optimizers import Adagrad, Adam, AdamW, NAdam, RmsProp, Sgd

SYMBOLS = {
    "w": "w",
    "w_new": "w'",
    "w_decayed": r"\tilde w",
    "g": "g",
    "g_decayed": r"\tilde g",
    "velocity": "b_t",
    "velocity_old": "b_{t-1}",
    "m": "m_t",
    "m_old": "m_{t-1}",
    "v": "v_t",
    "v_old": "v_{t-1}",
    "m_hat": r"\hat m_t",
    "v_hat": r"\hat v_t",
    "spread": "s_t",
    "step": "d_t",
    "correction1": "c_1",
    "correction2": "c_2",
    "momentum_now": r"\mu_t",
    "momentum_next": r"\mu_{t+1}",
    "momentum_product": r"\pi_t",
    "momentum_product_old": r"\pi_{t-1}",
    "rate": r"\alpha_t",
    "learning_rate": r"\alpha",
    "learning_rate_decay": r"\eta",
    "weight_decay": r"\lambda",
    "momentum": r"\mu",
    "dampening": r"\tau",
    "alpha": r"\rho",
    "beta1": r"\beta_1",
    "beta2": r"\beta_2",
    "epsilon": r"\epsilon",
    "momentum_decay": r"\psi",
    "t": "t",
}
"""How the names in rules are written."""
MEANINGS = {
    "w_new": "the weight after the step",
    "w_decayed": "the weight after its decay",
    "g_decayed": "the gradient with the weight decay",
    "velocity": "velocity: earlier steps, fading",
    "m": "mean of the gradients so far, recent ones most",
    "v": "mean of their squares, recent ones most",
    "m_hat": "that mean, corrected for its start at 0",
    "v_hat": "that mean of squares, corrected for its start at 0",
    "spread": "how much the gradients vary",
    "step": "the direction of the step",
    "correction1": "bias correction of the mean",
    "correction2": "bias correction of the squares",
    "momentum_now": "momentum of this step",
    "momentum_next": "momentum of the next step",
    "momentum_product": "product of all momentums so far",
    "rate": "the learning rate by now",
}
"""What a rule gives a value to, in words; an optimizer may have words of its own."""
OWN_MEANINGS = {("adagrad", "v"): "sum of all squared gradients so far"}
OLD = "_old"
"""At the end of the name of a slot: what it held before the step."""


Write = Callable[[Any, int], list[str]]


def _decay(options: Any) -> tuple[list[str], str]:
    """The gradient with the weight decay in it, and its name."""
    if not options.weight_decay:
        return [], "g"
    return ["g_decayed = g + weight_decay*w"], "g_decayed"


def _sgd(o: Sgd, t: int) -> list[str]:
    lines, g = _decay(o)
    if o.momentum:
        new = f"(1 - dampening)*{g}" if o.dampening else g
        lines.append(f"velocity = {g}" if t == 1 else f"velocity = momentum*velocity_old + {new}")
        if o.nesterov:
            lines.append(f"step = {g} + momentum*velocity")
        g = "step" if o.nesterov else "velocity"
    return [*lines, f"w_new = w - learning_rate*{g}"]


def _adagrad(o: Adagrad, t: int) -> list[str]:
    lines, g = _decay(o)
    rate = "learning_rate"
    if o.learning_rate_decay:
        lines.append("rate = learning_rate/(1 + (t - 1)*learning_rate_decay)")
        rate = "rate"
    return [*lines, f"v = v_old + {g}**2", f"w_new = w - {rate}*{g}/(sqrt(v) + epsilon)"]


def _rmsprop(o: RmsProp, t: int) -> list[str]:
    lines, g = _decay(o)
    lines.append(f"v = alpha*v_old + (1 - alpha)*{g}**2")
    spread = "v"
    if o.centered:
        lines += [f"m = alpha*m_old + (1 - alpha)*{g}", "spread = v - m**2"]
        spread = "spread"
    lines.append(f"step = {g}/(sqrt({spread}) + epsilon)")
    if o.momentum:
        lines.append("velocity = momentum*velocity_old + step")
    return [*lines, f"w_new = w - learning_rate*{'velocity' if o.momentum else 'step'}"]


def _moments(g: str) -> list[str]:
    return [f"m = beta1*m_old + (1 - beta1)*{g}", f"v = beta2*v_old + (1 - beta2)*{g}**2"]


def _adam(g: str, w: str) -> list[str]:
    return [
        *_moments(g),
        "correction1 = 1 - beta1**t",
        "correction2 = 1 - beta2**t",
        "m_hat = m/correction1",
        "v_hat = v/correction2",
        f"w_new = {w} - learning_rate*m_hat/(sqrt(v_hat) + epsilon)",
    ]


def _plain_adam(o: Adam, t: int) -> list[str]:
    lines, g = _decay(o)
    return lines + _adam(g, "w")


def _adamw(o: AdamW, t: int) -> list[str]:
    if not o.weight_decay:
        return _adam("g", "w")
    return ["w_decayed = w - learning_rate*weight_decay*w", *_adam("g", "w_decayed")]


def _nadam(o: NAdam, t: int) -> list[str]:
    lines, g = _decay(o)
    return [
        *lines,
        *_moments(g),
        "momentum_now = beta1*(1 - 0.5*0.96**(t*momentum_decay))",
        "momentum_next = beta1*(1 - 0.5*0.96**((t + 1)*momentum_decay))",
        "momentum_product = momentum_product_old*momentum_now",
        "correction1 = 1 - momentum_product",
        "correction2 = 1 - beta2**t",
        "m_hat = momentum_next*m/(1 - momentum_product*momentum_next)"
        f" + (1 - momentum_now)*{g}/correction1",
        "v_hat = v/correction2",
        "w_new = w - learning_rate*m_hat/(sqrt(v_hat) + epsilon)",
    ]


RULES: Mapping[str, Write] = {
    "sgd": _sgd,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _plain_adam,
    "adamw": _adamw,
    "nadam": _nadam,
}
"""By the optimizer's name: the assignments of a step for its options and the step's number t, from
1. The last is to ``w_new``. Their names are ``w`` and ``g``, the options, ``t``, and the slots as
they are and, with ``_old`` behind, as they were."""
