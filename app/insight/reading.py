"""One sample's numbers on a tape, by layer and unit, with their symbols."""

import math
from dataclasses import dataclass

import numpy as np

from app.engine.op import Array
from app.engine.tape import Tape
from app.networks.dense import DenseSpec
from app.networks.notation import POWER, hold, wrap

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def tag(node: str, entry: str, latex: str) -> str:
    """``latex`` marked with the graph's node and the unit, weight or loss that it stands for."""
    return f"\\htmlData{{node={node},id={entry}}}{{{latex}}}"


def write_number(value: float, digits: int = 4) -> str:
    """``value`` in LaTeX with at most ``digits`` significant digits."""
    if math.isnan(value):
        return r"\text{NaN}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    text = f"{value:.{digits}g}"
    if text in ("0", "-0"):
        return "0"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def derivative(of: str, by: str) -> str:
    """The partial derivative of ``of`` with respect to ``by``, in LaTeX."""
    above, below = (wrap(part) if hold(part) > POWER else part for part in (of, by))
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"


@dataclass(frozen=True)
class Reading:
    """What a dense network's tape says about one sample.

    Layers count from 1, layer 0 is the input; units count from 0 in ids and from 1 in symbols.
    ``a``, ``sent``, ``mask``, ``z``, ``grad_a``, ``grad_z`` and ``slope`` are vectors over the
    units of a layer.
    """

    spec: DenseSpec
    tape: Tape
    sample: int

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.spec.layers)

    @property
    def batch(self) -> int:
        """The number of samples."""
        return int(self.tape.values["x"].shape[0])

    def units(self, layer: int) -> int:
        """How many units the layer has."""
        return self.spec.layers[layer - 1].units if layer else self.spec.inputs

    def node_a(self, layer: int) -> str:
        """The id of the node that holds the layer's activations."""
        return f"layer{layer}.a" if layer else "x"

    def unit_id(self, layer: int, unit: int) -> str:
        """The id of a unit or an input."""
        return f"layer{layer}[{unit}]" if layer else f"x[{unit}]"

    def a(self, layer: int) -> Array:
        """Activations."""
        return self._row(self.tape.values[self.node_a(layer)])

    def mask(self, layer: int) -> Array | None:
        """What dropout multiplies each activation with, or ``None`` where nothing is dropped."""
        value = self.tape.values.get(f"layer{layer}.mask")
        return None if value is None else self._row(value)

    def node_sent(self, layer: int) -> str:
        """The id of the node that the layer above is fed with: activations, masked if they are."""
        dropped = f"layer{layer}.dropped"
        return dropped if dropped in self.tape.values else self.node_a(layer)

    def sent(self, layer: int) -> Array:
        """What the layer above is fed with."""
        return self._row(self.tape.values[self.node_sent(layer)])

    def z(self, layer: int) -> Array:
        """Preactivations."""
        return self._row(self.tape.values[f"layer{layer}.z"])

    def y(self) -> Array:
        """Targets."""
        return self._row(self.tape.values["y"])

    def grad_a(self, layer: int) -> Array:
        """dL/da."""
        return self._row(self.tape.grads[self.node_a(layer)])

    def grad_z(self, layer: int) -> Array:
        """dL/dz, a layer's deltas."""
        return self._row(self.tape.grads[f"layer{layer}.z"])

    def slope(self, layer: int) -> Array | None:
        """da/dz, or ``None`` where the activation mixes units."""
        local = self.tape.locals.get((f"layer{layer}.a", 0))
        if local is None:
            return None
        shape = self.tape.values[f"layer{layer}.a"].shape
        return self._row(np.broadcast_to(np.asarray(local), shape))

    def weight(self, layer: int) -> Array:
        """The layer's weights, (units, inputs)."""
        return self.tape.values[f"layer{layer}.weight"]

    def bias(self, layer: int) -> Array | None:
        """A bias per unit, or ``None``; a shared bias is repeated."""
        if not self.spec.layers[layer - 1].use_bias:
            return None
        value = self.tape.values[f"layer{layer}.bias"]
        return np.broadcast_to(value, (self.units(layer),))

    def bias_index(self, layer: int, unit: int) -> int:
        """The entry of the layer's bias that belongs to the unit."""
        return 0 if self.spec.layers[layer - 1].shared_bias else unit

    def symbol(self, letter: str, layer: int, *indices: int) -> str:
        """A symbol with layer and 1-based indices, as far as they are needed to tell it apart."""
        mark = "" if self.depth == 1 or letter in "xy" else f"^{{({layer})}}"
        below = ",".join(str(index + 1) for index in indices)
        return f"{letter}{mark}_{{{below}}}" if below else f"{letter}{mark}"

    def symbol_of_unit(self, letter: str, layer: int, unit: int) -> str:
        """``z``, ``a``, ``b``, ``x`` or ``y`` of a unit."""
        if letter == "a" and layer == 0:
            letter = "x"
        shared = letter == "b" and self.spec.layers[layer - 1].shared_bias
        alone = self.units(layer) == 1 or shared
        return self.symbol(letter, layer, *(() if alone else (unit,)))

    def symbol_of_weight(self, layer: int, unit: int, source: int) -> str:
        """``w`` from unit ``source`` of the layer below to ``unit``."""
        single = self.units(layer) == 1 and self.depth == 1
        indices: tuple[int, ...] = (source,) if single else (unit, source)
        if single and self.units(layer - 1) == 1:
            indices = ()
        return self.symbol("w", layer, *indices)

    def symbol_of_entry(self, name: str, index: tuple[int, ...]) -> str:
        """The symbol of an entry of a parameter, such as ``layer1.weight``."""
        layer, part = int(name[len("layer") : name.index(".")]), name.split(".")[1]
        if part == "weight":
            return self.symbol_of_weight(layer, *index)
        return self.symbol_of_unit("b", layer, *index)

    def _row(self, array: Array) -> Array:
        row: Array = array[self.sample]
        return row


def write_label(letter: str, *indices: int) -> str:
    """A plain-text symbol with small 1-based indices, such as w₂₁."""
    separator = "," if any(index >= 9 for index in indices) else ""
    return letter + separator.join(str(index + 1) for index in indices).translate(SUBSCRIPTS)
