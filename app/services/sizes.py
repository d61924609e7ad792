"""Whether a request is within the limits, by arithmetic and before anything is allocated."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from app.engine.op import Array
from app.networks.cells import CELLS
from app.networks.errors import NetworkError
from app.networks.expression import list_names
from app.networks.formula import count_parts
from app.schemas.specs import AnySpec, DenseSpec, ExpressionSpec, RecurrentSpec
from app.settings import Limits

RUN_NUMBERS_PER_NODE = 3
"""Value, gradient and message of one unit's z, or a, or what stands between."""
RUN_NUMBERS_PER_OUTPUT = 20
"""The same for the nodes inside a loss, at most."""
COPIES = {
    "forward": 1,
    "backward": 4,
    "step_alone": 4,
    "step": 10,
    "trace": 14,
    "explain": 4,
    "gradient-check": 8,
    "nudge": 8,
    "train": 20,
}
"""How often an answer holds every parameter, at most: values, gradients, updates, documents."""


class LimitError(NetworkError):
    """More than one request may ask for; ``limit`` is the setting's name.

    In a formula, ``place`` is where it is passed: position and length.
    """

    def __init__(
        self,
        pointer: str,
        detail: str,
        limit: str,
        maximum: int,
        *,
        place: tuple[int, int] | None = None,
    ) -> None:
        self.limit = limit
        self.maximum = maximum
        self.place = place
        super().__init__(pointer, detail, "limit_exceeded")


def require(actual: int, limits: Limits, limit: str, pointer: str, what: str) -> None:
    """Raise ``LimitError`` when ``actual`` is past the limit of that name."""
    maximum: int = getattr(limits, limit)
    if actual > maximum:
        raise LimitError(pointer, f"at most {maximum} {what}", limit, maximum)


def count_parameters(spec: AnySpec) -> int:
    """How many numbers the network learns."""
    if isinstance(spec, ExpressionSpec):
        return len(spec.parameters)
    if isinstance(spec, RecurrentSpec):
        rows = _gates(spec) * spec.units
        return rows * (spec.inputs + spec.units + 1) + spec.outputs * (spec.units + 1)
    sizes = [spec.inputs, *(layer.units for layer in spec.layers)]
    weights = sum(below * above for below, above in pairwise(sizes))
    biases = sum(1 if layer.shared_bias else layer.units for layer in spec.layers if layer.use_bias)
    return weights + biases


def check_spec(spec: AnySpec, limits: Limits, pointer: str) -> None:
    """Raise ``LimitError`` for a network that is too large; ``pointer`` is where the spec is."""
    if isinstance(spec, ExpressionSpec):
        check_expression(spec, limits, pointer)
    elif isinstance(spec, RecurrentSpec):
        check_recurrent(spec, limits, pointer)
    else:
        check_dense(spec, limits, pointer)


def check_dense(spec: DenseSpec, limits: Limits, pointer: str) -> None:
    """Raise ``LimitError`` for a dense network that is too large."""
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


def check_recurrent(spec: RecurrentSpec, limits: Limits, pointer: str) -> None:
    """Raise ``LimitError`` for a recurrent network that is too large."""
    require(spec.inputs, limits, "inputs", f"{pointer}/inputs", "inputs")
    require(spec.units, limits, "units_per_layer", f"{pointer}/units", "units in a cell")
    require(spec.outputs, limits, "outputs", f"{pointer}/outputs", "outputs")
    require(count_parameters(spec), limits, "parameters", f"{pointer}/units", "weights and biases")


def check_expression(spec: ExpressionSpec, limits: Limits, pointer: str) -> None:
    """Raise ``LimitError`` for a formula that is too large, ``FormulaError`` for none."""
    text, where = spec.expression, f"{pointer}/expression"
    if len(text) > (most := limits.expression_characters):
        rest = most, len(text) - most
        detail = f"at most {most} characters"
        raise LimitError(where, detail, "expression_characters", most, place=rest)
    try:
        parts, names = count_parts(text, limits.expression_depth), len(list_names(text))
    except NetworkError as error:
        error.pointer = pointer + error.pointer
        raise
    for count, limit, what in (
        (parts, "expression_nodes", "numbers, names and operations"),
        (names, "expression_names", "names"),
    ):
        most = getattr(limits, limit)
        if count > most:
            raise LimitError(where, f"at most {most} {what}", limit, most, place=(0, len(text)))


