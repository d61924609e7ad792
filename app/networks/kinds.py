"""The kinds of network, each with the same questions answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.graph import Graph
from app.engine.op import Array, Shape
from app.engine.tape import Tape
from app.networks import dense, expression, recurrent
from app.networks.data import Batch
from app.networks.dense import DenseSpec
from app.networks.expression import ExpressionSpec
from app.networks.recurrent import RecurrentSpec

Spec = DenseSpec | RecurrentSpec | ExpressionSpec


@dataclass(frozen=True)
class Kind:
    """What there is to know about one kind of network, its spec being the first argument of all.

    ``parameter_shapes`` and ``initial_parameters`` are by name. ``read_batch`` makes a request's
    inputs, targets (``None``: forward only) and first state into values for leaves, or raises
    ``NetworkError``. ``build_graph`` takes the shapes of those leaves. ``list_outputs`` names the
    nodes that hold the outputs, ``read_outputs`` reads them off a tape.
    """

    name: str
    spec: type
    parameter_shapes: Callable[[Any], dict[str, Shape]]
    initial_parameters: Callable[[Any], dict[str, Array]]
    read_batch: Callable[[Any, Any, Any, Any], Batch]
    build_graph: Callable[[Any, Mapping[str, Shape]], Graph]
    list_outputs: Callable[[Any, Graph], tuple[str, ...]]
    read_outputs: Callable[[Any, Tape], Array]


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "dense",
            DenseSpec,
            dense.parameter_shapes,
            dense.initial_parameters,
            dense.read_batch,
            dense.build_graph,
            dense.list_outputs,
            dense.read_outputs,
        ),
        Kind(
            "recurrent",
            RecurrentSpec,
            recurrent.parameter_shapes,
            recurrent.initial_parameters,
            recurrent.read_batch,
            recurrent.build_graph,
            recurrent.list_outputs,
            recurrent.read_outputs,
        ),
        Kind(
            "expression",
            ExpressionSpec,
            expression.parameter_shapes,
            expression.initial_parameters,
            expression.read_batch,
            expression.build_graph,
            expression.list_outputs,
            expression.read_outputs,
        ),
    )
}


def kind_of(spec: Spec) -> Kind:
    """The kind of the network that ``spec`` describes."""
    return KINDS[spec.kind]


def cut_graph(graph: Graph, outputs: tuple[str, ...]) -> Graph:
    """The part of ``graph`` that ``outputs`` are computed from; the last is the graph's own."""
    needed = set(outputs)
    for node in reversed(graph.nodes):
        if node.id in needed:
            needed.update(node.inputs)
    return Graph(tuple(node for node in graph if node.id in needed), outputs[-1])
