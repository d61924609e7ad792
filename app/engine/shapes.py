"""The shape of every node, worked out from those of the leaves."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.engine.errors import EngineError, ShapeError
from app.engine.graph import Graph, Node
from app.engine.op import Shape
from app.engine.ops import OPS


def infer_shapes(graph: Graph, leaf_shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """The shape of every node by id.

    Raises ``EngineError`` when a leaf has no shape, ``ShapeError`` when shapes do not fit together.
    """
    shapes: dict[str, Shape] = {}
    for node in graph:
        if node.constant is not None:
            shapes[node.id] = ()
        elif node.op is None:
            if node.id not in leaf_shapes:
                raise EngineError(f"no shape was given for the leaf {node.id}")
            shapes[node.id] = tuple(leaf_shapes[node.id])
        else:
            inputs = tuple(shapes[source] for source in node.inputs)
            try:
                shapes[node.id] = OPS[node.op].output_shape(inputs, fill_options(node))
            except ValueError as error:
                raise ShapeError(node.id, str(error), inputs[0]) from error
    return shapes


def fill_options(node: Node) -> dict[str, Any]:
    """The node's options over its op's defaults."""
    return {} if node.op is None else {**asdict(OPS[node.op].options()), **node.options}
