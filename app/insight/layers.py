"""The columns of a network: what each layer does, with its activation's curve."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.graph import GraphBuilder
from app.engine.op import Array
from app.engine.ops import ACTIVATIONS
from app.engine.program import Program
from app.engine.tape import Tape
from app.insight.reading import Reading
from app.networks.choice import Choice
from app.networks.recurrent import CELL, OUTPUT, RecurrentSpec

CURVE_POINTS = 65


@dataclass(frozen=True)
class Curve:
    """An activation function drawn over a range that holds all z of its layer."""

    z: Array
    a: Array


@dataclass(frozen=True)
class LayerView:
    """One column of the network view; layer 0 is the input."""

    layer: int
    units: int
    label: str
    activation: str | None
    latex: str | None
    latex_slope: str | None
    elementwise: bool
    curve: Curve | None


def view_layers(reading: Reading) -> list[LayerView]:
    """The columns of a dense network, each with its activation's curve."""
    z = reading.tape.values
    return [
        _view_input(reading.spec.inputs),
        *(
            _view_layer(number, layer.units, layer.activation, z[f"layer{number}.z"])
            for number, layer in enumerate(reading.spec.layers, start=1)
        ),
    ]


def view_time_layers(spec: RecurrentSpec, tape: Tape) -> list[LayerView]:
    """Input, cell and output of a recurrent network; the curves hold z of all time steps."""
    layers = [_view_input(spec.inputs)]
    for number, units, activation in (
        (CELL, spec.units, spec.activation),
        (OUTPUT, spec.outputs, spec.output_activation),
    ):
        parts = [
            tape.values[node.id]
            for node in tape.graph
            if node.layer == number and node.role == "preactivation"
        ]
        z = np.concatenate([part.ravel() for part in parts])
        layers.append(_view_layer(number, units, activation, z))
    return layers


def _view_input(units: int) -> LayerView:
    return LayerView(0, units, "input", None, None, None, True, None)


def _view_layer(number: int, units: int, activation: Choice, z: Array) -> LayerView:
    op = ACTIVATIONS[activation.name]
    return LayerView(
        number,
        units,
        op.label,
        op.name,
        op.latex.replace("#1", "z"),
        op.local_latex[0].replace("#1", "z").replace("#0", "a"),
        op.elementwise,
        draw_curve(op.name, activation.options, z) if op.elementwise else None,
    )


def draw_curve(activation: str, options: Mapping[str, Any], z: Array) -> Curve:
    """The activation over [-r, r] with r = 4, 8, 16 ..., the first to hold every finite ``z``."""
    finite = np.abs(z[np.isfinite(z)])
    largest = float(finite.max()) if finite.size else 0.0
    reach = 4.0
    while reach < largest and reach < 1e300:
        reach *= 2
    graph = GraphBuilder()
    graph.leaf("z", "input", "z")
    graph.apply("a", activation, "z", **options)
    points = np.linspace(-reach, reach, CURVE_POINTS)
    tape = Program(graph.build("a"), {"z": points.shape}).forward({"z": points})
    return Curve(points, tape.values["a"])
