"""An oracle that shares nothing with the engine's rules: the complex step of the definitions."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from app.engine.graph import Graph
from app.engine.op import Array
from app.engine.ops import OPS

STEP = 1e-30


def evaluate(graph: Graph, leaves: Mapping[str, Any]) -> dict[str, Array]:
    """Every node by its textbook definition; leaves may be complex."""
    values: dict[str, Array] = {}
    for node in graph:
        if node.constant is not None:
            values[node.id] = np.asarray(node.constant)
        elif node.op is None:
            values[node.id] = np.asarray(leaves[node.id])
        else:
            op = OPS[node.op]
            options = {**asdict(op.options()), **node.options}
            values[node.id] = op.definition(*(values[i] for i in node.inputs), **options)
    return values


def differentiate(
    graph: Graph, leaves: Mapping[str, Any], by: str, seed: Array | float = 1.0
) -> Array:
    """The gradient of ``sum(seed * output)`` with respect to the leaf ``by``."""
    start = np.asarray(leaves[by], dtype=np.float64)
    grad = np.zeros(start.shape)
    for index in np.ndindex(start.shape):
        moved = start.astype(np.complex128)
        moved[index] += STEP * 1j
        output = evaluate(graph, {**leaves, by: moved})[graph.output]
        grad[index] = np.sum(seed * output).imag / STEP
    return grad
