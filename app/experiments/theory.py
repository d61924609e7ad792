"""Mean-field theory of deep networks: how variances go forward and gradients come back.

In a wide network with random weights of mean 0, a preactivation is a normal variable. Its variance
q goes from layer to layer, and so does the mean square gradient:

    q_l = n_{l-1} Var(w_l) E a_{l-1}² + Var(b_l)
    E (dL/dz_l)² = E φ'(z_l)² E (dL/da_l)²
    E (dL/da_l)² = n_{l+1} Var(w_{l+1}) E (dL/dz_{l+1})²

Poole et al., "Exponential expressivity in deep neural networks through transient chaos", 2016;
Schoenholz et al., "Deep information propagation", 2017. A layer's q is taken as it is there, and
not only where the recursion ends. The first E (dL/da)² is 1, as in a trial.

What a residual layer gives and what it was given are independent, so that mean squares add up, but
for the product of their means; its input gets E (dL/da)² once more (Yang and Schoenholz, "Mean
field residual networks: on the edge of chaos", 2017). Layer normalization makes q 1, and divides
E (dL/dz)² by what q was.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.engine.normalization import LayerNormOptions
from app.engine.ops import ACTIVATIONS
from app.experiments.fixed_point import find_fixed_point
from app.experiments.gaussian import Gaussians, Means
from app.networks.choice import Choice, resolve
from app.networks.dense import DenseSpec, Layer
from app.networks.initializers import INITIALIZERS

EPS = LayerNormOptions().eps

UNIT_MEANS = "the theory is of weights whose mean is 0"
MIXING = "the theory is of activations that act on each unit alone"
GROWING = "with residual connections variances grow from layer to layer and settle nowhere"
FEW_LAYERS = "there is a fixed point only where all layers but the first and the last are alike"


@dataclass(frozen=True)
class Prediction:
    """What theory says of one layer or time step; NaN where it says nothing.

    ``factor``: the mean square gradient of z here over that one layer or step later.
    """

    z_variance: float
    grad_z_rms: float
    factor: float


@dataclass(frozen=True)
class Theory:
    """Predictions by layer or time step, and where the recursion leads; NaN for what is unknown.

    ``sigma_w`` and ``sigma_b``: standard deviations of a unit's weighted sum, for inputs of mean
    square 1, and of its bias. ``q``: the fixed point of the variance of z that is reached from
    these inputs. ``chi``: the factor of the mean square gradient there, χ₁. ``unknown`` says why
    something is not known.
    """

    predictions: tuple[Prediction, ...]
    sigma_w: float = math.nan
    sigma_b: float = math.nan
    q: float = math.nan
    chi: float = math.nan
    unknown: str | None = None


@dataclass(frozen=True)
class Map:
    """From the activations below to z: variances of z per mean square of them, and of the bias."""

    gain: float
    back: float
    bias_mean: float
    bias_variance: float

    def variance(self, square: float) -> float:
        """The variance of z for activations of this mean square."""
        return self.gain * square + self.bias_variance


def make_map(fan_in: int, fan_out: int, weights: Choice, bias: Choice | None) -> Map:
    """The map of a matrix of weights of these widths; NaN where their mean is not 0.

    ``gain`` is fan_in Var(w), ``back`` is fan_out Var(w), for the way back.
    """
    initializer, options = resolve(INITIALIZERS, weights, "/initializer")
    mean, variance = initializer.moments(fan_in, fan_out, options)
    if mean != 0.0:
        variance = math.nan
    bias_mean = bias_variance = 0.0
    if bias is not None:
        drawn, chosen = resolve(INITIALIZERS, bias, "/bias_initializer")
        bias_mean, bias_variance = drawn.moments(fan_in, fan_out, chosen)
    return Map(fan_in * variance, fan_out * variance, bias_mean, bias_variance)


@dataclass(frozen=True)
class _State:
    """Mean and mean square of the activations that go into a layer."""

    mean: float
    square: float


def predict_dense(
    spec: DenseSpec, input_square: float, gaussians: Gaussians | None = None
) -> Theory:
    """The theory of a dense network for inputs of mean 0 and this mean square.

    Theories of many networks that share their ``gaussians`` cost less.
    """
    gaussians = gaussians or Gaussians()
    maps = [_map_of(spec, number) for number in range(len(spec.layers))]
    state = _State(0.0, input_square)
    variances, slopes = [], []
    for layer, linear in zip(spec.layers, maps, strict=True):
        variances.append(linear.variance(state.square))
        means = _average(gaussians, layer, linear.bias_mean, variances[-1])
        slopes.append(means.slope_square)
        state = _pass_on(layer, state, means)
    grads, to_a = [], 1.0
    for layer, linear, slope in zip(
        reversed(spec.layers), reversed(maps), reversed(slopes), strict=True
    ):
        to_z = slope * to_a
        grads.append(to_z)
        to_a = linear.back * to_z + (to_a if layer.residual else 0.0)
    grads.reverse()
    return _add_fixed_point(spec, maps, gaussians, tuple(_list_predictions(variances, grads)))


def _average(gaussians: Gaussians, layer: Layer, mean: float, variance: float) -> Means:
    """Means of the layer's activation; the slope is that of the normalization too."""
    if not layer.layer_norm:
        return gaussians.average(layer.activation, mean, variance)
    means = gaussians.average(layer.activation, 0.0, variance / (variance + EPS))
    return replace(means, slope_square=means.slope_square / (variance + EPS))


