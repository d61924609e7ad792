"""The same networks written plainly in autograd, sharing no code with the engine."""

from collections.abc import Callable, Mapping
from typing import Any

import autograd.numpy as anp
from autograd.scipy.special import erf, logsumexp

from app.networks.dense import DenseSpec

Function = Callable[..., Any]

ACTIVATIONS: dict[str, Function] = {
    "identity": lambda z: z,
    "relu": lambda z: z * (z > 0),
    "leaky_relu": lambda z, negative_slope=0.01: anp.where(z > 0, z, negative_slope * z),
    "elu": lambda z, alpha=1.0: anp.where(z > 0, z, alpha * (anp.exp(z) - 1)),
    "selu": lambda z: (
        1.0507009873554805 * anp.where(z > 0, z, 1.6732632423543772 * (anp.exp(z) - 1))
    ),
    "gelu": lambda z: z * 0.5 * (1 + erf(z / anp.sqrt(2.0))),
    "silu": lambda z: z / (1 + anp.exp(-z)),
    "softplus": lambda z: anp.log(1 + anp.exp(z)),
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "hard_tanh": lambda z: anp.where(anp.abs(z) < 1, z, anp.sign(z)),
    "sin": anp.sin,
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True),
}

LOSSES: dict[str, Function] = {
    "squared_error": lambda a, y: anp.sum((a - y) ** 2, axis=1),
    "half_squared_error": lambda a, y: 0.5 * anp.sum((a - y) ** 2, axis=1),
    "mean_squared_error": lambda a, y: anp.mean((a - y) ** 2, axis=1),
    "mean_absolute_error": lambda a, y: anp.mean(anp.abs(a - y), axis=1),
    "huber": lambda a, y, delta=1.0: anp.mean(
        anp.where(
            anp.abs(a - y) <= delta,
            0.5 * (a - y) ** 2,
            delta * (anp.abs(a - y) - 0.5 * delta),
        ),
        axis=1,
    ),
    "binary_cross_entropy": lambda a, y: anp.mean(
        -(y * anp.log(a) + (1 - y) * anp.log(1 - a)), axis=1
    ),
    "binary_cross_entropy_with_logits": lambda a, y: anp.mean(
        anp.log(1 + anp.exp(a)) - y * a, axis=1
    ),
    "cross_entropy": lambda a, y: anp.sum(y * (logsumexp(a, axis=1, keepdims=True) - a), axis=1),
    "hinge": lambda a, y: anp.mean(anp.maximum(0.0, 1 - y * a), axis=1),
    # autograd warns where an argument has no part in the result.
    "sum_of_outputs": lambda a, y: anp.sum(a + 0.0 * y, axis=1),
    "weighted_sum": lambda a, y: anp.sum(a * y, axis=1),
}


def normalize(z: Any) -> Any:
    """Every row with mean 0 and variance 1, as torch.nn.LayerNorm without weights."""
    centered = z - anp.mean(z, axis=1, keepdims=True)
    return centered / anp.sqrt(anp.mean(centered**2, axis=1, keepdims=True) + 1e-5)


def compute_loss(spec: DenseSpec, parameters: Mapping[str, Any], x: Any, y: Any) -> Any:
    """The loss of the batch."""
    a = x
    for number, layer in enumerate(spec.layers, start=1):
        z = anp.dot(a, parameters[f"layer{number}.weight"].T)
        if layer.use_bias:
            z = z + parameters[f"layer{number}.bias"]
        if layer.layer_norm:
            z = normalize(z)
        below, a = a, ACTIVATIONS[layer.activation.name](z, **layer.activation.options)
        if layer.residual:
            a = a + below
    samples = LOSSES[spec.loss.name](a, y, **spec.loss.options)
    return anp.mean(samples) if spec.reduction == "mean" else anp.sum(samples)
