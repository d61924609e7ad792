"""Beats node by node: everything becomes known once, in an order in which it can be."""

from typing import Any

import numpy as np
import pytest

from app.engine.program import Program
from app.insight.beats import Beat, list_node_beats, list_time_beats
from app.insight.beats.formulas import factor
from app.insight.nodes import NodeReading
from app.insight.reading import write_number
from app.networks.cells import CELLS
from app.networks.choice import Choice
from app.networks.data import shapes_of
from app.networks.dense import DenseSpec, Layer
from app.networks.document import make_document
from app.networks.kinds import Spec, kind_of
from app.networks.presets import PRESETS
from app.networks.recurrent import RecurrentSpec
from tests.insight.test_beats import plain

FORMULA = PRESETS["micrograd"]


def run(spec: Spec, inputs: Any, targets: Any, parameters: Any = None) -> NodeReading:
    kind, document = kind_of(spec), make_document(spec, parameters)
    batch = kind.read_batch(spec, inputs, targets, None)
    shapes = shapes_of({**batch.leaves, **document.parameters})
    program = Program(kind.build_graph(spec, shapes), shapes)
    program.forward({**batch.leaves, **document.parameters})
    return NodeReading(program.backward(), 0, batch.size)


def read(name: str) -> NodeReading:
    preset = PRESETS[name]
    document = preset.network
    return run(document.spec, preset.inputs, preset.targets, document.parameters)


def follow(reading: NodeReading, beats: list[Beat]) -> None:
    """Check that nothing is told before what it is made of."""
    graph = reading.tape.graph
    known: set[str] = set()
    sent: set[tuple[str, int]] = set()
    complete: set[str] = set()
    for beat in beats:
        if beat.kind == "leaves":
            known.update(beat.nodes)
        elif beat.kind == "node":
            (node_id,) = beat.nodes
            assert known.issuperset(graph[node_id].inputs), node_id
            assert node_id not in known
            known.add(node_id)
        elif beat.kind == "seed":
            assert known == {node.id for node in graph}
            complete.update(beat.nodes)
        elif beat.kind == "messages":
            (node_id,) = beat.nodes
            assert node_id in complete, node_id
            for edge in beat.edges:
                assert (edge.target, edge.input) not in sent
                sent.add((edge.target, edge.input))
                uses = [u for u in graph.consumers[edge.source] if u[0].id in graph.reached]
                if len(uses) == 1:
                    complete.add(edge.source)
        elif beat.kind == "sum":
            (node_id,) = beat.nodes
            assert {(edge.target, edge.input) for edge in beat.edges} <= sent
            complete.add(node_id)
    wanted = {n.id for n in graph if n.constant is None and n.id in graph.reached}
    assert complete >= wanted


@pytest.mark.parametrize("name", PRESETS)
def test_everything_is_told_once_and_in_order(name: str) -> None:
    reading = read(name)
    follow(reading, list_node_beats(reading))


@pytest.mark.parametrize("name", PRESETS)
def test_formulas_are_whole(name: str) -> None:
    reading = read(name)
    for beat in list_node_beats(reading):
        for latex in (beat.latex, beat.latex_numbers):
            assert latex.count("{") == latex.count("}"), latex
            assert "#" not in latex, latex
        assert beat.title
        assert beat.text


def test_the_numbers_of_a_product() -> None:
    beats = list_node_beats(read("sum_product"))
    told = {(beat.kind, beat.nodes[0]): plain(beat.latex_numbers) for beat in beats}
    assert told["node", "f"] == r"-12 = 3 \cdot \left(-4\right)"
    assert r"-4 &= 1 \cdot (-4)" in told["messages", "f"]
    assert r"3 &= 1 \cdot 3" in told["messages", "f"]


def test_a_fork_adds_up() -> None:
    reading = read("micrograd")
    sums = [beat for beat in list_node_beats(reading) if beat.kind == "sum"]
    for beat in sums:
        total = sum(
            float(reading.message(reading.tape.graph[edge.target], edge.input))
            for edge in beat.edges
        )
        assert total == pytest.approx(float(reading.grad(beat.nodes[0])), rel=1e-12)
    assert {"a", "b"} <= {beat.nodes[0] for beat in sums}


