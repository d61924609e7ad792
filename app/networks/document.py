"""The network document: spec, parameters, what is trainable, the optimizer's state, the step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.engine.op import Array
from app.networks.errors import NetworkError
from app.networks.kinds import Spec, kind_of


@dataclass(frozen=True)
class OptimizerState:
    """What an optimizer keeps between steps: its own step count and arrays per parameter."""

    name: str
    t: int
    slots: Mapping[str, Mapping[str, Array]]


@dataclass(frozen=True)
class Document:
    """A network as a value. Arrays are not to be written to."""

    spec: Spec
    parameters: dict[str, Array]
    trainable: dict[str, bool] = field(default_factory=dict)
    optimizer_state: OptimizerState | None = None
    step: int = 0


def make_document(
    spec: Spec,
    parameters: Mapping[str, Any] | None = None,
    trainable: Mapping[str, bool] | None = None,
    optimizer_state: OptimizerState | None = None,
    step: int = 0,
) -> Document:
    """A complete document; parameters left out come from the spec's seed.

    Raises ``NetworkError`` for unknown names and wrong shapes.
    """
    kind = kind_of(spec)
    shapes = kind.parameter_shapes(spec)
    values = kind.initial_parameters(spec)
    for name, value in (parameters or {}).items():
        _check_name(name, shapes, "/parameters")
        values[name] = _shaped(value, shapes[name], f"/parameters/{name}")
    for name in trainable or {}:
        _check_name(name, shapes, "/trainable")
    flags = dict.fromkeys(shapes, True) | dict(trainable or {})
    if optimizer_state is not None:
        for slot, arrays in optimizer_state.slots.items():
            for name, value in arrays.items():
                _check_name(name, shapes, f"/optimizer_state/slots/{slot}")
                _shaped(value, shapes[name], f"/optimizer_state/slots/{slot}/{name}")
    return Document(spec, values, flags, optimizer_state, step)


def _check_name(name: str, shapes: Mapping[str, object], pointer: str) -> None:
    if name not in shapes:
        expected = f"expected: {', '.join(shapes)}" if shapes else "this network has none"
        detail = f"no parameter has this name; {expected}"
        raise NetworkError(pointer, detail, "unknown_name")


def _shaped(value: Any, shape: tuple[int, ...], pointer: str) -> Array:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (ValueError, TypeError) as error:
        detail = f"expected numbers of shape {list(shape)}, with rows of one length"
        raise NetworkError(pointer, detail, "wrong_shape") from error
    if array.shape != shape:
        detail = f"expected shape {list(shape)}, got {list(array.shape)}"
        raise NetworkError(pointer, detail, "wrong_shape")
    return array
