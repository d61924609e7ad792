"""Runs of small networks for the tests of what is said about them."""

from typing import Any

from app.engine.program import Program
from app.insight.beats import Learning
from app.insight.reading import Reading
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, build_graph, leaf_shapes
from app.networks.document import make_document
from app.training.optimizers import OPTIMIZERS, apply_step

NEURON = DenseSpec(1, (Layer(1, Choice("relu")),))
NEURON_PARAMETERS = {"layer1.weight": [[0.5]], "layer1.bias": [0.0]}


def read(
    spec: DenseSpec,
    x: Any,
    y: Any,
    parameters: dict[str, Any] | None = None,
    sample: int = 0,
) -> Reading:
    """Run forward and backward."""
    document = make_document(spec, parameters)
    program = Program(build_graph(spec), leaf_shapes(spec, len(x)))
    program.forward({"x": x, "y": y, **document.parameters})
    return Reading(spec, program.backward(), sample)


def learn(reading: Reading, name: str = "sgd", **options: Any) -> Learning:
    """One step from the reading's tape, and the loss after it."""
    spec, tape = reading.spec, reading.tape
    parameters = {node.id: tape.values[node.id].copy() for node in tape.graph.parameters}
    optimizer = OPTIMIZERS[name]
    chosen = optimizer.options(**options)
    following, updates = apply_step(make_document(spec, parameters), optimizer, chosen, tape.grads)
    program = Program(tape.graph, leaf_shapes(spec, reading.batch))
    leaves = {"x": tape.values["x"], "y": tape.values["y"], **following.parameters}
    before = float(tape.values["loss"])
    after = float(program.forward(leaves).values["loss"])
    return Learning(optimizer, chosen, updates, before, after)


def read_neuron(target: float) -> Reading:
    """The worked example."""
    return read(NEURON, [[2.0]], [[target]], NEURON_PARAMETERS)
