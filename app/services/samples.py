"""The task of a training: samples as leaves of the network's graph, and how to read its outputs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.datasets.data import Data, Encoding
from app.datasets.features import apply_features
from app.engine.op import Array
from app.engine.ops import ACTIVATIONS
from app.engine.tape import Tape
from app.networks.choice import Choice
from app.networks.data import read_rows, read_sequences
from app.networks.dense import DenseSpec, name_masks
from app.networks.errors import NetworkError
from app.networks.expression import ExpressionSpec
from app.networks.kinds import Spec, kind_of
from app.networks.losses import LOSSES
from app.networks.recurrent import RecurrentSpec
from app.schemas.datasets import DrawnData, GivenData
from app.services.datasets import draw_data, encode, placed
from app.services.documents import below
from app.services.programs import Resources
from app.services.sizes import require
from app.services.wire import Payload, plain
from app.settings import Limits
from app.training.binding import Build, Drop, Samples

Learnable = DenseSpec | RecurrentSpec
"""The kinds of network that learn from samples."""


@dataclass(frozen=True)
class Rows:
    """The samples that a request asks for, ``axes`` being how many inputs they had before features.

    ``inputs`` are (samples, [time,] features), ``targets`` (samples, [time,] outputs).
    """

    inputs: Array
    targets: Array
    axes: int


@dataclass(frozen=True)
class Task:
    """Samples for a network. ``targets`` are (samples, ..., outputs), ``boundary`` the loss's."""

    samples: Samples
    targets: Array
    boundary: float | None
    build: Build
    drops: Mapping[str, Drop]
    read_outputs: Callable[[Tape], Array]


def require_learnable(spec: Spec) -> Learnable:
    """Raise ``NetworkError`` for a network that has nothing to learn from samples."""
    if isinstance(spec, ExpressionSpec):
        detail = "expected a dense or a recurrent network: a formula has no targets to learn"
        raise NetworkError("/network", detail, "wrong_kind")
    return spec


def read_samples(request: DrawnData | GivenData, spec: Learnable, limits: Limits) -> Rows:
    """The samples for a network that a request's ``data`` asks for."""
    if isinstance(request, DrawnData):
        data = draw_data(request, limits, "/data")
        inputs = data.inputs
        targets = encode(data, request.encoding or choose_encoding(data, spec), "/data")
        if inputs.ndim == 3 and isinstance(spec, RecurrentSpec) and spec.loss_at == "last":
            targets = targets[:, -1]
    else:
        inputs = _read_given(request.inputs, "inputs", limits, "/data")
        targets = _read_given(request.targets, "targets", limits, "/data")
    axes = inputs.shape[-1]
    if request.features is not None:
        with placed("/data"):
            inputs = apply_features(request.features, inputs)
    if (inputs.ndim == 3) != isinstance(spec, RecurrentSpec):
        wanted = "a recurrent network" if inputs.ndim == 3 else "a dense network"
        detail = f"expected {wanted} for this data, or other data"
        raise NetworkError("/data", detail, "wrong_kind")
    _check_width(inputs, spec.inputs, "/data/inputs", "input", "inputs")
    _check_width(targets, spec.outputs, "/data/targets", "output", "targets")
    return Rows(inputs, targets, axes)


def tell_given(request: GivenData, resources: Resources) -> Payload:
    """Samples as they were given, with the features that are asked for."""
    limits = resources.limits
    inputs = _read_given(request.inputs, "inputs", limits, "")
    targets = _read_given(request.targets, "targets", limits, "")
    if len(targets) != len(inputs):
        detail = f"expected {len(inputs)} samples, as many as inputs, got {len(targets)}"
        raise NetworkError("/targets", detail, "wrong_shape")
    columns = [f"x{number}" for number in range(1, inputs.shape[-1] + 1)]
    if request.features is not None:
        columns = request.features
        with placed(""):
            inputs = apply_features(request.features, inputs)
    return {
        "inputs": plain(inputs),
        "targets": plain(targets),
        "columns": columns,
        "outputs": [f"y{number}" for number in range(1, targets.shape[-1] + 1)],
        "classes": [],
        "labels": None,
        "encoding": "numbers",
    }


def make_task(rows: Rows, spec: Learnable) -> Task:
    """The task that ``rows`` make of a network."""
    kind = kind_of(spec)
    with below("/data"):
        batch = kind.read_batch(spec, rows.inputs.tolist(), rows.targets.tolist(), None)
    return Task(
        Samples(batch.leaves, batch.size),
        rows.targets,
        LOSSES[spec.loss.name].boundary,
        lambda shapes: kind.build_graph(spec, shapes),
        list_drops(spec),
        lambda tape: kind.read_outputs(spec, tape),
    )


def list_drops(spec: Spec) -> dict[str, Drop]:
    """The masks that a step of training has, by the leaf that holds one."""
    masks = name_masks(spec) if isinstance(spec, DenseSpec) else {}
    return {name: Drop(layer.units, layer.dropout) for name, layer in masks.items()}


def choose_encoding(data: Data, spec: Learnable) -> Encoding:
    """How a network takes classes: as its loss wants them, else as its output can reach them."""
    if not data.classes:
        return "numbers"
    if spec.outputs > 1 or len(data.classes) > 2:
        return "one_hot"
    wanted = LOSSES[spec.loss.name].targets
    if wanted == "any":
        return "signs" if goes_below_zero(_last_activation(spec)) else "zero_one"
    return "signs" if wanted == "signs" else "zero_one"


def _read_given(values: Any, name: str, limits: Limits, pointer: str) -> Array:
    place = f"/{name}"
    require(len(values), limits, "dataset_rows", f"{pointer}{place}", "samples")
    first = values[0] if values else []
    row = first[0] if first and isinstance(first[0], list) else first
    require(len(row), limits, "dataset_columns", f"{pointer}{place}/0", "numbers in a sample")
    with below(pointer):
        if not row:
            detail = "expected samples, with at least one number each"
            raise NetworkError(place, detail, "wrong_shape")
        if row is not first:
            return read_sequences(values, len(row), None, place)
        return read_rows(values, len(row), place)


def _check_width(values: Array, wanted: int, pointer: str, one: str, what: str) -> None:
    width = values.shape[-1]
    if width != wanted:
        many = "" if width == 1 else "s"
        detail = (
            f"the data has {width} {what} per sample: expected a network with {width} {one}{many}, "
            f"or data with {wanted}"
        )
        raise NetworkError(pointer, detail, "wrong_shape")


def _last_activation(spec: Learnable) -> Choice:
    return spec.layers[-1].activation if isinstance(spec, DenseSpec) else spec.output_activation


def goes_below_zero(activation: Choice) -> bool:
    """Whether an activation reaches values clearly below zero."""
    # Asked of the op itself, at the end of its range: sigmoid and relu stay above, tanh does not.
    op = ACTIVATIONS[activation.name]
    options = {**vars(op.options()), **activation.options}
    with np.errstate(all="ignore"):
        return bool(np.min(op.definition(np.array([[-30.0, -1.0]]), **options)) < -0.1)
