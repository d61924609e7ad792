"""What one run of a graph left behind."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.engine.graph import Graph
from app.engine.op import Array

Edge = tuple[str, int]
"""The id of the node that uses a value, and at which input position."""


@dataclass(frozen=True)
class Tape:
    """Values, gradients, and the message that went back along each edge.

    A node's gradient is the sum of the messages it received. ``locals`` holds the local derivative
    of each edge into an elementwise op: a number when it is constant, else an array. The gradient
    of the graph's output is the seed. Constants have values and no gradients.

    The arrays are the buffers of the program that wrote them: its next run overwrites them.
    """

    graph: Graph
    values: Mapping[str, Array]
    grads: Mapping[str, Array]
    messages: Mapping[Edge, Array]
    locals: Mapping[Edge, Array | float]
