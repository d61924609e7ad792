"""NumPy as one writes it by hand, without a thought for speed."""

import numpy as np

from benchmarks.cases import RATE, Array, Dense, Recurrent, Scalar
from benchmarks.contestants import Contestant


def prepare(case: Dense | Recurrent | Scalar) -> Contestant | None:
    """Plain NumPy on a case, if it is one of arrays."""
    if isinstance(case, Dense):
        return _prepare_dense(case)
    return _prepare_recurrent(case) if isinstance(case, Recurrent) else None


def _prepare_dense(case: Dense) -> Contestant:
    x, y, layers = case.draw()
    names = [case.activation] * (len(layers) - 1) + [case.last]
    found = {"loss": 0.0}

    def step() -> None:
        acts = [x]
        for (weight, bias), name in zip(layers, names, strict=True):
            z = acts[-1] @ weight.T + bias
            acts.append(np.tanh(z) if name == "tanh" else np.maximum(z, 0) if name == "relu" else z)
        found["loss"], delta = _judge(case.loss, acts[-1], y)
        for number in reversed(range(len(layers))):
            a, (weight, bias) = acts[number + 1], layers[number]
            if names[number] == "tanh":
                delta = delta * (1 - a**2)
            if names[number] == "relu":
                delta = delta * (a > 0)
            weight_grad, bias_grad = delta.T @ acts[number], delta.sum(axis=0)
            delta = delta @ weight if number else delta
            layers[number] = weight - RATE * weight_grad, bias - RATE * bias_grad

    return Contestant(step, lambda: found["loss"])


def _judge(loss: str, a: Array, y: Array) -> tuple[float, Array]:
    """The loss, and its gradient by the outputs."""
    batch = len(a)
    if loss == "half_squared_error":
        return float(np.sum((a - y) ** 2) / 2 / batch), (a - y) / batch
    if loss == "hinge":
        margin = np.maximum(0, 1 - y * a)
        return float(margin.sum() / batch), -y * (margin > 0) / batch
    shifted = a - a.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-(y * logs).sum() / batch), (np.exp(logs) - y) / batch


def _prepare_recurrent(case: Recurrent) -> Contestant:
    x, y, parameters = case.draw()
    found = {"loss": 0.0}

    def step() -> None:
        w_ih, w_hh, bias, w_o, b_o = parameters.values()
        states, errors = [np.zeros((case.batch, case.units))], []
        for now, wanted in zip(x, y, strict=True):
            states.append(np.tanh(now @ w_ih.T + states[-1] @ w_hh.T + bias))
            errors.append(states[-1] @ w_o.T + b_o - wanted)
        rows = case.steps * case.batch
        found["loss"] = sum(float(np.sum(error**2)) for error in errors) / rows
        grads = [np.zeros_like(value) for value in parameters.values()]
        later = np.zeros_like(states[0])
        for time in reversed(range(case.steps)):
            delta = errors[time] * (2 / rows)
            grads[3] += delta.T @ states[time + 1]
            grads[4] += delta.sum(axis=0)
            delta = (delta @ w_o + later) * (1 - states[time + 1] ** 2)
            grads[0] += delta.T @ x[time]
            grads[1] += delta.T @ states[time]
            grads[2] += delta.sum(axis=0)
            later = delta @ w_hh
        for name, grad in zip(parameters, grads, strict=True):
            parameters[name] = parameters[name] - RATE * grad

    return Contestant(step, lambda: found["loss"])
