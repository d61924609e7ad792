"""Ops that put a row in proportion: the softmax family and layer normalization."""

from dataclasses import dataclass

import numpy as np

from app.engine.op import Array, Binding, Call, Op
from app.engine.rows import keep_rows, rows_apart, same_shape


@dataclass(frozen=True)
class LayerNormOptions:
    """Options of layer_norm: what is added to the variance, so that it is never 0."""

    eps: float = 1e-5


def _shares(b: Binding, out: Array) -> list[Call]:
    # The largest entry is taken out first, so that no exponential overflows.
    column = b.scratch("column", b.x[..., :1])
    return [
        (np.maximum.reduce, (b.x, -1, None, column, True)),
        (np.subtract, (b.x, column, out)),
        (np.exp, (out, out)),
        (np.add.reduce, (out, -1, None, column, True)),
        (np.divide, (out, column, out)),
    ]


def _softmax(b: Binding) -> list[Call]:
    return _shares(b, b.out)


def _softmax_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    column = b.scratch("column", b.x[..., :1])
    return [
        (np.multiply, (upstream, b.out, message)),
        (np.add.reduce, (message, -1, None, column, True)),
        (np.subtract, (upstream, column, message)),
        (np.multiply, (message, b.out, message)),
    ]


def _log_softmax(b: Binding) -> list[Call]:
    column, shares = b.scratch("column", b.x[..., :1]), b.scratch("shares")
    return [
        (np.maximum.reduce, (b.x, -1, None, column, True)),
        (np.subtract, (b.x, column, b.out)),
        (np.exp, (b.out, shares)),
        (np.add.reduce, (shares, -1, None, column, True)),
        (np.divide, (shares, column, shares)),
        (np.log, (column, column)),
        (np.subtract, (b.out, column, b.out)),
    ]


def _log_softmax_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    column, shares = b.scratch("column", b.x[..., :1]), b.scratch("shares")
    return [
        (np.add.reduce, (upstream, -1, None, column, True)),
        (np.multiply, (shares, column, message)),
        (np.subtract, (upstream, message, message)),
    ]


def _mean_of_rows(x: Array, column: Array) -> list[Call]:
    return [
        (np.add.reduce, (x, -1, None, column, True)),
        (np.divide, (column, float(x.shape[-1]), column)),
    ]


def _layer_norm(b: Binding) -> list[Call]:
    column, deviation = b.scratch("column", b.x[..., :1]), b.scratch("deviation", b.x[..., :1])
    square = b.scratch("square")
    return [
        *_mean_of_rows(b.x, column),
        (np.subtract, (b.x, column, b.out)),
        (np.multiply, (b.out, b.out, square)),
        *_mean_of_rows(square, deviation),
        (np.add, (deviation, b.options["eps"], deviation)),
        (np.sqrt, (deviation, deviation)),
        (np.divide, (b.out, deviation, b.out)),
    ]


def _layer_norm_to_x(b: Binding, upstream: Array, message: Array) -> list[Call]:
    # What would only move or stretch the whole row changes nothing, and is taken out.
    column, deviation = b.scratch("column", b.x[..., :1]), b.scratch("deviation", b.x[..., :1])
    return [
        (np.multiply, (upstream, b.out, message)),
        *_mean_of_rows(message, column),
        (np.multiply, (b.out, column, message)),
        (np.subtract, (upstream, message, message)),
        *_mean_of_rows(upstream, column),
        (np.subtract, (message, column, message)),
        (np.divide, (message, deviation, message)),
    ]


def _define_layer_norm(x: Array, eps: float) -> Array:
    centered = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centered**2, axis=-1, keepdims=True)
    return np.asarray(centered / np.sqrt(variance + eps))


def _define_softmax(x: Array) -> Array:
    return np.asarray(np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True))


def _define_log_softmax(x: Array) -> Array:
    return np.asarray(x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True)))


NORMALIZING_OPS = (
    Op(
        name="softmax",
        label="Softmax",
        summary="Turns a layer's z into shares of one whole. Every share depends on every z.",
        latex=r"\operatorname{softmax}(#1)",
        local_latex=(r"\operatorname{diag}(#0) - #0 #0^\top",),
        forward=_softmax,
        definition=_define_softmax,
        vjps=(_softmax_to_x,),
        shape=same_shape,
        depends=keep_rows,
        by_row=rows_apart,
        activation=True,
    ),
    Op(
        name="log_softmax",
        label="ln softmax",
        summary="The logarithms of the softmax shares.",
        latex=r"\ln \operatorname{softmax}(#1)",
        local_latex=(r"I - \mathbf{1} e^{#0}",),
        forward=_log_softmax,
        definition=_define_log_softmax,
        vjps=(_log_softmax_to_x,),
        shape=same_shape,
        depends=keep_rows,
        by_row=rows_apart,
    ),
    Op(
        name="layer_norm",
        label="layer norm",
        summary="Moves and stretches a layer's z to mean 0 and variance 1 over its units.",
        latex=r"\operatorname{norm}(#1)",
        local_latex=(
            r"\tfrac{1}{\sigma} \bigl(I - \tfrac{1}{K} "
            r"(\mathbf{1} \mathbf{1}^\top + #0 #0^\top)\bigr)",
        ),
        forward=_layer_norm,
        definition=_define_layer_norm,
        vjps=(_layer_norm_to_x,),
        shape=same_shape,
        depends=keep_rows,
        by_row=rows_apart,
        options=LayerNormOptions,
        symbol="norm",
    ),
)
