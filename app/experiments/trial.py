"""One trial: a network with its own seed, run once forward and backward, and measured.

A trial is a value and what it gives is a pure function of it, so that it can run in any process.

Inputs are independent random numbers. The loss is a weighted sum of the outputs whose weights are
independent standard normal numbers: it makes the gradient that enters the network random, of mean
square 1, and the same for every network, so that what is measured is the network and not its loss.
Losses of samples and time steps are added up.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.op import Array, Shape
from app.engine.program import Program
from app.experiments.measures import Measures, measure_dense, measure_recurrent
from app.networks import dense, recurrent
from app.networks.choice import Choice
from app.networks.dense import DenseSpec
from app.networks.recurrent import RecurrentSpec

Distribution = Literal["normal", "uniform"]
NetworkSpec = DenseSpec | RecurrentSpec


@dataclass(frozen=True)
class Inputs:
    """Random inputs of mean 0 and this variance."""

    distribution: Distribution = "normal"
    variance: float = 1.0

    def draw(self, rng: Generator, shape: Shape) -> Array:
        """Independent numbers."""
        if self.distribution == "uniform":
            bound = np.sqrt(3.0 * self.variance)
            return rng.uniform(-bound, bound, shape)
        return rng.normal(0.0, np.sqrt(self.variance), shape)


@dataclass(frozen=True)
class Trial:
    """A network and how it is run.

    ``time_steps`` is how long the sequences of a recurrent network are; a dense one has none.
    ``seed`` stands in place of the spec's, apart from it because a spec that is made anew is
    checked anew, layer by layer.
    """

    spec: NetworkSpec
    batch: int = 32
    inputs: Inputs = Inputs()
    time_steps: int = 1
    seed: int | None = None

    @property
    def places(self) -> int:
        """How many layers or time steps are measured."""
        return len(self.spec.layers) if isinstance(self.spec, DenseSpec) else self.time_steps

    def with_seed(self, seed: int) -> "Trial":
        """The same with another seed."""
        return replace(self, seed=seed)


def run_trial(trial: Trial, program: Program | None = None) -> Measures:
    """The measures of one trial by layer or time step.

    ``program`` is one from ``build_program`` for the same trial, whatever its seed.
    """
    program = program or build_program(trial)
    program.forward(draw_leaves(trial, program))
    if isinstance(trial.spec, DenseSpec):
        return measure_dense(program.backward(record=False), trial.spec)
    return measure_recurrent(program.backward(), trial.time_steps)


def build_program(trial: Trial) -> Program:
    """The program of a trial, which is the same for every seed."""
    spec = replace(trial.spec, loss=Choice("weighted_sum"), reduction="sum")
    if isinstance(spec, DenseSpec):
        return Program(dense.build_graph(spec), dense.leaf_shapes(spec, trial.batch))
    shapes = recurrent.leaf_shapes(spec, trial.batch, trial.time_steps)
    return Program(recurrent.build_graph(spec, shapes), shapes)


def draw_leaves(trial: Trial, program: Program) -> dict[str, Array]:
    """Values for all leaves: parameters, inputs, first state 0, and the weights of the loss.

    The parameters are those that the spec and its seed stand for anywhere.
    """
    spec = trial.spec if trial.seed is None else replace(trial.spec, seed=trial.seed)
    if isinstance(spec, DenseSpec):
        leaves = dense.initial_parameters(spec)
    else:
        leaves = recurrent.initial_parameters(spec)
    rng = Generator(PCG64(SeedSequence(spec.seed, spawn_key=(1,))))
    for node in program.graph.leaves:
        shape = program.shapes[node.id]
        if node.role == "input":
            leaves[node.id] = trial.inputs.draw(rng, shape)
        elif node.role == "state":
            leaves[node.id] = np.zeros(shape)
        elif node.role == "target":
            leaves[node.id] = rng.normal(size=shape)
    return leaves
