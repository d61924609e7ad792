"""How one layer or time step stretches small differences: its Jacobian at one sample.

The Jacobian's rows are gradients: the part of the network is run on as many copies of the sample as
it has outputs, and each copy is seeded with one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from app.engine.graph import Graph
from app.engine.op import Array
from app.engine.program import Program
from app.engine.tape import Tape
from app.experiments.trial import Trial
from app.networks import dense, recurrent
from app.networks.cells import CELLS
from app.networks.dense import DenseSpec
from app.networks.recurrent import RecurrentSpec


@dataclass(frozen=True)
class Spectrum:
    """Singular values of a Jacobian: the largest, the smallest, and the mean of their squares."""

    largest: float
    smallest: float
    mean_square: float


def count_work(trial: Trial) -> int:
    """How much work the singular values of one trial are: the cubes of the widths, summed."""
    if isinstance(trial.spec, DenseSpec):
        widths = [trial.spec.inputs, *(layer.units for layer in trial.spec.layers)]
        return sum(min(pair) * max(pair) ** 2 for pair in pairwise(widths))
    states = len(CELLS[trial.spec.cell].states)
    return trial.time_steps * (states * trial.spec.units) ** 3


def list_spectra(trial: Trial, tape: Tape) -> list[Spectrum]:
    """The singular values of every layer or time step, at the first sample of the trial's tape."""
    if isinstance(trial.spec, DenseSpec):
        jacobians = _differentiate_layers(trial.spec, tape)
    else:
        jacobians = _differentiate_steps(trial.spec, trial.time_steps, tape)
    return [_find_spectrum(jacobian) for jacobian in jacobians]


def _differentiate_layers(spec: DenseSpec, tape: Tape) -> Iterator[Array]:
    below, fan_in = "x", spec.inputs
    for number, layer in enumerate(spec.layers, start=1):
        alone = DenseSpec(fan_in, (layer,))
        graph = _cut(dense.build_graph(alone), "layer1.a")
        program = Program(graph, dense.leaf_shapes(alone, layer.units))
        names = dense.parameter_shapes(alone)
        values = {name: tape.values[name.replace("layer1", f"layer{number}")] for name in names}
        values["x"] = np.tile(tape.values[below][0], (layer.units, 1))
        program.forward(values)
        yield program.backward(np.eye(layer.units)).grads["x"]
        below, fan_in = f"layer{number}.a", layer.units


def _differentiate_steps(spec: RecurrentSpec, steps: int, tape: Tape) -> Iterator[Array]:
    letters, units = CELLS[spec.cell].states, spec.units
    alone = replace(spec, truncate=None, loss_at="last")
    shapes = recurrent.leaf_shapes(alone, units, 1)
    whole = recurrent.build_graph(alone, shapes)
    programs = [Program(_cut(whole, f"time1.{letter}"), shapes) for letter in letters]
    for time in range(1, steps + 1):
        rows = []
        for program in programs:
            values = {}
            for leaf in program.graph.leaves:
                if leaf.role == "parameter":
                    values[leaf.id] = tape.values[leaf.id]
                else:
                    here = leaf.id.replace(f"time{leaf.time}", f"time{time - 1 + (leaf.time or 0)}")
                    values[leaf.id] = np.tile(tape.values[here][0], (units, 1))
            program.forward(values)
            grads = program.backward(np.eye(units)).grads
            rows.append(np.hstack([grads[f"time0.{letter}"] for letter in letters]))
        yield np.vstack(rows)


def _cut(graph: Graph, output: str) -> Graph:
    """The part of ``graph`` that ``output`` is computed from."""
    needed = Graph(graph.nodes, output).reached
    return Graph(tuple(node for node in graph if node.id in needed), output)


def _find_spectrum(jacobian: Array) -> Spectrum:
    if not np.isfinite(jacobian).all():
        return Spectrum(np.nan, np.nan, np.nan)
    values = np.linalg.svd(jacobian, compute_uv=False)
    with np.errstate(over="ignore"):
        mean_square = float(np.mean(values**2))
    return Spectrum(float(values[0]), float(values[-1]), mean_square)
