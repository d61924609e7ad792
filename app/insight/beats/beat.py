"""One step of a run that can be told in a sentence."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class BeatEdge:
    """An edge of the graph: the value of ``source`` enters ``target`` as its input number."""

    source: str
    target: str
    input: int


@dataclass(frozen=True)
class Beat:
    """One step that can be told in a sentence.

    ``latex`` is the rule in symbols, ``latex_numbers`` the same rule with this run's numbers; both
    mark each term with the id of the node, unit, weight or loss that it stands for.
    """

    kind: str
    phase: Literal["forward", "loss", "backward", "update"]
    title: str
    text: str
    latex: str
    latex_numbers: str
    nodes: list[str]
    edges: list[BeatEdge] = field(default_factory=list)
    layer: int | None = None
    time: int | None = None
