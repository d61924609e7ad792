"""The same theory through time, and what the eigenvalues of the recurrent weights bound.

Chen, Pennington and Schoenholz, "Dynamical isometry and a mean field theory of RNNs", 2018: as for
a deep network whose layers are time steps, each fed by an input of its own. The theory takes the
weights of different steps as independent, which they are not; in wide networks that changes little.

A factor of a step is bounded whatever the distribution: |dL/dh_{t-1}| ≤ γ σ_max(W_hh) |dL/dh_t|,
γ being the activation's steepest slope (Pascanu, Mikolov and Bengio, "On the difficulty of training
recurrent neural networks", 2013).
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from app.engine.op import Array
from app.engine.ops import ACTIVATIONS
from app.experiments.gaussian import Gaussian, Gaussians, Means
from app.experiments.theory import MIXING, UNIT_MEANS, Map, Prediction, Theory, find_limit, make_map
from app.networks.cells import CELLS
from app.networks.choice import Choice
from app.networks.dense import Layer
from app.networks.recurrent import RecurrentSpec, is_cut, supervised_steps

GATED = "the theory is of the simple cell; gates are not in it"


@dataclass(frozen=True)
class Radius:
    """Of one gate's recurrent weights: the largest size of an eigenvalue, and singular value."""

    gate: int
    spectral_radius: float
    largest_singular_value: float


def measure_radii(spec: RecurrentSpec, weights: Array) -> list[Radius]:
    """The radii of every gate of ``cell.weight_hh``, (gates * units, units); NaN if not finite."""
    radii = []
    for gate, block in enumerate(np.split(weights, CELLS[spec.cell].gates), start=1):
        spectral = singular = math.nan
        if np.isfinite(block).all():
            spectral = float(np.abs(np.linalg.eigvals(block)).max())
            singular = float(np.linalg.svd(block, compute_uv=False)[0])
        radii.append(Radius(gate, spectral, singular))
    return radii


def find_slope_bound(spec: RecurrentSpec) -> float:
    """The steepest slope of the cell's activation; NaN for a gated cell, which has several."""
    simple = CELLS[spec.cell].gates == 1 and ACTIVATIONS[spec.activation.name].elementwise
    return Gaussian(spec.activation).find_steepest() if simple else math.nan


def predict_recurrent(
    spec: RecurrentSpec, steps: int, input_square: float, gaussians: Gaussians | None = None
) -> Theory:
    """The theory of a recurrent network for inputs of this mean square at every step.

    Theories of many networks that share their ``gaussians`` cost less.
    """
    nothing = Prediction(math.nan, math.nan, math.nan)
    if CELLS[spec.cell].gates > 1:
        return Theory((nothing,) * steps, unknown=GATED)
    if not ACTIVATIONS[spec.activation.name].elementwise:
        return Theory((nothing,) * steps, unknown=MIXING)
    linear = _map_of_step(spec, input_square)
    gaussians = gaussians or Gaussians()
    variances, means, square = [], [], 0.0
    for _ in range(steps):
        variances.append(linear.variance(square))
        means.append(gaussians.average(spec.activation, linear.bias_mean, variances[-1]))
        square = means[-1].square
    predictions = _send_back(spec, linear, gaussians, means, variances)
    if math.isnan(linear.gain) or math.isnan(linear.bias_variance):
        return Theory(predictions, unknown=UNIT_MEANS)
    layer = Layer(spec.units, spec.activation)
    return find_limit(predictions, linear, layer, variances[0], gaussians)


def _map_of_step(spec: RecurrentSpec, input_square: float) -> Map:
    """The map of one time step; what the input adds counts as part of the bias."""
    initializer = spec.recurrent_initializer
    hidden = make_map(spec.units, spec.units, initializer, _bias_choice(spec, initializer))
    entering = make_map(spec.inputs, spec.units, spec.initializer, None)
    return replace(hidden, bias_variance=hidden.bias_variance + entering.variance(input_square))


def _bias_choice(spec: RecurrentSpec, weights: Choice) -> Choice | None:
    drawn = weights.name == "pytorch_default"
    return spec.bias_initializer or (weights if drawn else None)


def _send_back(
    spec: RecurrentSpec,
    linear: Map,
    gaussians: Gaussians,
    means: list[Means],
    variances: list[float],
) -> tuple[Prediction, ...]:
    steps = len(means)
    output = make_map(
        spec.units, spec.outputs, spec.initializer, _bias_choice(spec, spec.initializer)
    )
    supervised, later, predictions = supervised_steps(spec, steps), math.nan, []
    for time in reversed(range(1, steps + 1)):
        here = means[time - 1]
        arrives = 0.0
        if time in supervised:
            shown = gaussians.average(
                spec.output_activation, output.bias_mean, output.variance(here.square)
            )
            arrives += output.back * shown.slope_square
        if time < steps and not is_cut(spec, time, steps):
            arrives += linear.back * later
        grad = arrives * here.slope_square
        factor = grad / later if time < steps and later else math.nan
        predictions.append(Prediction(variances[time - 1], math.sqrt(grad), factor))
        later = grad
    return tuple(reversed(predictions))
