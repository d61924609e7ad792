"""The engine itself, as training uses it and with everything recorded."""

from typing import Any

import numpy as np

from app.engine.graph import GraphBuilder
from app.engine.program import Program
from app.networks import dense, recurrent
from app.networks.choice import Choice
from app.training.optimizers import OPTIMIZERS, Sgd
from app.training.updater import Updater
from benchmarks.cases import RATE, Dense, Recurrent, Scalar
from benchmarks.contestants import Contestant


def prepare(case: Dense | Recurrent | Scalar, record: bool = False) -> Contestant:
    """The engine on a case."""
    if isinstance(case, Scalar):
        return _prepare_scalar(case, record)
    program = _bind_dense(case) if isinstance(case, Dense) else _bind_recurrent(case)
    update = Updater(program, OPTIMIZERS["sgd"], Sgd(learning_rate=RATE)).step

    def step() -> None:
        program.forward()
        program.backward(record=record)
        update()

    return Contestant(step, lambda: float(program.tape.values["loss"]))


def _bind_dense(case: Dense) -> Program:
    names = [case.activation] * (len(case.widths) - 2) + [case.last]
    layers = tuple(
        dense.Layer(units, Choice(name)) for units, name in zip(case.widths[1:], names, strict=True)
    )
    spec = dense.DenseSpec(case.widths[0], layers, Choice(case.loss))
    x, y, parameters = case.draw()
    leaves: dict[str, Any] = {"x": x, "y": y}
    for number, (weight, bias) in enumerate(parameters, start=1):
        leaves |= {f"layer{number}.weight": weight, f"layer{number}.bias": bias}
    program = Program(dense.build_graph(spec), dense.leaf_shapes(spec, case.batch))
    program.load(leaves)
    return program


def _bind_recurrent(case: Recurrent) -> Program:
    spec = recurrent.RecurrentSpec(case.inputs, case.units, case.outputs, loss_at="every")
    shapes = recurrent.leaf_shapes(spec, case.batch, case.steps)
    program = Program(recurrent.build_graph(spec, shapes), shapes)
    x, y, parameters = case.draw()
    program.load({**parameters, "time0.h": np.zeros((case.batch, case.units))})
    program.load({f"time{t}.x": part for t, part in enumerate(x, start=1)})
    program.load({f"time{t}.y": part for t, part in enumerate(y, start=1)})
    return program


def _prepare_scalar(case: Scalar, record: bool) -> Contestant:
    graph = GraphBuilder()
    leaves = {graph.leaf(f"x{k}", "parameter", "x"): value for k, value in enumerate(case.leaves)}
    for number, (op, inputs) in enumerate(case.steps):
        sources = [
            source if isinstance(source, str) else graph.constant(f"c{number}", source, str(source))
            for source in inputs
        ]
        output = graph.apply(f"n{number}", op, *sources, latex=f"n{number}")
    program = Program(graph.build(output), dict.fromkeys(leaves, ()))
    program.load(leaves)

    def step() -> None:
        program.forward()
        program.backward(record=record)

    return Contestant(step, lambda: float(program.tape.values[output]))
