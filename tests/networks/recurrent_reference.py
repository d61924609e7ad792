"""Recurrent networks written plainly in autograd, formula by formula from PyTorch's pages."""

from collections.abc import Mapping
from typing import Any

import autograd.numpy as anp
from autograd.tracer import getval

from app.networks.recurrent import RecurrentSpec
from tests.networks.reference import ACTIVATIONS, LOSSES

sigmoid = ACTIVATIONS["sigmoid"]


def detach(value: Any) -> Any:
    """The number without its history."""
    while value is not getval(value):
        value = getval(value)
    return value


def advance(spec: RecurrentSpec, p: Mapping[str, Any], x: Any, h: Any, c: Any) -> tuple[Any, Any]:
    """The state after one step."""
    bend = ACTIVATIONS[spec.activation.name]
    size = spec.units
    rows = [slice(k * size, (k + 1) * size) for k in range(4)]
    w_i, w_h, b = p["cell.weight_ih"], p["cell.weight_hh"], p["cell.bias"]
    if spec.cell == "rnn":
        return bend(anp.dot(x, w_i.T) + b + anp.dot(h, w_h.T)), c
    if spec.cell == "lstm":
        gates = anp.dot(x, w_i.T) + b + anp.dot(h, w_h.T)
        i, f, g, o = (gates[:, r] for r in rows)
        c = sigmoid(f) * c + sigmoid(i) * bend(g)
        return sigmoid(o) * bend(c), c
    r, z, n = rows[:3]
    reset = sigmoid(anp.dot(x, w_i[r].T) + b[r] + anp.dot(h, w_h[r].T))
    update = sigmoid(anp.dot(x, w_i[z].T) + b[z] + anp.dot(h, w_h[z].T))
    new = bend(anp.dot(x, w_i[n].T) + b[n] + reset * anp.dot(h, w_h[n].T))
    return (1 - update) * new + update * h, c


def compute_loss(spec: RecurrentSpec, p: Mapping[str, Any], data: Any) -> Any:
    """The loss of ``data``: x (batch, time, features), y, and the first h and c."""
    x, y, h, c = data
    steps = x.shape[1]
    samples = []
    for t in range(1, steps + 1):
        h, c = advance(spec, p, x[:, t - 1], h, c)
        if spec.loss_at == "every" or t == steps:
            z = anp.dot(h, p["output.weight"].T) + p["output.bias"]
            a = ACTIVATIONS[spec.output_activation.name](z)
            target = y[:, t - 1] if spec.loss_at == "every" else y
            samples.append(LOSSES[spec.loss.name](a, target))
        if spec.truncate and (steps - t) % spec.truncate == 0:
            h, c = detach(h), detach(c)
    reduce = anp.mean if spec.reduction == "mean" else anp.sum
    return reduce(anp.array(samples))
