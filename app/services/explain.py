"""What can be asked about single numbers of a run: why, whether it is right, what if."""

from app.engine.entries import Entry
from app.engine.graph import Graph
from app.insight.explain import Term, explain, locate
from app.insight.gradient_check import (
    CURVE_RUNS,
    TOLERANCE,
    CheckedEntry,
    check_gradients,
    estimate_run,
    find_best,
)
from app.insight.nudge import nudge
from app.insight.paths import Path
from app.networks.errors import NetworkError
from app.schemas.explain import EntryChoice, ExplainRequest, GradientCheckRequest, NudgeRequest
from app.services.admission import check_deadline
from app.services.programs import Resources
from app.services.runs import Run, run_backward
from app.services.sizes import LimitError
from app.services.wire import Payload, plain

MOST_NAMES = 50
"""Up to so many known names are listed in an error."""
SAFE = 2**53
"""Whole numbers below this are exact in every reader of JSON."""


def explain_entry(request: ExplainRequest, resources: Resources) -> Payload:
    """The chain rule for one number: its terms, and all paths to the loss."""
    run = run_backward(request, "explain", "nodes", resources)
    entry = read_entry(run, request.of, request.sample, "/of")
    limits = resources.limits
    told = explain(run.tape, entry, most_terms=limits.terms, most_paths=limits.paths, of=run.symbol)
    count = told.paths.count
    return {
        **write_entry(entry),
        "symbol": told.symbol,
        "value": plain(told.value),
        "grad": plain(told.grad),
        "latex": told.latex,
        "latex_numbers": told.latex_numbers,
        "term_count": told.term_count,
        "terms": [_write_term(term) for term in told.terms],
        "terms_sum": plain(told.terms_sum),
        "terms_cut": len(told.terms) < told.term_count,
        "path_count": count if count < SAFE else str(count),
        "paths": [_write_path(path) for path in told.paths.listed],
        "paths_sum": plain(told.paths.total),
        "paths_cut": told.paths.cut,
        "symbols": [{**write_entry(e), "latex": latex} for e, latex in told.symbols.items()],
    }


def check_run_gradients(request: GradientCheckRequest, resources: Resources) -> Payload:
    """Every gradient beside a central difference; of an expression, those of its inputs too."""
    run = run_backward(request, "gradient-check", "nodes", resources)
    graph, limits = run.tape.graph, resources.limits
    leaves = [node.id for node in graph.parameters]
    if run.document.spec.kind == "expression":
        leaves += [node.id for node in graph.leaves if node.role == "input"]
    curve = None
    if request.curve is not None:
        curve = read_entry(run, request.curve, request.sample, "/curve")
        if graph[curve.node].op is not None:
            detail = f"expected a leaf, whose value can be set: {_list_names(graph, leaves=True)}"
            raise NetworkError("/curve/node", detail, "not_a_leaf")
    runs = limits.check_work // estimate_run(run.tape)
    needed = 4 * len(leaves) + (0 if curve is None else CURVE_RUNS)
    if runs < needed:
        detail = f"too large to be run {needed} times: use fewer samples or a smaller network"
        raise LimitError("/inputs", detail, "check_work", limits.check_work)
    result = check_gradients(
        run.tape,
        leaves,
        h=request.h,
        most_entries=limits.checked_entries,
        most_runs=runs,
        curve=curve,
        pause=check_deadline,
    )
    return {
        "passed": result.passed,
        "max_relative_error": plain(result.max_relative_error),
        "tolerance": TOLERANCE,
        "h": result.h,
        "checked": len(result.entries),
        "total": result.total,
        "held": result.held,
        "entries": [_write_checked(entry) for entry in result.entries],
        "curve": plain(result.curve) if result.curve else None,
        "best_h": find_best(result.curve),
    }


def nudge_entry(request: NudgeRequest, resources: Resources) -> Payload:
    """What the gradient predicts for a small change of one number, and what happens."""
    run = run_backward(request, "nudge", "nodes", resources)
    entry = read_entry(run, request.of, request.sample, "/of")
    told: Payload = plain(nudge(run.tape, entry, request.delta))
    return {**write_entry(entry), "delta": request.delta, **told}


def read_entry(run: Run, choice: EntryChoice, sample: int | None, pointer: str) -> Entry:
    """The number that a request means. Raises ``NetworkError`` with what there is instead."""
    graph = run.tape.graph
    known = {node.id for node in graph if node.constant is None}
    if choice.node not in known:
        detail = f"expected one of: {_list_names(graph)}"
        raise NetworkError(f"{pointer}/node", detail, "unknown_name")
    if sample is not None and sample >= run.batch.size:
        detail = f"expected a sample between 0 and {run.batch.size - 1}"
        raise NetworkError("/sample", detail, "out_of_range")
    try:
        return locate(run.tape, choice.node, tuple(choice.index), sample)
    except ValueError as error:
        raise NetworkError(f"{pointer}/index", str(error), "out_of_range") from error


def write_entry(entry: Entry) -> Payload:
    """The entry as it goes on the wire."""
    return {"node": entry.node, "index": list(entry.index)}


def _list_names(graph: Graph, leaves: bool = False) -> str:
    nodes = graph.leaves if leaves else [node for node in graph if node.constant is None]
    names = [node.id for node in nodes]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _write_term(term: Term) -> Payload:
    return {
        "from": term.source.node,
        "index": list(term.source.index),
        "input": term.position,
        "time": term.time,
        "sample": term.sample,
        "upstream": plain(term.upstream),
        "local": plain(term.local),
        "product": plain(term.product),
        "latex": term.latex,
        "latex_numbers": term.latex_numbers,
    }


def _write_path(path: Path) -> Payload:
    return {
        "nodes": [entry.node for entry in path.entries],
        "entries": [write_entry(entry) for entry in path.entries],
        "inputs": list(path.positions),
        "factors": plain(path.factors),
        "product": plain(path.product),
    }


def _write_checked(checked: CheckedEntry) -> Payload:
    return {
        "parameter": checked.entry.node,
        "index": list(checked.entry.index),
        "analytic": plain(checked.analytic),
        "numeric": plain(checked.numeric),
        "relative_error": plain(checked.relative_error),
        "h": checked.h,
        "kink": None if checked.kink is None else write_entry(checked.kink),
    }
