"""Programs, kept for the next request with the same network and batch size."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from app.engine.graph import Graph
from app.engine.program import Program
from app.networks.dense import DenseSpec, build_graph, leaf_shapes
from app.settings import Limits, Settings


class Programs(threading.local):
    """A small cache of programs, the least recently used given up first.

    A program's buffers belong to one run at a time, so every thread has programs of its own.
    """

    def __init__(self, most: int, most_numbers: int) -> None:
        super().__init__()
        self._most = most
        self._most_numbers = most_numbers
        self._kept: OrderedDict[tuple[str, int, str], Program] = OrderedDict()

    def find(self, spec: DenseSpec, batch: int, purpose: str = "run") -> Program:
        """The program of the whole graph; one of another ``purpose`` has other buffers."""
        return self._find(spec, batch, purpose, build_graph)

    def find_forward(self, spec: DenseSpec, batch: int) -> Program:
        """The program that stops at the outputs and needs no targets."""
        return self._find(spec, batch, "forward", build_forward_graph)

    def _find(
        self, spec: DenseSpec, batch: int, purpose: str, build: Callable[[DenseSpec], Graph]
    ) -> Program:
        # Neither the seed nor the rules for first values change the graph.
        key = repr(replace(spec, seed=0, bias_initializer=None)), batch, purpose
        program = self._kept.pop(key, None)
        if program is None:
            program = Program(build(spec), leaf_shapes(spec, batch))
        if _count_numbers(program) <= self._most_numbers:
            self._kept[key] = program
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return program


def build_forward_graph(spec: DenseSpec) -> Graph:
    """The part of the graph from ``x`` to the outputs."""
    whole, output = build_graph(spec), f"layer{len(spec.layers)}.a"
    ids = [node.id for node in whole]
    return Graph(whole.nodes[: ids.index(output) + 1], output)


def _count_numbers(program: Program) -> int:
    tape = program.tape
    return sum(a.size for part in (tape.values, tape.grads) for a in part.values())


@dataclass(frozen=True)
class Resources:
    """What the services of one application share."""

    limits: Limits
    programs: Programs


def make_resources(settings: Settings) -> Resources:
    """Resources as the settings want them."""
    return Resources(settings.limits, Programs(settings.cached_programs, settings.cached_numbers))
