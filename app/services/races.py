"""Surfaces of a loss over two numbers, and optimizers raced on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.op import Array
from app.experiments.functions import SURFACES, Point, Range
from app.experiments.race import Run, evaluate_function, race_on_function, race_on_slice
from app.experiments.slices import Slice, measure_slice
from app.insight.microscope import read_slots, tell_rule
from app.networks.choice import resolve
from app.networks.dense import DenseSpec
from app.networks.errors import NetworkError
from app.networks.expression import list_names
from app.schemas import specs
from app.schemas.race import (
    FormulaSurface,
    FunctionSurface,
    RaceRequest,
    SliceSurface,
    StepChoice,
    SurfaceRequest,
)
from app.services.admission import check_deadline
from app.services.documents import locate_spec, read_choice, read_document
from app.services.microscope import read_parameter_entry
from app.services.programs import Resources
from app.services.samples import Rows, make_task, read_samples, require_learnable
from app.services.sizes import (
    LimitError,
    check_expression,
    check_spec,
    check_training,
    count_parameters,
    require,
)
from app.services.wire import Payload, plain
from app.settings import Limits
from app.training.loop import Plan
from app.training.optimizers import OPTIMIZERS, Optimizer, Update

USUAL_SIZE = 100
USUAL_ROWS = 400_000
"""So many samples times points run in about a third of a second in a small network."""
USUAL_REACH = 3.0
MEMORY = 24
"""So many steps up to an explained one are told."""


@dataclass(frozen=True)
class _Function:
    expression: str
    names: tuple[str, str]
    x: Range
    y: Range
    start: Point
    minimum: Point | None


@dataclass(frozen=True)
class _Part:
    slice: Slice
    rows: Rows
    parameters: int


def measure_surface(request: SurfaceRequest, resources: Resources) -> Payload:
    """The loss at every point of a grid."""
    found = _read_surface(request.surface, resources.limits)
    if isinstance(found, _Function):
        ranges, center, names = (found.x, found.y), found.start, found.names
        size, samples, minimum = request.size or USUAL_SIZE, None, found.minimum
    else:
        center, names = found.slice.center, _name_axes(found.slice)
        first, second = ((value - USUAL_REACH, value + USUAL_REACH) for value in center)
        ranges = first, second
        samples, minimum = len(found.rows.inputs), None
        size = request.size or max(2, min(USUAL_SIZE, int((USUAL_ROWS / samples) ** 0.5)))
        what = "weights and biases times samples times points"
        work = found.parameters * samples * size**2
        require(work, resources.limits, "work", "/size", what)
    x, y = _spread(request.x or ranges[0], size), _spread(request.y or ranges[1], size)
    points = np.stack([np.tile(x, size), np.repeat(y, size)], axis=1)
    if isinstance(found, _Function):
        losses = evaluate_function(found.expression, found.names, points)
    else:
        leaves = make_task(found.rows, found.slice.spec).samples.leaves
        losses = measure_slice(found.slice, leaves, points, check_deadline)
    finite = losses[np.isfinite(losses)]
    return {
        "names": list(names),
        "x": plain(x),
        "y": plain(y),
        "losses": plain(losses.reshape(size, size)),
        "lowest": float(finite.min()) if finite.size else None,
        "highest": float(finite.max()) if finite.size else None,
        "center": list(center),
        "minimum": None if minimum is None else list(minimum),
        "samples": samples,
    }


def _spread(ends: Sequence[float], size: int) -> Array:
    return np.linspace(ends[0], ends[1], size)


def race_optimizers(request: RaceRequest, resources: Resources) -> Payload:
    """The ways of several optimizers from the same start."""
    limits = resources.limits
    require(request.steps, limits, "race_steps", "/steps", "steps of a race")
    racers = [
        resolve(OPTIMIZERS, read_choice(choice), f"/optimizers/{number}")
        for number, choice in enumerate(request.optimizers)
    ]
    found = _read_surface(request.surface, limits)
    given = request.start
    if isinstance(found, _Function):
        start = found.start if given is None else (given[0], given[1])
        names = found.names
        runs = race_on_function(
            found.expression, names, start, racers, request.steps, pause=check_deadline
        )
    else:
        start = found.slice.center if given is None else (given[0], given[1])
        names = _name_axes(found.slice)
        samples = len(found.rows.inputs)
        batch = min(request.batch_size or samples, samples)
        what = "weights and biases times samples times steps times optimizers"
        work = found.parameters * (samples + 3 * batch) * request.steps * len(racers)
        require(work, limits, "work", "/steps", what)
        task = make_task(found.rows, found.slice.spec)
        plans = [Plan(*racer, request.batch_size, request.shuffle_seed) for racer in racers]
        runs = race_on_slice(
            found.slice,
            task.samples,
            task.build,
            plans,
            start=start,
            steps=request.steps,
            pause=check_deadline,
        )
    chosen = request.explain
    return {
        "names": list(names),
        "start": list(start),
        "racers": [
            _write_run(choice, run) for choice, run in zip(request.optimizers, runs, strict=True)
        ],
        "explained": None if chosen is None else _explain_step(chosen, racers, runs, names),
    }


def _explain_step(
    chosen: StepChoice,
    racers: Sequence[tuple[Optimizer, Any]],
    runs: Sequence[Run],
    names: tuple[str, str],
) -> Payload:
    if chosen.racer >= len(runs):
        detail = f"expected the place of an optimizer of this race: 0 to {len(runs) - 1}"
        raise NetworkError("/explain/racer", detail, "out_of_range")
    (optimizer, options), run, step = racers[chosen.racer], runs[chosen.racer], chosen.step
    if step > len(run.steps):
        taken = f"1 to {len(run.steps)}" if run.steps else "there is none"
        raise NetworkError("/explain/step", f"expected a step it took: {taken}", "out_of_range")
    before, after, grad = (
        np.array(pair) for pair in (run.path[step - 1], run.path[step], run.steps[step - 1].grad)
    )
    update = Update(before, grad, after, after - before, {})
    kept = run.steps[step - 2].kept if step > 1 else {}
    state = {slot: {"point": pair} for slot, pair in kept.items()}
    axes = []
    for axis, name in enumerate(names):
        slots = read_slots(optimizer, options, state, "point", axis)
        lines = tell_rule(optimizer, options, step, update, index=(axis,), before=slots)
        told = {"before": before, "grad": grad, "after": after, "delta": update.delta}
        numbers = {field: float(values[axis]) for field, values in told.items()}
        axes.append({"name": name, "lines": plain(lines), **plain(numbers)})
    first = max(0, step - MEMORY)
    memory = [
        {"step": first + number, **plain(taken)}
        for number, taken in enumerate(run.steps[first:step], start=1)
    ]
    return {"racer": chosen.racer, "step": step, "axes": axes, "memory": memory}


def _write_run(choice: specs.NamedChoice, run: Run) -> Payload:
    return {
        "optimizer": {"name": choice.name, **choice.options},
        "path": np.array(run.path).reshape(-1, 2),
        "losses": np.array(run.losses),
        "reason": "diverged" if run.diverged else "steps",
    }


def _read_surface(
    surface: FunctionSurface | FormulaSurface | SliceSurface, limits: Limits
) -> _Function | _Part:
    if isinstance(surface, SliceSurface):
        return _read_part(surface, limits)
    if isinstance(surface, FunctionSurface):
        known = SURFACES.get(surface.function)
        if known is None:
            detail = f"expected one of: {', '.join(SURFACES)}"
            raise NetworkError("/surface/function", detail, "unknown_name")
        return _Function(known.expression, ("x", "y"), known.x, known.y, known.start, known.minimum)
    spec = specs.ExpressionSpec(kind="expression", expression=surface.expression)
    check_expression(spec, limits, "/surface")
    names = list_names(surface.expression)
    if len(names) != 2:
        detail = f"expected a formula with two names that need a value, got {len(names)}"
        raise NetworkError("/surface/expression", detail, "wrong_shape")
    reach = (-USUAL_REACH, USUAL_REACH)
    return _Function(surface.expression, (names[0], names[1]), reach, reach, (2.0, 2.0), None)


def _read_part(surface: SliceSurface, limits: Limits) -> _Part:
    wire, pointer = locate_spec(surface.network)
    check_spec(wire, limits, f"/surface{pointer}")
    try:
        document = read_document(surface.network)
        spec = require_learnable(document.spec)
        if not isinstance(spec, DenseSpec):
            detail = "expected a dense network: its weights are used once, not at every time step"
            raise NetworkError("/network", detail, "wrong_kind")
        rows = read_samples(surface.data, spec, limits)
        check_training(wire, rows.inputs, 1, limits, pointer=pointer)
        first, second = (
            read_parameter_entry(choice, document.parameters, f"/axes/{number}")
            for number, choice in enumerate(surface.axes)
        )
        if first == second:
            raise NetworkError("/axes/1", "expected another entry than the first", "repeated_name")
    except LimitError:
        raise
    except NetworkError as error:
        error.pointer = f"/surface{error.pointer}"
        raise
    return _Part(Slice(document, spec, (first, second)), rows, count_parameters(wire))


def _name_axes(part: Slice) -> tuple[str, str]:
    first, second = (entry.node + "".join(f"[{i}]" for i in entry.index) for entry in part.entries)
    return first, second
