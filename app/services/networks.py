"""What can be asked about a network: build it, run it, send gradients back, step, tell."""

from dataclasses import replace

from app.insight.beats import Beat, Learning, list_beats, list_node_beats, list_time_beats
from app.insight.diagnostics import examine, examine_forward
from app.insight.layers import view_time_layers
from app.insight.nodes import NodeReading
from app.insight.opened import find_unit, open_unit, pick_updates
from app.insight.reading import Reading
from app.networks.dense import DenseSpec
from app.networks.document import make_document
from app.networks.errors import NetworkError
from app.networks.kinds import Spec, kind_of
from app.networks.recurrent import RecurrentSpec
from app.schemas import specs
from app.schemas.networks import BackwardRequest, ForwardRequest, StepRequest, TraceRequest
from app.services.documents import read_spec, write_document
from app.services.programs import Resources, build_graph
from app.services.runs import (
    Run,
    check_sample,
    read_adjustment,
    read_optimizer,
    sample_loss,
    step_run,
)
from app.services.runs import run_backward as run_back
from app.services.runs import run_forward as run_ahead
from app.services.samples import list_drops
from app.services.sizes import check_spec, count_parameters, require
from app.services.views import (
    describe_node,
    view_forward_sample,
    view_nodes,
    view_sample,
    view_surroundings,
    view_told_nodes,
)
from app.services.wire import Payload, plain
from app.training.optimizers import Update


def build_network(spec: specs.AnySpec, resources: Resources) -> Payload:
    """The document that a spec and its seed stand for, and what there is to know about it."""
    check_spec(spec, resources.limits, "")
    document = make_document(read_spec(spec, ""))
    layers, units = _count_units(document.spec)
    shapes = kind_of(document.spec).parameter_shapes(document.spec)
    # Of a recurrent network one time step stands for all.
    graph = build_graph(document.spec, {"time1.x": ()})
    summary = {
        "layers": layers,
        "units": units,
        "parameters": count_parameters(spec),
        "shapes": {name: list(shape) for name, shape in shapes.items()},
        "nodes": [describe_node(node) for node in graph],
    }
    return {**write_document(document), "summary": summary}


def run_forward(request: ForwardRequest, resources: Resources) -> Payload:
    """Outputs, and every value on the way to them."""
    run = run_ahead(request, resources)
    check_sample(request.sample, run.batch.size)
    answer: Payload = {"outputs": run.outputs, "health": plain(examine_forward(run.tape))}
    if request.view == "units":
        return answer | view_forward_sample(_reading(run, request.sample))
    return answer | {"nodes": view_nodes(run.tape, backward=False)}


def run_backward(request: BackwardRequest, resources: Resources) -> Payload:
    """The loss, and the gradient of everything that led to it."""
    run = run_back(request, "backward", request.view, resources)
    check_sample(request.sample, run.batch.size)
    tape, document = run.tape, run.document
    answer = {"loss": plain(run.loss), "outputs": run.outputs}
    if request.view == "units":
        answer |= view_sample(_reading(run, request.sample), {}, document.trainable)
    else:
        answer["nodes"] = view_nodes(tape, backward=True)
    answer["parameter_grads"] = plain({name: tape.grads[name] for name in document.parameters})
    return answer | {"health": plain(examine(tape))}


def take_step(request: StepRequest, resources: Resources) -> Payload:
    """One step of the optimizer: what moved, and the network after it."""
    optimizer, options = read_optimizer(request.optimizer)
    operation = "step" if request.parameters else "step_alone"
    run = run_back(request, operation, "nodes", resources)
    loss_before, health = run.loss, plain(examine(run.tape))
    step = step_run(run, optimizer, options, resources, read_adjustment(request))
    return {
        "loss_before": plain(loss_before),
        "loss_after": plain(step.loss_after),
        "updates": write_updates(step.updates) if request.parameters else None,
        "network": write_document(step.document) if request.parameters else None,
        "health": health,
    }


def tell_trace(request: TraceRequest, resources: Resources) -> Payload:
    """A run beat by beat, with the step that ends it when there is an optimizer."""
    chosen = None if request.optimizer is None else read_optimizer(request.optimizer)
    run = run_back(request, "trace", request.view, resources)
    check_sample(request.sample, run.batch.size)
    learning = step = None
    # Where nothing can be learned, no step is told.
    if chosen is not None and run.document.parameters:
        step = step_run(run, *chosen, resources, read_adjustment(request))
        learning = Learning(*chosen, step.updates, run.loss, step.loss_after)
    view, beats, updates = _tell(request, run, learning, resources)
    return {
        "network": write_document(run.document),
        "sample": request.sample,
        "batch": run.batch.size,
        "inputs": plain(request.inputs),
        "targets": plain(request.targets),
        "outputs": run.outputs,
        "loss": plain(run.loss),
        "loss_node": run.tape.graph.output,
        "loss_latex": run.symbol,
        "sample_loss": sample_loss(run, request.sample),
        "dropout_seed": request.dropout_seed if list_drops(run.document.spec) else None,
        **view,
        "beats": [{"index": index, **plain(beat)} for index, beat in enumerate(beats)],
        "updates": write_updates(updates),
        "loss_after": None if step is None else plain(step.loss_after),
        "next_network": None if step is None else write_document(step.document),
        "health": plain(examine(run.tape)),
    }


def _tell(
    request: TraceRequest, run: Run, learning: Learning | None, resources: Resources
) -> tuple[Payload, list[Beat], dict[str, Update]]:
    """What the view shows, the beats that play it, and the updates in it."""
    updates = {} if learning is None else dict(learning.updates)
    spec = run.document.spec
    if request.view == "units":
        reading = _reading(run, request.sample)
        view = view_sample(reading, updates, run.document.trainable) | view_surroundings(reading)
        return view, list_beats(reading, learning), updates
    if request.unit is not None:
        whole = _reading(run, request.sample)
        inside = open_unit(whole, find_unit(whole, request.unit))
        updates = pick_updates(inside, updates)
        if learning is not None:
            learning = replace(learning, updates=updates)
        view = {"nodes": view_told_nodes(inside)}
        return view, list_node_beats(inside, learning), updates
    told = NodeReading(run.tape, request.sample, run.batch.size, run.symbol)
    view = {"nodes": view_told_nodes(told)}
    if request.view == "time":
        if not isinstance(spec, RecurrentSpec):
            detail = "time is the view of recurrent networks; expected nodes"
            raise NetworkError("/view", detail, "wrong_view")
        view["layers"] = plain(view_time_layers(spec, run.tape))
        return view, list_time_beats(spec, told, learning), updates
    what = "nodes in a run that is told node by node"
    require(len(run.tape.graph.nodes), resources.limits, "told_nodes", "/view", what)
    return view, list_node_beats(told, learning), updates


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


def _reading(run: Run, sample: int) -> Reading:
    spec = run.document.spec
    if not isinstance(spec, DenseSpec) or not spec.plain:
        detail = "only dense networks without layer_norm and residual have units to open"
        raise NetworkError("/unit", detail, "wrong_view")
    return Reading(spec, run.tape, sample)


def _count_units(spec: Spec) -> tuple[int | None, int | None]:
    if isinstance(spec, DenseSpec):
        return len(spec.layers), sum(layer.units for layer in spec.layers)
    if isinstance(spec, RecurrentSpec):
        return 2, spec.units + spec.outputs
    return None, None