def check_run(
    spec: AnySpec,
    inputs: Any,
    operation: str,
    view: str,
    limits: Limits,
    *,
    pointer: str,
) -> None:
    """Raise ``LimitError`` for a run that is too large, or whose answer would be.

    ``inputs`` are the request's; whether they fit the network is not looked at.
    """
    if isinstance(spec, ExpressionSpec):
        check_points(spec, inputs, limits)
        return
    batch = len(inputs)
    steps = _count_steps(spec, inputs)
    parameters = count_parameters(spec)
    require(batch, limits, "batch", "/inputs", "samples")
    require(steps, limits, "time_steps", "/inputs/0", "time steps")
    what = "weights and biases times samples"
    what += " times time steps" if isinstance(spec, RecurrentSpec) else ""
    require(parameters * batch * steps, limits, "work", "/inputs", what)
    if view == "units":
        what = "weights and biases in the units view"
        require(parameters, limits, "parameters_in_units_view", f"{pointer}/layers", what)
    copied = COPIES[operation] * parameters
    if isinstance(spec, RecurrentSpec) and operation != "forward":
        # Every time step sends a message of its own to the shared weights.
        copied += steps * parameters
    where = "units" if isinstance(spec, RecurrentSpec) else "layers"
    place = f"{pointer}/{where}" if copied > limits.run_numbers else "/inputs"
    what = "values and gradients in one run and its answer"
    total = copied + batch * steps * numbers_per_sample(spec)
    require(total, limits, "run_numbers", place, what)


def check_training(
    spec: AnySpec, inputs: Array, batch: int | None, limits: Limits, *, pointer: str
) -> None:
    """Raise ``LimitError`` when a step, or a look at all samples, would be too large.

    ``inputs`` are (samples, features) or (samples, time, features); an expression has none.
    """
    if isinstance(spec, ExpressionSpec):
        return
    rows, steps = len(inputs), inputs.shape[1] if inputs.ndim == 3 else 1
    parameters, size = count_parameters(spec), min(batch or rows, rows)
    require(size, limits, "batch", "/batch_size", "samples in a batch")
    require(steps, limits, "time_steps", "/data", "time steps")
    what = "weights and biases times samples times time steps"
    require(parameters * rows * steps, limits, "work", "/data", what)
    copied = (COPIES["train"] + (2 * steps if steps > 1 else 0)) * parameters
    where = "units" if isinstance(spec, RecurrentSpec) else "layers"
    place = f"{pointer}/{where}" if copied > limits.run_numbers else "/data"
    what = "values and gradients in the runs of a training"
    numbers = copied + (rows + size) * steps * numbers_per_sample(spec)
    require(numbers, limits, "run_numbers", place, what)


def check_points(spec: ExpressionSpec, inputs: Any, limits: Limits) -> None:
    """Raise ``LimitError`` when a formula is to run at too many points."""
    values = inputs.values() if isinstance(inputs, Mapping) else []
    points = max((len(value) for value in values if isinstance(value, list)), default=1)
    require(points, limits, "points", "/inputs", "points")
    parts = count_parts(spec.expression, limits.expression_depth)
    what = "values and gradients in one run and its answer"
    require(3 * parts * points, limits, "run_numbers", "/inputs", what)


def _count_steps(spec: AnySpec, inputs: Any) -> int:
    first = inputs[0] if isinstance(inputs, list) and inputs else []
    return len(first) if isinstance(spec, RecurrentSpec) else 1


def _gates(spec: RecurrentSpec) -> int:
    # An unknown cell is refused later, with the names of the others.
    return CELLS[spec.cell].gates if spec.cell in CELLS else 1


def numbers_per_sample(spec: DenseSpec | RecurrentSpec) -> int:
    """Values, gradients and messages of one sample, at one time step."""
    if isinstance(spec, RecurrentSpec):
        # Two linear maps, their sum, its parts and the gates; products and states. Each has a
        # value, a gradient, and often two messages.
        cell = 4 * (5 * _gates(spec) + 8) * spec.units
        return cell + RUN_NUMBERS_PER_OUTPUT * spec.outputs + 3 * spec.inputs
    nodes = sum(layer.units * (2 + layer.layer_norm + layer.residual) for layer in spec.layers)
    loss = RUN_NUMBERS_PER_OUTPUT * spec.layers[-1].units
    return RUN_NUMBERS_PER_NODE * nodes + loss + 3 * spec.inputs
