"""Whether a request is within the limits, by arithmetic and before anything is allocated."""

from itertools import pairwise

from app.networks.errors import NetworkError
from app.schemas.specs import DenseSpec
from app.settings import Limits

RUN_NUMBERS_PER_UNIT = 6
"""Value, gradient and message of z and of a."""
RUN_NUMBERS_PER_OUTPUT = 20
"""The same for the nodes inside a loss, at most."""
COPIES = {"forward": 1, "backward": 4, "step": 10, "trace": 14}
"""How often an answer holds every parameter, at most: values, gradients, updates, documents."""


class LimitError(NetworkError):
    """More than one request may ask for; ``limit`` is the setting's name."""

    def __init__(self, pointer: str, detail: str, limit: str, maximum: int) -> None:
        self.limit = limit
        self.maximum = maximum
        super().__init__(pointer, detail, "limit_exceeded")


def require(actual: int, limits: Limits, limit: str, pointer: str, what: str) -> None:
    """Raise ``LimitError`` when ``actual`` is past the limit of that name."""
    maximum: int = getattr(limits, limit)
    if actual > maximum:
        raise LimitError(pointer, f"at most {maximum} {what}", limit, maximum)


def count_parameters(spec: DenseSpec) -> int:
    """How many numbers the network learns."""
    sizes = [spec.inputs, *(layer.units for layer in spec.layers)]
    weights = sum(below * above for below, above in pairwise(sizes))
    biases = sum(1 if layer.shared_bias else layer.units for layer in spec.layers if layer.use_bias)
    return weights + biases


def check_spec(spec: DenseSpec, limits: Limits, pointer: str) -> None:
    """Raise ``LimitError`` for a network that is too large; ``pointer`` is where the spec is."""
    last = len(spec.layers) - 1
    require(len(spec.layers), limits, "layers", f"{pointer}/layers", "layers")
    require(spec.inputs, limits, "inputs", f"{pointer}/inputs", "inputs")
    for number, layer in enumerate(spec.layers):
        place = f"{pointer}/layers/{number}/units"
        require(layer.units, limits, "units_per_layer", place, "units in a layer")
    place = f"{pointer}/layers/{last}/units"
    require(spec.layers[last].units, limits, "outputs", place, "outputs")
    total = sum(layer.units for layer in spec.layers)
    require(total, limits, "units", f"{pointer}/layers", "units in all layers together")
    require(count_parameters(spec), limits, "parameters", f"{pointer}/layers", "weights and biases")


def check_run(
    spec: DenseSpec, batch: int, operation: str, view: str, limits: Limits, *, pointer: str
) -> None:
    """Raise ``LimitError`` for a run that is too large, or whose answer would be."""
    parameters = count_parameters(spec)
    require(batch, limits, "batch", "/inputs", "samples")
    require(parameters * batch, limits, "work", "/inputs", "weights and biases times samples")
    if view == "units":
        what = "weights and biases in the units view"
        require(parameters, limits, "parameters_in_units_view", f"{pointer}/layers", what)
    units = sum(layer.units for layer in spec.layers)
    per_sample = (
        RUN_NUMBERS_PER_UNIT * units
        + RUN_NUMBERS_PER_OUTPUT * spec.layers[-1].units
        + 3 * spec.inputs
    )
    copied = COPIES[operation] * parameters
    place = f"{pointer}/layers" if copied > limits.run_numbers else "/inputs"
    what = "values and gradients in one run and its answer"
    require(copied + batch * per_sample, limits, "run_numbers", place, what)
