"""What can be asked about a network: build it, run it, send gradients back, step, tell."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.op import Array
from app.engine.tape import Tape
from app.insight.beats import Learning, list_beats
from app.insight.diagnostics import examine
from app.insight.reading import Reading
from app.networks.choice import resolve
from app.networks.dense import build_graph, parameter_shapes
from app.networks.document import Document, make_document
from app.networks.errors import NetworkError
from app.networks.losses import LOSSES, check_targets
from app.schemas.networks import (
    BackwardRequest,
    ForwardRequest,
    StepRequest,
    TraceRequest,
)
from app.schemas.specs import DenseSpec, NamedChoice
from app.services.documents import (
    locate_spec,
    read_choice,
    read_document,
    read_spec,
    write_document,
)
from app.services.programs import Resources
from app.services.sizes import check_run, check_spec, count_parameters
from app.services.views import (
    describe_node,
    view_forward_sample,
    view_nodes,
    view_sample,
    view_surroundings,
)
from app.services.wire import Payload, plain
from app.training.optimizers import OPTIMIZERS, Optimizer, Update, apply_step


def build_network(spec: DenseSpec, resources: Resources) -> Payload:
    """The document that a spec and its seed stand for, and what there is to know about it."""
    check_spec(spec, resources.limits, "")
    document = make_document(read_spec(spec, ""))
    summary = {
        "layers": len(spec.layers),
        "units": sum(layer.units for layer in spec.layers),
        "parameters": count_parameters(spec),
        "shapes": {name: list(s) for name, s in parameter_shapes(document.spec).items()},
        "nodes": [describe_node(node) for node in build_graph(document.spec)],
    }
    return {**write_document(document), "summary": summary}


def run_forward(request: ForwardRequest, resources: Resources) -> Payload:
    """Outputs, and every value on the way to them."""
    document, inputs = _read_run(request, "forward", request.view, resources)
    _check_sample(request.sample, len(inputs))
    program = resources.programs.find_forward(document.spec, len(inputs))
    tape = program.forward({"x": inputs, **document.parameters})
    answer: Payload = {"outputs": plain(tape.values[tape.graph.output])}
    if request.view == "units":
        return answer | view_forward_sample(document.spec, tape, request.sample)
    return answer | {"nodes": view_nodes(tape, backward=False)}


def run_backward(request: BackwardRequest, resources: Resources) -> Payload:
    """The loss, and the gradient of everything that led to it."""
    run = _run(request, "backward", request.view, resources)
    _check_sample(request.sample, run.batch)
    tape, document = run.tape, run.document
    answer = {"loss": plain(tape.values["loss"]), "outputs": run.outputs}
    if request.view == "units":
        reading = Reading(document.spec, tape, request.sample)
        answer |= view_sample(reading, {}, document.trainable)
    else:
        answer["nodes"] = view_nodes(tape, backward=True)
    answer["parameter_grads"] = plain({name: tape.grads[name] for name in document.parameters})
    return answer | {"health": plain(examine(tape))}


def take_step(request: StepRequest, resources: Resources) -> Payload:
    """One step of the optimizer: what moved, and the network after it."""
    optimizer, options = _read_optimizer(request.optimizer)
    run = _run(request, "step", "nodes", resources)
    step = _step(run, optimizer, options, resources)
    return {
        "loss_before": plain(run.tape.values["loss"]),
        "loss_after": plain(step.loss_after),
        "updates": write_updates(step.updates),
        "network": write_document(step.document),
    }


def tell_trace(request: TraceRequest, resources: Resources) -> Payload:
    """A run beat by beat, with the step that ends it when there is an optimizer."""
    chosen = None if request.optimizer is None else _read_optimizer(request.optimizer)
    run = _run(request, "trace", request.view, resources)
    _check_sample(request.sample, run.batch)
    step = None if chosen is None else _step(run, *chosen, resources)
    document, tape = run.document, run.tape
    reading = Reading(document.spec, tape, request.sample)
    updates = {} if step is None else step.updates
    if request.view == "units":
        view = view_sample(reading, updates, document.trainable) | view_surroundings(reading)
    else:
        view = {"nodes": view_nodes(tape, backward=True)}
    learning = None
    if step is not None and chosen is not None:
        learning = Learning(*chosen, step.updates, step.loss_after)
    beats = enumerate(list_beats(reading, learning))
    return {
        "network": write_document(document),
        "sample": request.sample,
        "batch": run.batch,
        "inputs": plain(tape.values["x"]),
        "targets": plain(tape.values["y"]),
        "outputs": run.outputs,
        "loss": plain(tape.values["loss"]),
        "sample_loss": plain(float(tape.values["loss.sample"][request.sample])),
        **view,
        "beats": [{"index": index, **plain(beat)} for index, beat in beats],
        "updates": write_updates(updates),
        "loss_after": None if step is None else plain(step.loss_after),
        "next_network": None if step is None else write_document(step.document),
        "health": plain(examine(tape)),
    }


def write_updates(updates: dict[str, Update]) -> Payload:
    """Per parameter: before, grad, after, delta, and what the optimizer keeps, by name."""
    return {
        name: {
            "before": plain(update.before),
            "grad": plain(update.grad),
            "after": plain(update.after),
            "delta": plain(update.delta),
            **plain(dict(update.kept)),
        }
        for name, update in updates.items()
    }


@dataclass(frozen=True)
class _Run:
    document: Document
    tape: Tape
    batch: int
    outputs: Any


@dataclass(frozen=True)
class _Step:
    document: Document
    updates: dict[str, Update]
    loss_after: float


def _run(
    request: BackwardRequest | StepRequest, operation: str, view: str, resources: Resources
) -> _Run:
    document, inputs = _read_run(request, operation, view, resources)
    targets = _read_rows(request.targets, document.spec.outputs, "/targets")
    if len(targets) != len(inputs):
        detail = f"expected {len(inputs)} samples, as many as inputs, got {len(targets)}"
        raise NetworkError("/targets", detail, "wrong_shape")
    check_targets(LOSSES[document.spec.loss.name], targets)
    program = resources.programs.find(document.spec, len(inputs))
    program.forward({"x": inputs, "y": targets, **document.parameters})
    tape = program.backward()
    outputs = plain(tape.values[f"layer{len(document.spec.layers)}.a"])
    return _Run(document, tape, len(inputs), outputs)


def _step(run: _Run, optimizer: Optimizer, options: Any, resources: Resources) -> _Step:
    document, updates = apply_step(run.document, optimizer, options, run.tape.grads)
    # With buffers of its own, so that the tape of the run stays as it is.
    program = resources.programs.find(document.spec, run.batch, "afterwards")
    leaves = {"x": run.tape.values["x"], "y": run.tape.values["y"]}
    after = program.forward({**leaves, **document.parameters})
    return _Step(document, updates, float(after.values["loss"]))


def _read_run(
    request: ForwardRequest | StepRequest, operation: str, view: str, resources: Resources
) -> tuple[Document, Array]:
    spec, pointer = locate_spec(request.network)
    check_spec(spec, resources.limits, pointer)
    check_run(spec, len(request.inputs), operation, view, resources.limits, pointer=pointer)
    inputs = _read_rows(request.inputs, spec.inputs, "/inputs")
    return read_document(request.network), inputs


def _read_rows(rows: list[list[float]], features: int, pointer: str) -> Array:
    if not rows:
        raise NetworkError(pointer, "expected at least one sample", "wrong_shape")
    for number, row in enumerate(rows):
        if len(row) != features:
            detail = f"expected {_count(features)} per sample, got {len(row)}"
            raise NetworkError(f"{pointer}/{number}", detail, "wrong_shape")
    return np.array(rows, dtype=np.float64)


def _count(numbers: int) -> str:
    return "1 number" if numbers == 1 else f"{numbers} numbers"


def _check_sample(sample: int, batch: int) -> None:
    if sample >= batch:
        detail = f"expected a sample between 0 and {batch - 1}"
        raise NetworkError("/sample", detail, "out_of_range")


def _read_optimizer(choice: NamedChoice) -> tuple[Optimizer, Any]:
    return resolve(OPTIMIZERS, read_choice(choice), "/optimizer")
