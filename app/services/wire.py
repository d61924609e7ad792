"""Results as plain values that JSON can hold."""

import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from app.engine.op import Array

Payload = dict[str, Any]
"""An answer as it goes on the wire: plain values, finite arrays, and names for the non-finite."""

WIRE_NAMES = {"source": "from", "target": "to"}
"""Fields that cannot have their wire name in Python."""


def plain(value: Any) -> Any:
    """``value`` with dataclasses as objects and non-finite numbers as their names.

    Finite arrays are copied, not turned into lists: the writer of the JSON does that faster.
    """
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else name_non_finite(value)
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if is_dataclass(value):
        return {
            WIRE_NAMES.get(field.name, field.name): plain(getattr(value, field.name))
            for field in fields(value)
        }
    return [plain(entry) for entry in value]


def name_non_finite(value: float) -> str:
    """``NaN``, ``Infinity`` or ``-Infinity``."""
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _plain_array(array: Array) -> Any:
    if not np.isfinite(array).all():
        return plain(array.tolist())
    # A copy, since a program's buffers are overwritten by its next run.
    return np.array(array, order="C") if array.ndim else float(array)