def test_local_derivatives_times_upstream_are_the_messages() -> None:
    for name in PRESETS:
        reading = read(name)
        for node in reading.tape.graph:
            for position, source in enumerate(node.inputs):
                if (node.id, position) not in reading.tape.messages:
                    continue
                local = reading.local(node, position)
                message = reading.message(node, position)
                if local is None or message.size != 1 or reading.value(node.id).size != 1:
                    continue
                slope = local if local.size == 1 else reading.row(node.id, local)
                product = float(reading.grad(node.id).item()) * float(slope.item())
                shared = source in {p.id for p in reading.tape.graph.parameters}
                if not (shared and reading.batch > 1):
                    assert product == pytest.approx(float(message.item()), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("truncate", [None, 2])
def test_time_is_told_forward_and_back(cell: str, truncate: int | None) -> None:
    spec = RecurrentSpec(1, 2, 1, cell, loss_at="every", truncate=truncate)
    reading = run(spec, [[[1.0], [0.5], [-1.0]]], [[[1.0], [0.0], [1.0]]])
    beats = list_time_beats(spec, reading)
    forward = [b for b in beats if b.kind == "step"]
    back = [b for b in beats if b.kind == "step_back"]
    assert [b.time for b in forward] == [1, 2, 3]
    assert [b.time for b in back] == [3, 2, 1]
    told = {node for beat in beats if beat.phase != "backward" for node in beat.nodes}
    assert told == {node.id for node in reading.tape.graph if node.constant is None} | {
        node.id for node in reading.tape.graph if node.op is None
    }
    edges = {(e.target, e.input) for b in beats if b.phase == "backward" for e in b.edges}
    assert edges >= {key for key in reading.tape.messages if key[0] in reading.tape.graph.reached}
    for beat in beats:
        for latex in (beat.latex, beat.latex_numbers):
            assert latex.count("{") == latex.count("}"), latex


@pytest.mark.parametrize("sample", [0, 1])
def test_a_single_unit_is_told_in_numbers_for_each_sample(sample: int) -> None:
    spec = RecurrentSpec(1, 1, 1, loss_at="last")
    parameters = {
        "cell.weight_ih": [[1.0]],
        "cell.weight_hh": [[0.5]],
        "cell.bias": [0.25],
        "output.weight": [[1.0]],
        "output.bias": [0.0],
    }
    whole = run(spec, [[[1.0], [2.0]], [[-1.0], [0.0]]], [[1.0], [0.0]], parameters)
    reading = NodeReading(whole.tape, sample, 2)
    beats = {(beat.kind, beat.time): beat for beat in list_time_beats(spec, reading)}
    x, h = [1.0, -1.0][sample], float(np.tanh([1.25, -0.75][sample]))
    told = plain(beats["step", 1].latex_numbers)
    terms = rf"1 \cdot {_number(x)} + 0.25 + 0.5 \cdot 0"
    assert rf"&= \tanh\left({terms}\right)" in told
    assert f"&= {write_number(h)}" in told
    back = plain(beats["step_back", 2].latex_numbers)
    sent = float(reading.message(reading.tape.graph["time2.z_hh"], 0).item())
    assert back.startswith(f"{plain(write_number(sent))} = ")
    upstream = float(reading.grad("time2.h").item())
    assert plain(factor(upstream)) in back
    assert plain(factor(sent / upstream)) in back


def _number(value: float) -> str:
    return f"({value:g})" if value < 0 else f"{value:g}"


def test_where_it_is_truncated_nothing_depends_on_the_state_before() -> None:
    spec = RecurrentSpec(1, 1, 1, truncate=1)
    reading = run(spec, [[[1.0], [2.0]]], [[1.0]])
    (last, first) = [b for b in list_time_beats(spec, reading) if b.kind == "step_back"]
    assert "truncated" in last.latex
    assert "truncated" not in first.latex
    assert "Truncated here" in first.text


def test_a_constant_sends_and_receives_nothing() -> None:
    reading = read("gates")
    (constant,) = [n.id for n in reading.tape.graph if n.constant is not None]
    backward = [b for b in list_node_beats(reading) if b.phase == "backward"]
    assert all(edge.source != constant for beat in backward for edge in beat.edges)


def test_single_numbers_have_local_derivatives_in_networks_too() -> None:
    reading = read("neuron")
    z = reading.tape.graph["layer1.z"]
    found = [reading.local(z, position) for position in range(3)]
    assert [None if local is None else float(local) for local in found] == [0.5, 2.0, 1.0]
    wide = run(DenseSpec(2, (Layer(4, Choice("tanh")), Layer(1))), [[1.0, 2.0]], [[0.0]])
    assert wide.local(wide.tape.graph["layer1.z"], 0) is None
    slope = wide.local(wide.tape.graph["layer1.a"], 0)
    assert slope is not None
    assert slope.shape == (1, 4)
