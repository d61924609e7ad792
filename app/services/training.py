"""Training as a job: checked when it is asked for, then told frame by frame until it ends."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.insight.divergence import explain_divergence
from app.networks.choice import Choice, resolve
from app.networks.dense import DenseSpec
from app.networks.errors import NetworkError
from app.networks.recurrent import RecurrentSpec, supervised_steps
from app.schemas.training import TrainRequest
from app.services.documents import locate_spec, read_choice, read_document
from app.services.events import Control, Turn, Wait
from app.services.frames import BYTES_PER_NUMBER, FrameWriter
from app.services.programs import Resources, build_forward_graph
from app.services.runs import read_adjustment
from app.services.samples import Learnable, Rows, make_task, read_samples, require_learnable
from app.services.sizes import LimitError, check_spec, check_training, require
from app.settings import Limits
from app.training.frames import Observer
from app.training.grid import Grid, Surveyor
from app.training.loop import Plan, Training
from app.training.optimizers import OPTIMIZERS
from app.training.schedules import SCHEDULES
from app.training.stops import Stopper, StopRule

TURN, TOGETHER = 0.0005, 64
"""Seconds that steps may take which nobody looks at in between, and how many those may be."""
USUAL_PACE = 10.0
"""Frames per second where nothing else is asked for."""


@dataclass(frozen=True)
class _Job:
    training: Training
    observer: Observer
    stopper: Stopper
    writer: FrameWriter
    steps: int
    frame_every: int | None
    interval: float
    seconds: float


def open_training(
    request: TrainRequest, resources: Resources, control: Control, clock: Callable[[], float]
) -> Iterator[Turn]:
    """The turns of a training. Raises ``NetworkError`` at once when it cannot be done.

    A turn is one step, or some that take half a millisecond together. Which steps have frames
    depends on ``clock`` unless the request says it; what a frame says does not.
    """
    return _run(_prepare(request, resources), control, clock)


def _run(job: _Job, control: Control, clock: Callable[[], float]) -> Iterator[Turn]:
    training, writer = job.training, job.writer
    first, started, together = training.step, clock(), 1
    before = started
    last, due = first + job.steps, started + job.interval
    yield writer.write_frame(job.observer.observe(None))
    reason = "steps"
    while training.step < last:
        now = clock()
        if control.reason is not None or now - started > job.seconds:
            reason = control.reason or "time_limit"
            break
        alone = 0 if job.frame_every is None and now >= due else _count_unwatched(job, first)
        if alone:
            together, before = _choose_next(together, now - before), now
            training.advance(min(alone, together))
            if training.diverged:
                break
            yield None
            continue
        watch = training.watch()
        if watch is None:
            break
        ends_epoch = training.step % training.order.steps == 0 and not job.stopper.idle
        stop = _judge(job) if ends_epoch else None
        on_turn = (
            now >= due
            if job.frame_every is None
            else (training.step - first) % job.frame_every == 0
        )
        if stop or on_turn or training.step == last:
            yield writer.write_frame(job.observer.observe(watch))
            if job.frame_every is not None:
                # A slow pace is no reason to outlast the limit.
                yield Wait(max(0.0, min(due, started + job.seconds) - clock()))
            due = max(due, clock()) + job.interval
        if stop is not None:
            reason = stop
            break
    if training.diverged:
        document = training.write_document()
        yield writer.write_divergence(explain_divergence(training))
        yield writer.write_end("diverged", document)
    else:
        yield writer.write_end(reason, training.write_document())


def _count_unwatched(job: _Job, first: int) -> int:
    """How many steps come before the next one that has to be looked at, but for the clock."""
    step, every = job.training.step, job.frame_every
    ahead = [first + job.steps - step]
    if every is not None:
        ahead.append(every - (step - first) % every)
    if not job.stopper.idle:
        epoch = job.training.order.steps
        ahead.append(epoch - step % epoch)
    return min(ahead) - 1


def _choose_next(together: int, seconds: float) -> int:
    """How many steps to take at once, where it was ``seconds`` since so many were begun."""
    if seconds > TURN:
        return max(1, together // 2)
    return min(2 * together, TOGETHER) if seconds < TURN / 2 else together


def _judge(job: _Job) -> str | None:
    training = job.training
    loss = training.evaluate(training.samples)[0]
    held = training.validation
    return job.stopper.judge(loss, None if held is None else training.evaluate(held)[0])


def _prepare(request: TrainRequest, resources: Resources) -> _Job:
    limits = resources.limits
    spec, pointer = locate_spec(request.network)
    check_spec(spec, limits, pointer)
    plan = _read_plan(request)
    require(request.steps, limits, "training_steps", "/steps", "steps of one stream")
    pace = request.frames_per_second
    if pace is not None and pace > limits.frames_per_second:
        most = limits.frames_per_second
        detail = f"at most {most} frames per second"
        raise LimitError("/frames_per_second", detail, "frames_per_second", most)
    if pace is None:
        pace = USUAL_PACE if request.frame_every is None else limits.frames_per_second
    document = read_document(request.network)
    learnable = require_learnable(document.spec)
    rows = read_samples(request.data, learnable, limits)
    check_training(spec, rows.inputs, request.batch_size, limits, pointer=pointer)
    surveyor, grid = _open_grid(request, rows, learnable, limits)
    times = _find_times(request, rows, learnable, limits)
    task = make_task(rows, learnable)
    training = Training(document, task.samples, plan, task.build, drops=task.drops)
    stop = request.stop
    rule = StopRule() if stop is None else StopRule(stop.loss, stop.patience, stop.min_delta)
    encoding = "numbers" if request.grid is None else request.grid.encoding
    return _Job(
        training,
        Observer(
            training,
            task.targets,
            task.boundary,
            task.read_outputs,
            surveyor,
            sequences=request.sequences,
        ),
        Stopper(rule),
        FrameWriter(
            document, limits.frame_bytes, request.with_network, grid, encoding, times=times
        ),
        request.steps,
        request.frame_every,
        1.0 / pace,
        limits.stream_seconds,
    )


def _read_plan(request: TrainRequest) -> Plan:
    optimizer, options = resolve(OPTIMIZERS, read_choice(request.optimizer), "/optimizer")
    chosen = Choice("constant") if request.schedule is None else read_choice(request.schedule)
    return Plan(
        optimizer,
        options,
        request.batch_size,
        request.shuffle_seed,
        request.validation_fraction,
        *resolve(SCHEDULES, chosen, "/schedule"),
        read_adjustment(request),
    )


def _find_times(
    request: TrainRequest, rows: Rows, spec: Learnable, limits: Limits
) -> Sequence[int]:
    if not request.sequences:
        return ()
    if not isinstance(spec, RecurrentSpec):
        detail = "expected a recurrent network, or 0: there are no sequences"
        raise NetworkError("/sequences", detail, "wrong_shape")
    times = supervised_steps(spec, rows.inputs.shape[1])
    most = int(limits.frame_bytes / (BYTES_PER_NUMBER["numbers"] * len(times) * spec.outputs))
    if request.sequences > most:
        detail = f"at most {most} sequences of this length in a frame"
        raise LimitError("/sequences", detail, "frame_bytes", limits.frame_bytes)
    return times


def _open_grid(
    request: TrainRequest, rows: Rows, spec: Learnable, limits: Limits
) -> tuple[Surveyor | None, Grid | None]:
    asked = request.grid
    if asked is None:
        return None, None
    if rows.axes > 2 or not isinstance(spec, DenseSpec):
        detail = "expected a dense network and data of one or two inputs: there is no other plane"
        raise NetworkError("/grid", detail, "wrong_shape")
    x, y = (asked.x[0], asked.x[1]), (asked.y[0], asked.y[1])
    grid = Grid(x, y, asked.size, asked.units, asked.units_size)
    hidden = sum(layer.units for layer in spec.layers[:-1]) if asked.units else 0
    numbers = spec.outputs * grid.size**rows.axes + hidden * grid.units_size**rows.axes
    most = int(limits.frame_bytes / BYTES_PER_NUMBER[asked.encoding])
    if numbers > most:
        detail = f"at most {most} numbers in all maps of a frame, in this encoding"
        raise LimitError("/grid", detail, "frame_bytes", limits.frame_bytes)
    graph = build_forward_graph(spec, {"x": (1, spec.inputs)})
    return Surveyor(graph, grid, rows.axes, request.data.features), grid
