"""The least that NumPy can do it with: fused, prebound, in place, written for each kind of case."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.cases import RATE, Array, Dense, Recurrent, Scalar
from benchmarks.contestants import Contestant

FOLDED = 48
"""Up to so many units, the bias is a column of the weights."""
Calls = list[tuple[Any, tuple[Any, ...]]]


def prepare(case: Dense | Recurrent | Scalar) -> Contestant | None:
    """A hand-tuned rival for the case, if it is one of arrays."""
    if isinstance(case, Dense):
        return _prepare_dense(case)
    return _prepare_recurrent(case) if isinstance(case, Recurrent) else None


class _Layer:
    """Buffers of one layer, features first: ``whole`` has a row of ones below ``a``."""

    def __init__(self, below: Array, a: Array, flat: Array, grads: Array) -> None:
        units, inputs = len(a) - 1, len(below) - 1
        self.folded = units <= FOLDED
        self.below = below if self.folded else below[:-1]
        self.a, self.delta, self.slope = a[:-1], np.zeros_like(a)[:-1], np.zeros_like(a)[:-1]
        self.padded = self.delta
        cut = units * (inputs + self.folded)
        self.weight, self.grad = (v[:cut].reshape(units, -1) for v in (flat, grads))
        self.bias, self.bias_grad = flat[cut:], grads[cut:]

    def fill(self, weight: Array, bias: Array) -> None:
        self.weight[:, : weight.shape[1]] = weight
        (self.weight[:, -1] if self.folded else self.bias)[...] = bias

    def go_forward(self, activation: str) -> Calls:
        calls: Calls = [(self.weight.dot, (self.below, self.a))]
        if not self.folded:
            calls.append((np.add, (self.a, self.bias[:, None], self.a)))
        if activation == "tanh":
            calls.append((np.tanh, (self.a, self.a)))
        if activation == "relu":
            calls.append((partial(np.maximum, out=self.a), (self.a, np.array(0.0))))
        return calls

    def go_backward(self, activation: str, before: "_Layer | None") -> Calls:
        a, delta, slope = self.a, self.delta, self.slope
        calls: Calls = []
        if activation == "tanh":
            calls += [(np.multiply, (a, a, slope)), (np.subtract, (np.array(1.0), slope, slope))]
        if activation == "relu":
            calls.append((np.sign, (a, slope)))
        if activation != "identity":
            calls.append((np.multiply, (delta, slope, delta)))
        calls.append((delta.dot, (self.below.T, self.grad)))
        if not self.folded:
            calls.append((delta.dot, (np.ones(a.shape[1]), self.bias_grad)))
        if before is not None:
            calls.append((self.weight.T.dot, (delta, before.padded)))
        return calls


def _prepare_dense(case: Dense) -> Contestant:
    x, y, given = case.draw()
    sizes = [weight.size + bias.size for weight, bias in given]
    flat, grads = np.zeros(sum(sizes)), np.zeros(sum(sizes))
    wholes = [np.ones((width + 1, case.batch)) for width in case.widths]
    wholes[0][:-1] = x.T
    layers: list[_Layer] = []
    for number, (weight, bias) in enumerate(given):
        part = slice(sum(sizes[:number]), sum(sizes[: number + 1]))
        layers.append(_Layer(wholes[number], wholes[number + 1], flat[part], grads[part]))
        layers[-1].fill(weight, bias)
    for layer, after in pairwise(layers):
        if after.folded:
            # The last row is the gradient of the ones; nobody asks for it.
            layer.padded = np.zeros((len(layer.a) + 1, case.batch))
            layer.delta = layer.padded[:-1]
    names = [case.activation] * (len(layers) - 1) + [case.last]
    calls: Calls = []
    total = np.zeros(())
    for layer, name in zip(layers, names, strict=True):
        calls += layer.go_forward(name)
    judge = {
        "half_squared_error": _fuse_half_squared_error,
        "hinge": _fuse_hinge,
        "cross_entropy": _fuse_cross_entropy,
    }[case.loss]
    calls += judge(layers[-1].a, np.ascontiguousarray(y.T), layers[-1].delta, total)
    for number in reversed(range(len(layers))):
        before = layers[number - 1] if number else None
        calls += layers[number].go_backward(names[number], before)
    factor = 0.5 if case.loss == "half_squared_error" else 1.0
    return _walk(calls + _update(flat, grads), lambda: float(total) * factor / case.batch)


def _fuse_half_squared_error(a: Array, y: Array, delta: Array, total: Array) -> Calls:
    flat = delta.reshape(-1)
    return [
        (np.subtract, (a, y, delta)),
        (flat.dot, (flat, total)),
        (np.multiply, (delta, np.array(1.0 / a.shape[1]), delta)),
    ]


def _fuse_hinge(a: Array, y: Array, delta: Array, total: Array) -> Calls:
    margin = np.zeros_like(y)
    return [
        (np.multiply, (a, y, margin)),
        (np.subtract, (np.array(1.0), margin, margin)),
        (partial(np.maximum, out=margin), (margin, np.array(0.0))),
        (np.ones(y.size).dot, (margin.reshape(-1), total)),
        (np.sign, (margin, delta)),
        (np.multiply, (delta, -y / a.shape[1], delta)),
    ]


def _fuse_cross_entropy(a: Array, y: Array, delta: Array, total: Array) -> Calls:
    column, shift = np.zeros((1, a.shape[1])), np.zeros((1, a.shape[1]))
    wanted = y.argmax(0), np.arange(a.shape[1])

    def add_up() -> None:
        total[...] = column.sum() + shift.sum() - a[wanted].sum()

    return [
        (np.maximum.reduce, (a, 0, None, shift, True)),
        (np.subtract, (a, shift, delta)),
        (np.exp, (delta, delta)),
        (np.add.reduce, (delta, 0, None, column, True)),
        (np.divide, (delta, column, delta)),
        (np.log, (column, column)),
        (add_up, ()),
        (np.subtract, (delta, y, delta)),
        (np.multiply, (delta, np.array(1.0 / a.shape[1]), delta)),
    ]


def _prepare_recurrent(case: Recurrent) -> Contestant:
    x, y, given = case.draw()
    rows, batch, units = case.steps * case.batch, case.batch, case.units
    ends = np.cumsum([value.size for value in given.values()])
    flat = np.concatenate([value.ravel() for value in given.values()])
    grads = np.zeros_like(flat)
    weights, slopes = (
        [
            part.reshape(v.shape)
            for part, v in zip(np.split(whole, ends[:-1]), given.values(), strict=True)
        ]
        for whole in (flat, grads)
    )
    w_ih, w_hh, bias, w_o, b_o = weights
    inputs, wanted = x.reshape(rows, -1), y.reshape(rows, -1)
    h = np.zeros((case.steps + 1, batch, units))
    after, before = h[1:].reshape(rows, units), h[:-1].reshape(rows, units)
    z, slope, delta = (np.zeros((case.steps, batch, units)) for _ in range(3))
    z_rows, slope_rows, delta_rows = (each.reshape(rows, units) for each in (z, slope, delta))
    out, mapped, total = np.zeros_like(wanted), np.zeros((batch, units)), np.zeros(())
    ones, flat_out = np.ones(rows), out.reshape(-1)

    calls: Calls = [(inputs.dot, (w_ih.T, z_rows)), (np.add, (z_rows, bias, z_rows))]
    for time in range(case.steps):
        calls += [
            (h[time].dot, (w_hh.T, mapped)),
            (np.add, (mapped, z[time], mapped)),
            (np.tanh, (mapped, h[time + 1])),
        ]
    calls += [
        (after.dot, (w_o.T, out)),
        (np.add, (out, b_o, out)),
        (np.subtract, (out, wanted, out)),
        (flat_out.dot, (flat_out, total)),
        (np.multiply, (out, np.array(2.0 / rows), out)),
        (out.T.dot, (after, slopes[3])),
        (ones.dot, (out, slopes[4])),
        (out.dot, (w_o, delta_rows)),
        (np.multiply, (after, after, slope_rows)),
        (np.subtract, (np.array(1.0), slope_rows, slope_rows)),
    ]
    for time in reversed(range(case.steps)):
        calls.append((np.multiply, (delta[time], slope[time], delta[time])))
        if time:
            calls += [
                (delta[time].dot, (w_hh, mapped)),
                (np.add, (delta[time - 1], mapped, delta[time - 1])),
            ]
    calls += [
        (delta_rows.T.dot, (inputs, slopes[0])),
        (delta_rows.T.dot, (before, slopes[1])),
        (ones.dot, (delta_rows, slopes[2])),
    ]
    return _walk(calls + _update(flat, grads), lambda: float(total) / rows)


def _update(flat: Array, grads: Array) -> Calls:
    # A scratch vector, so that the gradients are there afterwards.
    scratch = np.zeros_like(flat)
    return [(np.multiply, (grads, np.array(RATE), scratch)), (np.subtract, (flat, scratch, flat))]


def _walk(calls: Calls, loss: Callable[[], float]) -> Contestant:
    def step() -> None:
        for call, arguments in calls:
            call(*arguments)

    return Contestant(step, loss)
