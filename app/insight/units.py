"""The network view of a tape: units, weights, and the inside of the loss, for one sample."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.graph import Graph, GraphBuilder
from app.engine.op import Array
from app.engine.ops import ACTIVATIONS
from app.insight.reading import Reading, write_label
from app.training.optimizers import Update

MOST_CONTRIBUTIONS = 20_000


@dataclass(frozen=True)
class UnitView:
    """One unit, or one input (layer 0, which has neither z nor bias)."""

    id: str
    layer: int
    index: int
    label: str
    latex_a: str
    a: float
    grad_a: float
    latex_z: str | None = None
    z: float | None = None
    slope: float | None = None
    grad_z: float | None = None
    bias_id: str | None = None
    latex_bias: str | None = None
    bias: float | None = None
    grad_bias: float | None = None
    bias_contributions: Array | None = None
    bias_after: float | None = None
    bias_delta: float | None = None
    bias_trainable: bool | None = None
    mask: float | None = None


@dataclass(frozen=True)
class WeightView:
    """One weight: what it adds forward, what it sends back, and its gradient.

    ``product`` and ``message`` are of the chosen sample; ``contributions`` has one entry per
    sample of the batch, and they sum to ``grad``.
    """

    id: str
    layer: int
    source: str
    target: str
    label: str
    latex: str
    value: float
    grad: float
    product: float
    message: float
    contributions: Array | None
    after: float | None
    delta: float | None
    trainable: bool


@dataclass(frozen=True)
class LossNode:
    """One node of the loss, the chosen sample's row; scalars stand as numbers."""

    id: str
    op: str | None
    label: str
    latex: str
    value: Array | float
    grad: Array | float | None


def view_units(
    reading: Reading, updates: Mapping[str, Update], trainable: Mapping[str, bool]
) -> list[UnitView]:
    """Every input and unit, layer by layer."""
    views = []
    for layer in range(reading.depth + 1):
        a, grad_a = reading.a(layer), reading.grad_a(layer)
        for unit in range(reading.units(layer)):
            entry: dict[str, Any] = {
                "id": reading.unit_id(layer, unit),
                "layer": layer,
                "index": unit,
                "latex_a": reading.symbol_of_unit("a", layer, unit),
                "a": float(a[unit]),
                "grad_a": float(grad_a[unit]),
            }
            if layer == 0:
                indices = () if reading.units(0) == 1 else (unit,)
                views.append(UnitView(**entry, label=write_label("x", *indices)))
                continue
            slope, mask = reading.slope(layer), reading.mask(layer)
            label = f"layer {layer}, unit {unit + 1}"
            views.append(
                UnitView(
                    **entry,
                    label=label,
                    latex_z=reading.symbol_of_unit("z", layer, unit),
                    z=float(reading.z(layer)[unit]),
                    slope=None if slope is None else float(slope[unit]),
                    grad_z=float(reading.grad_z(layer)[unit]),
                    mask=None if mask is None else float(mask[unit]),
                    **_view_bias(reading, layer, unit, updates, trainable),
                )
            )
    return views


def _view_bias(
    reading: Reading,
    layer: int,
    unit: int,
    updates: Mapping[str, Update],
    trainable: Mapping[str, bool],
) -> dict[str, Any]:
    bias = reading.bias(layer)
    if bias is None:
        return {}
    name, index = f"layer{layer}.bias", reading.bias_index(layer, unit)
    deltas = reading.tape.grads[f"layer{layer}.z"]
    shared = reading.spec.layers[layer - 1].shared_bias
    update = updates.get(name)
    return {
        "bias_id": f"{name}[{index}]",
        "latex_bias": reading.symbol_of_unit("b", layer, unit),
        "bias": float(bias[unit]),
        "grad_bias": float(reading.tape.grads[name][index]),
        "bias_contributions": deltas.sum(axis=1) if shared else deltas[:, unit].copy(),
        "bias_after": None if update is None else float(update.after[index]),
        "bias_delta": None if update is None else float(update.delta[index]),
        "bias_trainable": trainable[name],
    }


