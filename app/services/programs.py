"""Programs, kept for the next request with the same network and batch size."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from app.engine.graph import Graph
from app.engine.op import Shape
from app.engine.program import Program
from app.experiments.cluster import Cluster, ClusterOptions
from app.experiments.results import Results
from app.experiments.workers import Serial, Workers
from app.networks.expression import ExpressionSpec
from app.networks.kinds import Spec, cut_graph, kind_of
from app.settings import Limits, Settings


class Programs(threading.local):
    """A small cache of programs, the least recently used given up first.

    It holds at most ``most`` programs, and of all of them together at most ``most_numbers`` values
    and gradients. A program's buffers belong to one run at a time, so every thread has programs of
    its own.
    """

    def __init__(self, most: int, most_numbers: int) -> None:
        super().__init__()
        self._most = most
        self._most_numbers = most_numbers
        self._kept: OrderedDict[tuple[str, str, str], tuple[Program, int]] = OrderedDict()

    def find(self, spec: Spec, shapes: Mapping[str, Shape], purpose: str = "run") -> Program:
        """The program of the whole graph for leaves of these shapes, parameters left out.

        One of another ``purpose`` has other buffers.
        """
        return self._find(spec, shapes, purpose, build_graph)

    def find_forward(self, spec: Spec, shapes: Mapping[str, Shape]) -> Program:
        """The program that stops at the outputs and needs no targets."""
        return self._find(spec, shapes, "forward", build_forward_graph)

    def _find(
        self,
        spec: Spec,
        shapes: Mapping[str, Shape],
        purpose: str,
        build: Callable[[Spec, Mapping[str, Shape]], Graph],
    ) -> Program:
        # Neither the seed nor the rules for first values change the graph.
        plain = replace(spec, seed=0)
        if not isinstance(plain, ExpressionSpec):
            plain = replace(plain, bias_initializer=None)
        key = repr(plain), repr(shapes), purpose
        found = self._kept.pop(key, None)
        if found is None:
            graph = build(spec, shapes)
            program = Program(graph, {**shapes, **kind_of(spec).parameter_shapes(spec)})
            found = program, _count_numbers(program)
        self._kept[key] = found
        while self._kept and self._is_full():
            self._kept.popitem(last=False)
        return found[0]

    def _is_full(self) -> bool:
        numbers = sum(count for _, count in self._kept.values())
        return len(self._kept) > self._most or numbers > self._most_numbers


def build_graph(spec: Spec, shapes: Mapping[str, Shape]) -> Graph:
    """The whole graph of the network."""
    return kind_of(spec).build_graph(spec, shapes)


def build_forward_graph(spec: Spec, shapes: Mapping[str, Shape]) -> Graph:
    """The part of the graph from the inputs to the outputs."""
    whole = build_graph(spec, shapes)
    return cut_graph(whole, kind_of(spec).list_outputs(spec, whole))


def _count_numbers(program: Program) -> int:
    tape = program.tape
    return sum(a.size for part in (tape.values, tape.grads) for a in part.values())


@dataclass(frozen=True)
class Resources:
    """What the services of one application share."""

    limits: Limits
    programs: Programs
    results: Results = field(default_factory=lambda: Results(0))
    workers: Workers = field(default_factory=Serial)

    def close(self) -> None:
        """End what was started on the way."""
        self.workers.close()


def make_resources(settings: Settings) -> Resources:
    """Resources as the settings want them."""
    # Or a process with many threads would keep itself short of memory.
    most = settings.cached_numbers // settings.threads
    return Resources(
        settings.limits,
        Programs(settings.cached_programs, most),
        Results(settings.sweep_results_bytes, settings.sweep_results),
        Cluster(
            ClusterOptions(
                settings.sweep_scheduler,
                settings.sweep_workers,
                settings.sweep_worker_bytes,
                tls_ca=settings.sweep_tls_ca,
                tls_cert=settings.sweep_tls_cert,
                tls_key=settings.sweep_tls_key,
            )
        ),
    )
