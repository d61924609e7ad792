"""JAX, one jitted function for the whole step, float64, one thread."""

from collections.abc import Callable
from typing import Any

import jax
from jax import numpy as jnp

from benchmarks.cases import RATE, Dense, Recurrent, Scalar
from benchmarks.contestants import Contestant

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")
LOSSES = {
    "half_squared_error": lambda a, y: ((a - y) ** 2).sum() / (2 * len(a)),
    "hinge": lambda a, y: jnp.maximum(0.0, 1 - y * a).mean(),
    "cross_entropy": lambda a, y: -(y * jax.nn.log_softmax(a)).sum() / len(a),
}
ACTIVATIONS = {"tanh": jnp.tanh, "relu": jax.nn.relu, "identity": lambda z: z}


def prepare(case: Dense | Recurrent | Scalar) -> Contestant | None:
    """JAX on a case of arrays; to compile a thousand scalar nodes takes it minutes."""
    if isinstance(case, Scalar):
        return None
    return _prepare_dense(case) if isinstance(case, Dense) else _prepare_recurrent(case)


def _prepare_dense(case: Dense) -> Contestant:
    x, y, layers = case.draw()
    names = [case.activation] * (len(layers) - 1) + [case.last]

    def compute_loss(parameters: Any, x: Any, y: Any) -> Any:
        a = x
        for (weight, bias), name in zip(parameters, names, strict=True):
            a = ACTIVATIONS[name](a @ weight.T + bias)
        return LOSSES[case.loss](a, y)

    return _learn(layers, compute_loss, x, y)


def _prepare_recurrent(case: Recurrent) -> Contestant:
    x, y, parameters = case.draw()

    def compute_loss(p: Any, x: Any, y: Any) -> Any:
        def advance(h: Any, z: Any) -> tuple[Any, Any]:
            h = jnp.tanh(z + h @ p["cell.weight_hh"].T)
            return h, h

        start = jnp.zeros((case.batch, case.units))
        _, states = jax.lax.scan(advance, start, x @ p["cell.weight_ih"].T + p["cell.bias"])
        out = states @ p["output.weight"].T + p["output.bias"]
        return ((out - y) ** 2).sum() / (case.steps * case.batch)

    return _learn(parameters, compute_loss, x, y)


def _learn(parameters: Any, compute_loss: Callable[..., Any], x: Any, y: Any) -> Contestant:
    @jax.jit
    def learn(parameters: Any, x: Any, y: Any) -> Any:
        loss, grads = jax.value_and_grad(compute_loss)(parameters, x, y)
        moved = jax.tree.map(lambda p, g: p - RATE * g, parameters, grads)
        # The gradients are handed out too, as everyone else has them.
        return loss, grads, moved

    state = {"parameters": jax.tree.map(jnp.asarray, parameters), "loss": 0.0}
    data = jnp.asarray(x), jnp.asarray(y)

    def step() -> None:
        loss, grads, moved = learn(state["parameters"], *data)
        jax.block_until_ready((loss, grads, moved))
        state["parameters"], state["loss"] = moved, loss

    return Contestant(step, lambda: float(state["loss"]))
