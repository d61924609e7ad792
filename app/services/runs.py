"""From a request to a run: the document, its data, and the tape that a program left."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.engine.graph import Node
from app.engine.program import Program
from app.engine.tape import Tape
from app.networks.choice import resolve
from app.networks.data import Batch, shapes_of
from app.networks.document import Document
from app.networks.errors import NetworkError
from app.networks.expression import ExpressionSpec
from app.networks.kinds import kind_of
from app.schemas.adjustment import Adjusted
from app.schemas.networks import ForwardRequest, Samples, Supervised
from app.schemas.specs import AnySpec, DenseSpec, NamedChoice
from app.services.documents import locate_spec, read_choice, read_document
from app.services.programs import Resources
from app.services.samples import list_drops
from app.services.sizes import check_run, check_spec
from app.services.wire import plain
from app.training.adjustment import UNADJUSTED, Adjustment
from app.training.binding import draw_masks
from app.training.optimizers import OPTIMIZERS, Optimizer, Update, apply_step


@dataclass(frozen=True)
class Run:
    """A document, the samples it was run with, and what that left."""

    document: Document
    batch: Batch
    program: Program

    @property
    def tape(self) -> Tape:
        """What the run left; the program's next run overwrites it."""
        return self.program.tape

    @property
    def loss(self) -> float:
        """The loss; of an expression, the sum of its outputs."""
        return float(np.sum(self.tape.values[self.tape.graph.output]))

    @property
    def outputs(self) -> Any:
        """The outputs as they go on the wire."""
        return plain(kind_of(self.document.spec).read_outputs(self.document.spec, self.tape))

    @property
    def symbol(self) -> str:
        """The symbol of what the gradients are of."""
        graph = self.tape.graph
        if self.document.spec.kind != "expression":
            return "L"
        named = not graph.output[1:].isdecimal()
        return graph[graph.output].latex if named else "f"


@dataclass(frozen=True)
class Step:
    """What one step of an optimizer made of a run."""

    document: Document
    updates: dict[str, Update]
    loss_after: float


def run_forward(request: ForwardRequest, resources: Resources) -> Run:
    """Run from the inputs to the outputs."""
    document, batch = read_question(request, None, "forward", request.view, resources)
    shapes = shapes_of(batch.inputs)
    program = resources.programs.find_forward(document.spec, shapes)
    program.forward({**batch.inputs, **document.parameters})
    return Run(document, batch, program)


def run_backward(request: Supervised, operation: str, view: str, resources: Resources) -> Run:
    """Run to the loss, and back to everything that led to it.

    Raises ``NetworkError`` where the parts of the request do not fit together.
    """
    targets = request.targets
    document, batch = read_question(request, targets, operation, view, resources)
    if targets is None and not isinstance(document.spec, ExpressionSpec):
        raise NetworkError("/targets", "expected targets: a row of outputs per sample", "missing")
    if request.dropout_seed is not None:
        batch = add_masks(batch, document, request.dropout_seed)
    program = resources.programs.find(document.spec, shapes_of(batch.leaves))
    program.forward({**batch.leaves, **document.parameters})
    program.backward()
    return Run(document, batch, program)


def add_masks(batch: Batch, document: Document, seed: int) -> Batch:
    """The batch as the document's next step of training has it: with masks of dropout."""
    drops = list_drops(document.spec)
    masks = {name: np.zeros((batch.size, drop.units)) for name, drop in drops.items()}
    draw_masks(masks, drops, seed, document.step)
    return replace(batch, inputs={**batch.inputs, **masks})


def require_units(spec: AnySpec) -> None:
    """Raise ``NetworkError`` for a network that cannot be told unit by unit."""
    if not isinstance(spec, DenseSpec):
        detail = "the units view is of dense networks; expected nodes"
        raise NetworkError("/view", detail, "wrong_view")
    if any(layer.layer_norm or layer.residual for layer in spec.layers):
        detail = "layers with layer_norm or residual are more than z and a; expected nodes"
        raise NetworkError("/view", detail, "wrong_view")


def read_question(
    request: Samples,
    targets: Any,
    operation: str,
    view: str,
    resources: Resources,
) -> tuple[Document, Batch]:
    """The request's network and samples, after everything that is said about limits."""
    spec, pointer = locate_spec(request.network)
    check_spec(spec, resources.limits, pointer)
    if view == "units":
        require_units(spec)
    check_run(spec, request.inputs, operation, view, resources.limits, pointer=pointer)
    document = read_document(request.network)
    kind = kind_of(document.spec)
    return document, kind.read_batch(document.spec, request.inputs, targets, request.initial_state)


def step_run(
    run: Run,
    optimizer: Optimizer,
    options: Any,
    resources: Resources,
    adjustment: Adjustment = UNADJUSTED,
) -> Step:
    """One step of an optimizer, and the loss after it."""
    document, updates = apply_step(run.document, optimizer, options, run.tape.grads, adjustment)
    # With buffers of its own, so that the tape of the run stays as it is.
    shapes = shapes_of(run.batch.leaves)
    program = resources.programs.find(document.spec, shapes, "afterwards")
    after = program.forward({**run.batch.leaves, **document.parameters})
    return Step(document, updates, float(np.sum(after.values[after.graph.output])))


def read_optimizer(choice: NamedChoice) -> tuple[Optimizer, Any]:
    """The optimizer that a request names, and its options."""
    return resolve(OPTIMIZERS, read_choice(choice), "/optimizer")


def read_adjustment(request: Adjusted) -> Adjustment:
    """What a request wants to be done to gradients."""
    clip = request.clip
    norm, value = (None, None) if clip is None else (clip.norm, clip.value)
    return Adjustment(request.l1, request.l2, norm, value)


def check_sample(sample: int, batch: int) -> None:
    """Raise ``NetworkError`` unless there is such a sample."""
    if sample >= batch:
        detail = f"expected a sample between 0 and {batch - 1}"
        raise NetworkError("/sample", detail, "out_of_range")


def sample_loss(run: Run, sample: int) -> Any:
    """The loss of one sample alone, over its time steps; of an expression, its output there."""
    tape, spec = run.tape, run.document.spec
    if isinstance(spec, ExpressionSpec):
        output = tape.values[tape.graph.output]
        return plain(float(output[sample] if output.ndim else output))
    found = [tape.values[node.id][sample] for node in tape.graph if _is_sample_loss(node)]
    return plain(float(np.mean(found) if spec.reduction == "mean" else np.sum(found)))


def _is_sample_loss(node: Node) -> bool:
    return node.id.removeprefix(f"time{node.time}.") == "loss.sample"
