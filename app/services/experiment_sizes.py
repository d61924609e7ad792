"""Whether an experiment is within the limits, by arithmetic and before anything is allocated."""

from app.networks.errors import NetworkError
from app.schemas.flow import FlowConfiguration
from app.schemas.specs import DenseSpec, ExpressionSpec, RecurrentSpec
from app.services.sizes import count_parameters, numbers_per_sample, require
from app.settings import Limits

PARAMETER_COPIES = 3
"""As drawn, in the program, and their gradients."""
SMALLEST_BATCH = 32
"""Drawing a weight costs about as much as running that many samples through it."""
TIME_STEPS = 50
"""Of a recurrent network's sequences unless a request says otherwise."""


def count_steps(configuration: FlowConfiguration) -> int:
    """How many time steps a run has; 1 for a dense network."""
    if isinstance(configuration.network, RecurrentSpec):
        return TIME_STEPS if configuration.time_steps is None else configuration.time_steps
    return 1


def check_trial(configuration: FlowConfiguration, seeds: int, limits: Limits, pointer: str) -> None:
    """Raise ``LimitError`` for a configuration that is too large to be run under ``seeds``.

    Raises ``NetworkError`` for one that is no experiment at all.
    """
    spec, place = configuration.network, f"{pointer}/network"
    if isinstance(spec, ExpressionSpec):
        detail = "expected one of: dense, recurrent"
        raise NetworkError(f"{place}/kind", detail, "unknown_kind")
    if configuration.time_steps is not None and isinstance(spec, DenseSpec):
        detail = "only a recurrent network has time steps; leave it out"
        raise NetworkError(f"{pointer}/time_steps", detail, "unknown_field")
    batch, steps = configuration.batch, count_steps(configuration)
    require(batch, limits, "batch", f"{pointer}/batch", "samples")
    require(steps, limits, "time_steps", f"{pointer}/time_steps", "time steps")
    widest = _check_widths(spec, limits, place)
    parameters = count_parameters(spec)
    messages = parameters * steps if isinstance(spec, RecurrentSpec) else 0
    numbers = PARAMETER_COPIES * parameters + messages + batch * steps * numbers_per_sample(spec)
    what = "numbers in one run: parameters, values, gradients"
    require(numbers, limits, "experiment_numbers", widest, what)
    work = parameters * max(batch, SMALLEST_BATCH) * steps * seeds
    what = "weights and biases times samples (at least 32) times time steps times seeds"
    require(work, limits, "work", widest, what)


def _check_widths(spec: DenseSpec | RecurrentSpec, limits: Limits, place: str) -> str:
    """Where a network has its width."""
    require(spec.inputs, limits, "inputs", f"{place}/inputs", "inputs")
    if isinstance(spec, RecurrentSpec):
        require(spec.units, limits, "units_per_layer", f"{place}/units", "units in a cell")
        require(spec.outputs, limits, "outputs", f"{place}/outputs", "outputs")
        return f"{place}/units"
    require(len(spec.layers), limits, "layers", f"{place}/layers", "layers")
    for number, layer in enumerate(spec.layers):
        where = f"{place}/layers/{number}/units"
        require(layer.units, limits, "units_per_layer", where, "units in a layer")
    return f"{place}/layers"
