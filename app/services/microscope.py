"""How one gradient became one step."""

from app.engine.entries import Entry
from app.engine.op import Array
from app.insight.microscope import read_slots, tell_rule
from app.networks.errors import NetworkError
from app.schemas.explain import EntryChoice
from app.schemas.microscope import ExplainUpdateRequest
from app.services.programs import Resources
from app.services.runs import read_adjustment, read_optimizer, run_backward
from app.services.wire import Payload, plain
from app.training.optimizers import apply_step

MOST_NAMES = 50
"""Up to so many known names are listed in an error."""


def explain_update(request: ExplainUpdateRequest, resources: Resources) -> Payload:
    """The optimizer's rule for one number, line by line."""
    optimizer, options = read_optimizer(request.optimizer)
    run = run_backward(request, "step", "nodes", resources)
    document = run.document
    entry = read_parameter_entry(request.of, document.parameters, "/of")
    if not document.trainable[entry.node]:
        detail = "expected a parameter that is trainable: this one stays"
        raise NetworkError("/of/node", detail, "not_trainable")
    adjustment = read_adjustment(request)
    following, updates = apply_step(document, optimizer, options, run.tape.grads, adjustment)
    state, update, index = document.optimizer_state, updates[entry.node], entry.index
    kept = {} if state is None else state.slots
    before = read_slots(optimizer, options, kept, entry.node, index)
    t = following.optimizer_state.t if following.optimizer_state is not None else 1
    lines = tell_rule(optimizer, options, t, update, index=index, before=before)
    told = {
        "before": float(update.before[index]),
        "grad": float(update.grad[index]),
        "adjusted_grad": float(update.kept.get("adjusted_grad", update.grad)[index]),
        "lines": lines,
        "after": float(update.after[index]),
        "delta": float(update.delta[index]),
    }
    return {"node": entry.node, "index": list(index), "t": t, **plain(told)}


def read_parameter_entry(choice: EntryChoice, parameters: dict[str, Array], pointer: str) -> Entry:
    """The entry of a parameter that ``choice`` names. Raises ``NetworkError``."""
    value = parameters.get(choice.node)
    if value is None:
        known = ", ".join(list(parameters)[:MOST_NAMES])
        detail = f"expected one of: {known}" if known else "this network has no parameters"
        raise NetworkError(f"{pointer}/node", detail, "unknown_name")
    index = tuple(choice.index)
    inside = len(index) == value.ndim and all(
        i < size for i, size in zip(index, value.shape, strict=True)
    )
    if not inside:
        detail = f"expected {value.ndim} indices into shape {list(value.shape)}"
        raise NetworkError(f"{pointer}/index", detail, "out_of_range")
    return Entry(choice.node, index)
