"""Recurrent networks, unrolled: one cell, used once per time step with the same parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.graph import Graph, GraphBuilder
from app.engine.op import Array, Shape
from app.engine.ops import ACTIVATIONS
from app.engine.tape import Tape
from app.networks.cells import CELLS, State, Step
from app.networks.choice import Choice, resolve, resolved_options
from app.networks.data import Batch, read_rows, read_sequences, require_samples
from app.networks.errors import NetworkError
from app.networks.initializers import INITIALIZERS
from app.networks.losses import LOSSES, add_loss, add_sample_loss, check_targets

CELL, OUTPUT = 1, 2
"""The layers of a recurrent network."""
TIME_OF_INPUT = re.compile(r"time(\d+)\.x")


@dataclass(frozen=True)
class RecurrentSpec:
    """What a recurrent network is, without its parameters. Raises ``NetworkError`` on bad names.

    ``truncate`` cuts backpropagation through time: counted back from the last step, the state
    passes no gradient back after every so many steps.
    """

    inputs: int
    units: int
    outputs: int
    cell: str = "rnn"
    activation: Choice = field(default_factory=lambda: Choice("tanh"))
    output_activation: Choice = field(default_factory=lambda: Choice("identity"))
    loss: Choice = field(default_factory=lambda: Choice("squared_error"))
    loss_at: Literal["last", "every"] = "last"
    truncate: int | None = None
    reduction: Literal["mean", "sum"] = "mean"
    initializer: Choice = field(default_factory=lambda: Choice("glorot_uniform"))
    recurrent_initializer: Choice = field(default_factory=lambda: Choice("orthogonal"))
    bias_initializer: Choice | None = None
    seed: int = 0
    kind: Literal["recurrent"] = "recurrent"

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise NetworkError("/cell", f"expected one of: {', '.join(CELLS)}", "unknown_name")
        resolve(LOSSES, self.loss, "/loss")
        resolve(ACTIVATIONS, self.activation, "/activation")
        resolve(ACTIVATIONS, self.output_activation, "/output_activation")
        resolve(INITIALIZERS, self.initializer, "/initializer")
        resolve(INITIALIZERS, self.recurrent_initializer, "/recurrent_initializer")
        if self.bias_initializer is not None:
            resolve(INITIALIZERS, self.bias_initializer, "/bias_initializer")
            if self.bias_initializer.name == "orthogonal":
                detail = "orthogonal is for matrices; choose another initializer for biases"
                raise NetworkError("/bias_initializer", detail, "wrong_initializer")


def parameter_shapes(spec: RecurrentSpec) -> dict[str, Shape]:
    """The shape of every parameter by name."""
    rows = CELLS[spec.cell].gates * spec.units
    return {
        "cell.weight_ih": (rows, spec.inputs),
        "cell.weight_hh": (rows, spec.units),
        "cell.bias": (rows,),
        "output.weight": (spec.outputs, spec.units),
        "output.bias": (spec.outputs,),
    }


def initial_parameters(spec: RecurrentSpec) -> dict[str, Array]:
    """The first parameters, drawn gate by gate: a pure function of the spec and its seed."""
    rng = Generator(PCG64(SeedSequence(spec.seed)))
    parameters: dict[str, Array] = {}
    fans = {
        "cell.weight_ih": (spec.inputs, spec.initializer),
        "cell.weight_hh": (spec.units, spec.recurrent_initializer),
        "cell.bias": (spec.units, _bias_choice(spec, spec.recurrent_initializer)),
        "output.weight": (spec.units, spec.initializer),
        "output.bias": (spec.units, _bias_choice(spec, spec.initializer)),
    }
    for name, shape in parameter_shapes(spec).items():
        fan_in, choice = fans[name]
        rows = spec.units if name.startswith("cell") else spec.outputs
        initializer, options = resolve(INITIALIZERS, choice, "/initializer")
        gates = [
            initializer.draw(rng, (rows, *shape[1:]), fan_in, rows, options)
            for _ in range(shape[0] // rows)
        ]
        parameters[name] = np.concatenate(gates)
    return parameters


def _bias_choice(spec: RecurrentSpec, weights: Choice) -> Choice:
    default = weights if weights.name == "pytorch_default" else Choice("zeros")
    return spec.bias_initializer or default


def leaf_shapes(spec: RecurrentSpec, batch: int, steps: int) -> dict[str, Shape]:
    """The shapes of all leaves of the graph for sequences of ``steps`` steps."""
    states = {f"time0.{letter}": (batch, spec.units) for letter in CELLS[spec.cell].states}
    inputs = {f"time{t}.x": (batch, spec.inputs) for t in range(1, steps + 1)}
    targets = {f"time{t}.y": (batch, spec.outputs) for t in supervised_steps(spec, steps)}
    return {**states, **inputs, **targets, **parameter_shapes(spec)}


def read_batch(spec: RecurrentSpec, inputs: Any, targets: Any, initial_state: Any = None) -> Batch:
    """Sequences as values for ``time{t}.x`` and ``time{t}.y``; the first state is 0 unless given.

    ``inputs`` are (batch, time, features); ``targets`` (batch, outputs) where the loss looks at the
    last step, else (batch, time, outputs); ``initial_state`` holds (batch, units) per letter.
    Raises ``NetworkError`` where they do not fit the network.
    """
    x = read_sequences(inputs, spec.inputs, None, "/inputs")
    size, steps = x.shape[:2]
    leaves = {f"time0.{letter}": h for letter, h in _read_state(spec, initial_state, size).items()}
    leaves |= {f"time{time + 1}.x": x[:, time] for time in range(steps)}
    if targets is None:
        return Batch(leaves, {}, size)
    if spec.loss_at == "last":
        y = read_rows(targets, spec.outputs, "/targets")[:, None]
    else:
        y = read_sequences(targets, spec.outputs, steps, "/targets")
    require_samples(len(y), size, "/targets")
    check_targets(LOSSES[spec.loss.name], y)
    times = enumerate(supervised_steps(spec, steps))
    return Batch(leaves, {f"time{time}.y": y[:, number] for number, time in times}, size)


def _read_state(spec: RecurrentSpec, state: Any, size: int) -> dict[str, Array]:
    letters = CELLS[spec.cell].states
    found = {letter: np.zeros((size, spec.units)) for letter in letters}
    for letter, rows in (state or {}).items():
        pointer = f"/initial_state/{letter}"
        if letter not in letters:
            detail = f"no such state; this cell has: {', '.join(letters)}"
            raise NetworkError(pointer, detail, "unknown_name")
        found[letter] = read_rows(rows, spec.units, pointer)
        require_samples(len(found[letter]), size, pointer)
    return found


def list_outputs(spec: RecurrentSpec, graph: Graph) -> tuple[str, ...]:
    """The nodes that hold the outputs, one per supervised time step."""
    return tuple(node.id for node in graph if node.id == f"time{node.time}.output.a")


def read_outputs(spec: RecurrentSpec, tape: Tape) -> Array:
    """The outputs of a run: (batch, outputs) of the last step, or (batch, time, outputs)."""
    found = [tape.values[node] for node in list_outputs(spec, tape.graph)]
    return found[0] if spec.loss_at == "last" else np.stack(found, axis=1)


def supervised_steps(spec: RecurrentSpec, steps: int) -> list[int]:
    """The time steps, counted from 1, whose output has a target."""
    return [steps] if spec.loss_at == "last" else list(range(1, steps + 1))


def is_cut(spec: RecurrentSpec, time: int, steps: int) -> bool:
    """Whether no gradient flows from step ``time + 1`` back to step ``time``."""
    return spec.truncate is not None and (steps - time) % spec.truncate == 0 and time < steps


def build_graph(spec: RecurrentSpec, shapes: Mapping[str, Shape]) -> Graph:
    """The unrolled graph, as many time steps long as ``shapes`` has inputs."""
    steps = sum(TIME_OF_INPUT.fullmatch(name) is not None for name in shapes)
    cell, graph = CELLS[spec.cell], GraphBuilder()
    state: State = {}
    with graph.at(0, CELL):
        for letter in cell.states:
            state[letter] = graph.leaf(letter, "state", f"{letter}_{{0}}")
    for name, latex in PARAMETER_LATEX.items():
        graph.leaf(name, "parameter", latex, OUTPUT if name.startswith("output") else CELL)
    supervised, samples = supervised_steps(spec, steps), []
    for time in range(1, steps + 1):
        with graph.at(time, CELL):
            state = _build_step(spec, graph, time, state)
        with graph.at(time):
            if time in supervised:
                samples.append(_build_output(spec, graph, time, state["h"]))
            if is_cut(spec, time, steps):
                state = {
                    letter: graph.apply(
                        f"{letter}_cut", "stop_gradient", node, latex=f"{letter}_{{{time}}}"
                    )
                    for letter, node in state.items()
                }
    return graph.build(add_loss(graph, spec.reduction, *samples))


PARAMETER_LATEX = {
    "cell.weight_ih": "W_{ih}",
    "cell.weight_hh": "W_{hh}",
    "cell.bias": "b",
    "output.weight": "W_{o}",
    "output.bias": "b_{o}",
}


def _build_step(spec: RecurrentSpec, graph: GraphBuilder, time: int, before: State) -> State:
    x = graph.leaf("x", "input", f"x_{{{time}}}")
    z_ih = graph.apply(
        "z_ih", "linear", x, "cell.weight_ih", "cell.bias", latex=f"W_{{ih}} x_{{{time}}} + b"
    )
    z_hh = graph.apply(
        "z_hh", "linear", before["h"], "cell.weight_hh", latex=f"W_{{hh}} h_{{{time - 1}}}"
    )
    step = Step(graph, time, z_ih, z_hh, before, spec.activation, spec.units)
    return CELLS[spec.cell].build(step)


def _build_output(spec: RecurrentSpec, graph: GraphBuilder, time: int, h: str) -> str:
    loss, _ = resolve(LOSSES, spec.loss, "/loss")
    z = graph.apply(
        "output.z",
        "linear",
        h,
        "output.weight",
        "output.bias",
        role="preactivation",
        latex=f"z^{{o}}_{{{time}}}",
        layer=OUTPUT,
    )
    chosen = spec.output_activation
    a = graph.apply(
        "output.a",
        chosen.name,
        z,
        role="activation",
        latex=f"a_{{{time}}}",
        layer=OUTPUT,
        **chosen.options,
    )
    return add_sample_loss(graph, loss, resolved_options(LOSSES, spec.loss, "/loss"), a)
