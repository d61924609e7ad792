"""Dense networks: layers of units, z = W x + b, a = activation(z).

A layer may normalize z over its units before the activation (Ba, Kiros and Hinton, "Layer
normalization", 2016), and add its input to what the activation gives (He et al., "Deep residual
learning for image recognition", 2015).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from numpy.random import PCG64, Generator, SeedSequence

from app.engine.graph import Graph, GraphBuilder
from app.engine.op import Array, Shape
from app.engine.ops import ACTIVATIONS
from app.engine.tape import Tape
from app.networks.choice import Choice, resolve, resolved_options
from app.networks.data import Batch, read_rows, require_samples
from app.networks.errors import NetworkError
from app.networks.initializers import INITIALIZERS
from app.networks.losses import LOSSES, add_loss, add_sample_loss, check_targets


@dataclass(frozen=True)
class Layer:
    """One layer. ``shared_bias`` gives all its units one bias.

    ``layer_norm`` and ``residual``: a = activation(norm(z)) + x, each part where it is chosen.
    ``dropout`` is the share of its units that a step of training leaves out, others in every step.
    """

    units: int
    activation: Choice = field(default_factory=lambda: Choice("identity"))
    use_bias: bool = True
    shared_bias: bool = False
    initializer: Choice = field(default_factory=lambda: Choice("glorot_uniform"))
    layer_norm: bool = False
    residual: bool = False
    dropout: float = 0.0


@dataclass(frozen=True)
class DenseSpec:
    """What a dense network is, without its parameters. Raises ``NetworkError`` on bad names."""

    inputs: int
    layers: tuple[Layer, ...]
    loss: Choice = field(default_factory=lambda: Choice("squared_error"))
    reduction: Literal["mean", "sum"] = "mean"
    seed: int = 0
    bias_initializer: Choice | None = None
    kind: Literal["dense"] = "dense"

    def __post_init__(self) -> None:
        resolve(LOSSES, self.loss, "/loss")
        if self.bias_initializer is not None:
            resolve(INITIALIZERS, self.bias_initializer, "/bias_initializer")
            if self.bias_initializer.name == "orthogonal":
                detail = "orthogonal is for matrices; choose another initializer for biases"
                raise NetworkError("/bias_initializer", detail, "wrong_initializer")
        looked_at = set()
        for number, layer in enumerate(self.layers):
            # Deep networks are often one layer many times over: it is looked at once.
            if id(layer) not in looked_at:
                looked_at.add(id(layer))
                _check_layer(layer, f"/layers/{number}")
            if layer.dropout and number == len(self.layers) - 1:
                detail = "the outputs themselves cannot be left out: drop units of another layer"
                raise NetworkError(f"/layers/{number}/dropout", detail, "contradiction")
            fan_in = self.layers[number - 1].units if number else self.inputs
            if layer.residual and layer.units != fan_in:
                detail = f"only a layer as wide as its input can add it: units would be {fan_in}"
                raise NetworkError(f"/layers/{number}/residual", detail, "wrong_shape")

    @property
    def plain(self) -> bool:
        """Whether every unit is z and a = activation(z) alone, and can be told as such."""
        return not any(layer.layer_norm or layer.residual for layer in self.layers)

    @property
    def outputs(self) -> int:
        """How many numbers the last layer gives per sample."""
        return self.layers[-1].units


def _check_layer(layer: Layer, pointer: str) -> None:
    resolve(ACTIVATIONS, layer.activation, f"{pointer}/activation")
    resolve(INITIALIZERS, layer.initializer, f"{pointer}/initializer")
    if layer.shared_bias and not layer.use_bias:
        detail = "a layer without bias has none to share: set use_bias or drop shared_bias"
        raise NetworkError(f"{pointer}/shared_bias", detail, "contradiction")
    if layer.layer_norm and layer.units == 1:
        detail = "a single unit normalized is always 0: give it more units, or drop it"
        raise NetworkError(f"{pointer}/layer_norm", detail, "contradiction")


def parameter_shapes(spec: DenseSpec) -> dict[str, Shape]:
    """The shape of every parameter by name, in the order of the layers."""
    shapes: dict[str, Shape] = {}
    fan_in = spec.inputs
    for number, layer in enumerate(spec.layers, start=1):
        shapes[f"layer{number}.weight"] = (layer.units, fan_in)
        if layer.use_bias:
            shapes[f"layer{number}.bias"] = (1,) if layer.shared_bias else (layer.units,)
        fan_in = layer.units
    return shapes


def leaf_shapes(spec: DenseSpec, batch: int) -> dict[str, Shape]:
    """The shapes of all leaves of the graph for a batch of the given size."""
    shapes = {"x": (batch, spec.inputs), "y": (batch, spec.outputs)}
    return {**shapes, **parameter_shapes(spec)}


def read_batch(spec: DenseSpec, inputs: Any, targets: Any, initial_state: Any = None) -> Batch:
    """Rows of inputs, and of targets where there are any, as values for ``x`` and ``y``.

    Raises ``NetworkError`` where they do not fit the network.
    """
    if initial_state is not None:
        detail = "only a recurrent network begins with a state; leave it out"
        raise NetworkError("/initial_state", detail, "unknown_field")
    x = read_rows(inputs, spec.inputs, "/inputs")
    if targets is None:
        return Batch({"x": x}, {}, len(x))
    y = read_rows(targets, spec.outputs, "/targets")
    require_samples(len(y), len(x), "/targets")
    check_targets(LOSSES[spec.loss.name], y)
    return Batch({"x": x}, {"y": y}, len(x))


def list_outputs(spec: DenseSpec, graph: Graph) -> tuple[str, ...]:
    """The node that holds the outputs."""
    return (f"layer{len(spec.layers)}.a",)


def read_outputs(spec: DenseSpec, tape: Tape) -> Array:
    """The outputs of a run, (batch, outputs)."""
    (output,) = list_outputs(spec, tape.graph)
    return tape.values[output]


def initial_parameters(spec: DenseSpec) -> dict[str, Array]:
    """The first parameters: a pure function of the spec and its seed."""
    rng = Generator(PCG64(SeedSequence(spec.seed)))
    parameters: dict[str, Array] = {}
    for name, shape in parameter_shapes(spec).items():
        number, kind = int(name[len("layer") : name.index(".")]), name.split(".")[1]
        layer = spec.layers[number - 1]
        fan_in = spec.inputs if number == 1 else spec.layers[number - 2].units
        choice = layer.initializer
        if kind == "bias":
            # Only PyTorch's rule draws the bias with the weight; elsewhere it starts at 0.
            default = choice if choice.name == "pytorch_default" else Choice("zeros")
            choice = spec.bias_initializer or default
        initializer, options = resolve(INITIALIZERS, choice, "/initializer")
        parameters[name] = initializer.draw(rng, shape, fan_in, layer.units, options)
    return parameters


def node_of_activation(layer: Layer, number: int) -> str:
    """The node that applies the activation: what the layer adds to its input, where it does so."""
    return f"layer{number}.residual" if layer.residual else f"layer{number}.a"


def name_masks(spec: DenseSpec) -> dict[str, Layer]:
    """The leaves that training has for dropout, (batch, units), with the layers they belong to."""
    layers = enumerate(spec.layers, start=1)
    return {f"layer{number}.mask": layer for number, layer in layers if layer.dropout}


def build_graph(spec: DenseSpec, leaves: Collection[str] = ()) -> Graph:
    """The graph from ``x`` and ``y`` to ``loss``, with ids as in the API.

    Where ``leaves`` name a mask, the layer's activations are multiplied by it on their way up.
    """
    graph = GraphBuilder()
    below = graph.leaf("x", "input", "x", layer=0)
    alone = len(spec.layers) == 1
    for number, layer in enumerate(spec.layers, start=1):
        mark = "" if alone else f"^{{({number})}}"
        weight = "w" if alone and layer.units == spec.inputs == 1 else "W"
        inputs = [below, graph.leaf(f"layer{number}.weight", "parameter", weight + mark, number)]
        if layer.use_bias:
            inputs.append(graph.leaf(f"layer{number}.bias", "parameter", "b" + mark, number))
        z = graph.apply(
            f"layer{number}.z",
            "linear",
            *inputs,
            role="preactivation",
            latex="z" + mark,
            layer=number,
        )
        if layer.layer_norm:
            norm = rf"\hat{{z}}{mark}"
            z = graph.apply(f"layer{number}.norm", "layer_norm", z, latex=norm, layer=number)
        a = graph.apply(
            node_of_activation(layer, number),
            layer.activation.name,
            z,
            role="value" if layer.residual else "activation",
            latex=("r" if layer.residual else "a") + mark,
            layer=number,
            **layer.activation.options,
        )
        if layer.residual:
            whole = f"layer{number}.a"
            a = graph.apply(
                whole, "add", a, below, role="activation", latex="a" + mark, layer=number
            )
        below = a
        if f"layer{number}.mask" in leaves:
            mask = graph.leaf(f"layer{number}.mask", "input", "r" + mark, number)
            below = graph.apply(f"layer{number}.dropped", "multiply", a, mask, layer=number)
    loss, _ = resolve(LOSSES, spec.loss, "/loss")
    options = resolved_options(LOSSES, spec.loss, "/loss")
    samples = add_sample_loss(graph, loss, options, below)
    return graph.build(add_loss(graph, spec.reduction, samples))
