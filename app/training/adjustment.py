"""What is done to gradients before an optimizer sees them: penalties, then clipping."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.op import Array

TINY = 1e-6
"""PyTorch's addend in ``clip_grad_norm_``, against a division by 0."""


@dataclass(frozen=True)
class Adjustment:
    """Penalties on the weights (not on biases), and bounds for the gradient.

    The penalty is ``l1 * sum |w| + l2 / 2 * sum w^2``, so that it adds ``l1 sign(w) + l2 w`` to a
    weight's gradient. ``norm`` bounds the norm of all gradients together, ``value`` the size of
    each number (Pascanu et al., "On the difficulty of training recurrent neural networks", 2013).
    """

    l1: float = 0.0
    l2: float = 0.0
    norm: float | None = None
    value: float | None = None

    @property
    def idle(self) -> bool:
        """Whether gradients stay as they are."""
        return not self.l1 and not self.l2 and self.norm is None and self.value is None


UNADJUSTED = Adjustment()
"""Gradients as they are."""


def is_weight(name: str) -> bool:
    """Whether a penalty holds for the parameter of this name."""
    return not name.endswith("bias")


def adjust_grads(
    parameters: Mapping[str, Array], grads: Mapping[str, Array], adjustment: Adjustment
) -> None:
    """Change ``grads``, of the same names as ``parameters``, in place."""
    with np.errstate(all="ignore"):
        for name, grad in grads.items():
            if is_weight(name) and adjustment.l2:
                np.add(grad, adjustment.l2 * parameters[name], out=grad)
            if is_weight(name) and adjustment.l1:
                np.add(grad, adjustment.l1 * np.sign(parameters[name]), out=grad)
        if adjustment.norm is not None:
            scale = adjustment.norm / (measure_norm(grads) + TINY)
            # Not min(), which would hide NaN.
            if not scale >= 1.0:
                for grad in grads.values():
                    np.multiply(grad, scale, out=grad)
        if adjustment.value is not None:
            for grad in grads.values():
                np.clip(grad, -adjustment.value, adjustment.value, out=grad)


def measure_norm(arrays: Mapping[str, Array]) -> float:
    """The root of the sum of the squares of all numbers."""
    total = 0.0
    for array in arrays.values():
        # A copy in row order, so that the sum does not depend on how the array lies in memory.
        flat = array.ravel()
        total += float(flat.dot(flat))
    return math.sqrt(total)
