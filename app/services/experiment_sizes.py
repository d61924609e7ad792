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


def check_trial(
    configuration: FlowConfiguration, seeds: int, limits: Limits, work_limit: str = "work"
) -> None:
    """Raise ``LimitError`` for a configuration that is too large to be run under ``seeds``.

    ``work_limit`` names the limit on its work. Raises ``NetworkError`` for one that is no
    experiment at all.
    """
    spec = configuration.network
    if isinstance(spec, ExpressionSpec):
        detail = "expected one of: dense, recurrent"
        raise NetworkError("/network/kind", detail, "unknown_kind")
    if isinstance(spec, DenseSpec) and configuration.time_steps is not None:
        detail = "only a recurrent network has time steps; leave it out"
        raise NetworkError("/time_steps", detail, "unknown_field")
    if isinstance(spec, RecurrentSpec) and configuration.repeat > 1:
        detail = "only a dense network has layers to repeat; leave it out"
        raise NetworkError("/repeat", detail, "unknown_field")
    batch, steps = configuration.batch, count_steps(configuration)
    require(batch, limits, "batch", "/batch", "samples")
    if isinstance(spec, DenseSpec):
        depth = len(spec.layers) * configuration.repeat
        where = "/repeat" if configuration.repeat > 1 else "/network/layers"
        require(depth, limits, "layers", where, "layers")
        spec = spec.model_copy(update={"layers": spec.layers * configuration.repeat})
    require(steps, limits, "time_steps", "/time_steps", "time steps")
    widest = _check_widths(spec, limits)
    parameters = count_parameters(spec)
    messages = parameters * steps if isinstance(spec, RecurrentSpec) else 0
    numbers = PARAMETER_COPIES * parameters + messages + batch * steps * numbers_per_sample(spec)
    what = "numbers in one run: parameters, values, gradients"
    require(numbers, limits, "experiment_numbers", widest, what)
    work = parameters * max(batch, SMALLEST_BATCH) * steps * seeds
    what = "weights and biases times samples (at least 32) times time steps times seeds"
    require(work, limits, work_limit, widest, what)


def _check_widths(spec: DenseSpec | RecurrentSpec, limits: Limits) -> str:
    """Where a network has its width."""
    require(spec.inputs, limits, "inputs", "/network/inputs", "inputs")
    if isinstance(spec, RecurrentSpec):
        require(spec.units, limits, "units_per_layer", "/network/units", "units in a cell")
        require(spec.outputs, limits, "outputs", "/network/outputs", "outputs")
        return "/network/units"
    for number, layer in enumerate(spec.layers):
        where = f"/network/layers/{number}/units"
        require(layer.units, limits, "units_per_layer", where, "units in a layer")
    return "/network/layers"
