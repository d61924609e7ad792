"""Input features made from the first two inputs, as TensorFlow Playground offers them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.datasets.data import DataError
from app.engine.op import Array


@dataclass(frozen=True)
class Feature:
    """One feature; ``needs`` is how many inputs there have to be, the last axis of ``compute``'s
    argument counting them."""

    name: str
    label: str
    summary: str
    latex: str
    needs: int
    compute: Callable[[Array], Array]


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature("x1", "x₁", "The first input.", "x_1", 1, lambda x: x[..., 0]),
        Feature("x2", "x₂", "The second input.", "x_2", 2, lambda x: x[..., 1]),
        Feature(
            "x1_squared",
            "x₁²",
            "The square of the first input.",
            "x_1^2",
            1,
            lambda x: x[..., 0] ** 2,
        ),
        Feature(
            "x2_squared",
            "x₂²",
            "The square of the second input.",
            "x_2^2",
            2,
            lambda x: x[..., 1] ** 2,
        ),
        Feature(
            "x1_x2",
            "x₁x₂",
            "The product of both inputs.",
            "x_1 x_2",
            2,
            lambda x: x[..., 0] * x[..., 1],
        ),
        Feature(
            "sin_x1",
            "sin x₁",
            "The sine of the first input.",
            r"\sin x_1",
            1,
            lambda x: np.sin(x[..., 0]),
        ),
        Feature(
            "sin_x2",
            "sin x₂",
            "The sine of the second input.",
            r"\sin x_2",
            2,
            lambda x: np.sin(x[..., 1]),
        ),
    )
}


def apply_features(names: Sequence[str], inputs: Array) -> Array:
    """The named features of ``inputs`` side by side on the last axis. Raises ``DataError``."""
    if not names:
        raise DataError("/features", "expected at least one feature", "too_short")
    for number, name in enumerate(names):
        if name not in FEATURES:
            known = f"expected one of: {', '.join(FEATURES)}"
            raise DataError(f"/features/{number}", known, "unknown_name")
        if FEATURES[name].needs > inputs.shape[-1]:
            detail = f"expected a feature of {inputs.shape[-1]} input alone: there is no other"
            raise DataError(f"/features/{number}", detail, "wrong_shape")
    return np.stack([FEATURES[name].compute(inputs) for name in names], axis=-1)
