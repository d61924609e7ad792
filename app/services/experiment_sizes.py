"""Whether an experiment is within the limits, by arithmetic and before anything is allocated."""

from app.networks.errors import NetworkError
from app.schemas.flow import FlowConfiguration
from app.schemas.specs import DenseSpec
from app.services.sizes import count_parameters, require
from app.settings import Limits

PARAMETER_COPIES = 3
"""As drawn, in the program, and their gradients."""
NUMBERS_PER_UNIT = 6
"""Value, gradient and message of z and of a."""
SMALLEST_BATCH = 32
"""Drawing a weight costs about as much as running that many samples through it."""


def check_trial(configuration: FlowConfiguration, seeds: int, limits: Limits, pointer: str) -> None:
    """Raise ``LimitError`` for a configuration that is too large to be run under ``seeds``."""
    spec, place = configuration.network, f"{pointer}/network"
    require(configuration.batch, limits, "batch", f"{pointer}/batch", "samples")
    if configuration.time_steps is not None:
        detail = "only a recurrent network has time steps; leave it out"
        raise NetworkError(f"{pointer}/time_steps", detail, "unknown_field")
    numbers = _check_dense(spec, configuration.batch, limits, place)
    what = "numbers in one run: parameters, values, gradients"
    widest = f"{place}/layers"
    require(numbers, limits, "experiment_numbers", widest, what)
    work = count_parameters(spec) * max(configuration.batch, SMALLEST_BATCH) * seeds
    what = "weights and biases times samples (at least 32) times seeds"
    require(work, limits, "work", widest, what)


def _check_dense(spec: DenseSpec, batch: int, limits: Limits, place: str) -> int:
    require(len(spec.layers), limits, "layers", f"{place}/layers", "layers")
    require(spec.inputs, limits, "inputs", f"{place}/inputs", "inputs")
    for number, layer in enumerate(spec.layers):
        where = f"{place}/layers/{number}/units"
        require(layer.units, limits, "units_per_layer", where, "units in a layer")
    units = spec.inputs + sum(layer.units for layer in spec.layers)
    return PARAMETER_COPIES * count_parameters(spec) + batch * NUMBERS_PER_UNIT * units