def view_weights(
    reading: Reading, updates: Mapping[str, Update], trainable: Mapping[str, bool]
) -> list[WeightView]:
    """Every weight, layer by layer, unit by unit."""
    count = sum(reading.weight(layer).size for layer in range(1, reading.depth + 1))
    itemized = count * reading.batch <= MOST_CONTRIBUTIONS
    views = []
    with np.errstate(all="ignore"):
        for layer in range(1, reading.depth + 1):
            views += _view_layer_weights(reading, layer, updates, trainable, itemized)
    return views


def _view_layer_weights(
    reading: Reading,
    layer: int,
    updates: Mapping[str, Update],
    trainable: Mapping[str, bool],
    itemized: bool,
) -> list[WeightView]:
    name = f"layer{layer}.weight"
    weight, grad = reading.weight(layer), reading.tape.grads[name]
    below, deltas = reading.tape.values[reading.node_sent(layer - 1)], reading.tape.grads
    batch_delta = deltas[f"layer{layer}.z"]
    product = weight * reading.sent(layer - 1)
    message = weight * reading.grad_z(layer)[:, None]
    update = updates.get(name)
    return [
        WeightView(
            id=f"{name}[{j}][{i}]",
            layer=layer,
            source=reading.unit_id(layer - 1, i),
            target=reading.unit_id(layer, j),
            label=write_label("w", *(() if weight.size == 1 else (j, i))),
            latex=reading.symbol_of_weight(layer, j, i),
            value=float(weight[j, i]),
            grad=float(grad[j, i]),
            product=float(product[j, i]),
            message=float(message[j, i]),
            contributions=batch_delta[:, j] * below[:, i] if itemized else None,
            after=None if update is None else float(update.after[j, i]),
            delta=None if update is None else float(update.delta[j, i]),
            trainable=trainable[name],
        )
        for j in range(weight.shape[0])
        for i in range(weight.shape[1])
    ]


def view_loss(reading: Reading) -> list[LossNode]:
    """The nodes of the loss in topological order, from the target to ``loss``."""
    views = []
    for node in reading.tape.graph:
        if node.id != "y" and node.id.split(".")[0] != "loss":
            continue
        views.append(
            LossNode(
                node.id,
                node.op,
                node.id.removeprefix("loss.").replace("_", " "),
                node.latex,
                _row_or_number(reading.tape.values[node.id], reading.sample),
                None
                if node.constant is not None
                else _row_or_number(reading.tape.grads[node.id], reading.sample),
            )
        )
    return views


def _row_or_number(array: Array, sample: int) -> Array | float:
    if array.ndim == 2:
        row: Array = array[sample].copy()
        return row
    return float(array[sample]) if array.ndim == 1 else float(array)


def lower_unit(reading: Reading, layer: int, unit: int) -> tuple[Graph, dict[str, float]]:
    """One unit for one sample as a small scalar graph of the same ops, and its leaves' values.

    Running it backward with the unit's dL/da as the seed gives the unit's delta and the messages
    that it sends. Raises ``ValueError`` for a unit whose activation mixes units.
    """
    chosen = reading.spec.layers[layer - 1].activation
    if not ACTIVATIONS[chosen.name].elementwise:
        raise ValueError(f"{chosen.name} mixes the units of a layer: no unit stands alone")
    graph, values, total = GraphBuilder(), {}, ""
    for i in range(reading.units(layer - 1)):
        source = graph.leaf(reading.unit_id(layer - 1, i), "input", f"x_{{{i + 1}}}")
        weight = graph.leaf(f"layer{layer}.weight[{unit}][{i}]", "parameter", f"w_{{{i + 1}}}")
        values[source] = float(reading.sent(layer - 1)[i])
        values[weight] = float(reading.weight(layer)[unit, i])
        product = graph.apply(f"product[{i}]", "multiply", weight, source)
        total = graph.apply(f"sum[{i}]", "add", total, product) if total else product
    bias = reading.bias(layer)
    if bias is not None:
        leaf = graph.leaf(f"layer{layer}.bias[{reading.bias_index(layer, unit)}]", "parameter", "b")
        values[leaf] = float(bias[unit])
        total = graph.apply("z", "add", total, leaf, role="preactivation", latex="z")
    a = graph.apply("a", chosen.name, total, role="activation", latex="a", **chosen.options)
    return graph.build(a), values