def _pass_on(layer: Layer, below: _State, means: Means) -> _State:
    if not layer.residual:
        return _State(means.value, means.square)
    square = means.square + below.square + 2 * means.value * below.mean
    return _State(means.value + below.mean, square)


def _list_predictions(variances: list[float], grads: list[float]) -> Iterator[Prediction]:
    for number, (variance, grad) in enumerate(zip(variances, grads, strict=True)):
        later = grads[number + 1] if number + 1 < len(grads) else 0.0
        yield Prediction(variance, math.sqrt(grad), grad / later if later else math.nan)


def _map_of(spec: DenseSpec, number: int) -> Map:
    layer = spec.layers[number]
    fan_in = spec.layers[number - 1].units if number else spec.inputs
    return make_map(fan_in, layer.units, layer.initializer, _bias_choice(spec, layer))


def _bias_choice(spec: DenseSpec, layer: Layer) -> Choice | None:
    if not layer.use_bias:
        return None
    # Only PyTorch's rule draws the bias with the weight; elsewhere it starts at 0.
    drawn = layer.initializer.name == "pytorch_default"
    return spec.bias_initializer or (layer.initializer if drawn else None)


def _add_fixed_point(
    spec: DenseSpec,
    maps: Sequence[Map],
    gaussians: Gaussians,
    predictions: tuple[Prediction, ...],
) -> Theory:
    unknown = _find_unknown(spec, maps)
    inner = spec.layers[1:-1]
    if unknown is not None:
        return Theory(predictions, unknown=unknown)
    alike = bool(inner) and spec.layers[0].units == inner[0].units
    if not alike or any(below != above for below, above in pairwise(inner)):
        return Theory(predictions, unknown=FEW_LAYERS)
    if inner[0].residual:
        return Theory(predictions, unknown=GROWING)
    return find_limit(predictions, maps[1], inner[0], predictions[0].z_variance, gaussians)


def _find_unknown(spec: DenseSpec, maps: Sequence[Map]) -> str | None:
    for number, (layer, linear) in enumerate(zip(spec.layers, maps, strict=True), start=1):
        if math.isnan(linear.gain):
            return f"layer {number}: {UNIT_MEANS}"
        if number < len(maps) and not ACTIVATIONS[layer.activation.name].elementwise:
            return f"layer {number}: {MIXING}"
    return None


def find_limit(
    predictions: tuple[Prediction, ...],
    linear: Map,
    layer: Layer,
    start: float,
    gaussians: Gaussians,
) -> Theory:
    """The theory with the fixed point of one layer's map, repeated from a variance of z."""

    def step(q: float) -> float:
        return linear.variance(_average(gaussians, layer, linear.bias_mean, q).square)

    q = find_fixed_point(step, start)
    # A fixed point that is infinite or 0 is approached, and so is the slope there.
    near = min(max(q, 1e-30), 1e30)
    chi = linear.back * _average(gaussians, layer, linear.bias_mean, near).slope_square
    sigma_b = math.sqrt(linear.bias_variance)
    return Theory(predictions, math.sqrt(linear.gain), sigma_b, q, chi)
