"""One number explained: its terms and its paths against the gradient, and against autograd."""

import math
from typing import Any

import numpy as np
import pytest
from autograd import grad
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.entries import Entry
from app.engine.graph import GraphBuilder
from app.engine.ops import ACTIVATIONS
from app.engine.program import Program
from app.engine.tape import Tape
from app.insight.explain import explain, locate
from app.insight.gradient_check import check_gradients
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.networks.expression import ExpressionSpec, build_graph
from app.networks.losses import LOSSES
from app.networks.recurrent import RecurrentSpec, parameter_shapes
from tests.complex_step import differentiate as differentiate_by_complex_step
from tests.insight.runs import NEURON, read, read_neuron
from tests.networks.reference import compute_loss
from tests.networks.test_recurrent import CELLS, differentiate, draw, run

MAZUR = {
    "layer1.weight": [[0.15, 0.20], [0.25, 0.30]],
    "layer1.bias": [0.35, 0.35],
    "layer2.weight": [[0.40, 0.45], [0.50, 0.55]],
    "layer2.bias": [0.60, 0.60],
}
ENOUGH = 100_000


def assert_explained(tape: Tape, entry: Entry, expected: float, scale: float | None = None) -> None:
    """Terms and paths add up to the gradient that the tape has, which is as expected."""
    told = explain(tape, entry, most_terms=ENOUGH, most_paths=ENOUGH)
    size = max(1.0, *(abs(path.product) for path in told.paths.listed), scale or 0.0)
    assert told.grad == pytest.approx(expected, rel=1e-10, abs=1e-12 * size)
    assert told.terms_sum == pytest.approx(expected, rel=1e-12, abs=1e-12 * size)
    assert not told.paths.cut
    assert len(told.paths.listed) == told.paths.count
    assert told.paths.total == pytest.approx(expected, rel=1e-12, abs=1e-12 * size)
    for path in told.paths.listed:
        assert len(path.factors) == len(path.positions) == len(path.entries) - 1
        assert path.entries[0] == entry
        assert path.entries[-1].node == tape.graph.output


def run_expression(expression: str, **values: Any) -> Tape:
    shapes = {name: np.shape(value) for name, value in values.items()}
    program = Program(build_graph(ExpressionSpec(expression), shapes), shapes)
    program.forward(values)
    return program.backward()


def test_the_worked_example() -> None:
    told = explain(read_neuron(0.0).tape, Entry("layer1.weight", (0, 0)))
    assert (told.value, told.grad, told.symbol) == (0.5, 4.0, "w")
    (term,) = told.terms
    assert (term.source, term.upstream, term.local) == (Entry("layer1.z", (0, 0)), 2.0, 2.0)
    assert term.latex.endswith(r"\cdot \htmlData{node=layer1.z,id=layer1.z:1}{x}")
    assert term.latex_numbers.count("{2}") == 2
    (path,) = told.paths.listed
    ids = [entry.node for entry in path.entries]
    assert ids[:3] == ["layer1.weight", "layer1.z", "layer1.a"]
    assert ids[-2:] == ["loss.sample", "loss"]
    # dz/dw = 2, da/dz = 1, dL/da = 2.
    assert path.factors[:2] == (2.0, 1.0)
    assert math.prod(path.factors[2:]) == 2.0
    assert (told.paths.count, told.paths.total) == (1, 4.0)


def test_mazur_by_paths() -> None:
    # Matt Mazur, "A Step by Step Backpropagation Example", 2015: his dE/dw1 in double precision,
    # and the two ways from h1 to the error that he adds up.
    layers = (Layer(2, Choice("sigmoid")), Layer(2, Choice("sigmoid")))
    spec = DenseSpec(2, layers, Choice("half_squared_error"))
    tape = read(spec, [[0.05, 0.10]], [[0.01, 0.99]], MAZUR).tape
    told = explain(tape, Entry("layer1.weight", (0, 0)))
    assert told.grad == pytest.approx(0.00043856773447435, abs=1e-17)
    assert told.paths.count == 2
    assert told.paths.total == pytest.approx(told.grad, rel=1e-14)
    fork = explain(tape, Entry("layer1.a", (0, 0)))
    assert [term.product for term in fork.terms] == pytest.approx(
        [0.0553994246514228, -0.019049118258278114], rel=1e-12
    )
    assert fork.terms_sum == pytest.approx(0.03635030639314466, rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("seed", range(2))
def test_dense_networks_against_autograd(loss: str, seed: int) -> None:
    rng = Generator(PCG64(SeedSequence((seed, len(loss)))))
    names = list(ACTIVATIONS)
    inside = tuple(
        Layer(int(rng.integers(1, 4)), Choice(names[rng.integers(len(names))])) for _ in range(2)
    )
    last = Layer(2, Choice("sigmoid" if loss == "binary_cross_entropy" else "tanh"))
    spec = DenseSpec(2, (*inside, last), Choice(loss), "sum" if seed else "mean")
    x = rng.normal(size=(3, 2))
    y = np.array([[0.0, 1.0], [1.0, 0.0], [0.25, 0.75]])
    if LOSSES[loss].targets == "signs":
        y = np.array([[-1.0, 1.0], [1.0, 1.0], [-1.0, -1.0]])
    reading = read(spec, x, y)
    parameters = {n.id: reading.tape.values[n.id].copy() for n in reading.tape.graph.parameters}
    expected = grad(lambda p: compute_loss(spec, p, x, y))(parameters)
    for name, grads in expected.items():
        for index in np.ndindex(grads.shape):
            assert_explained(reading.tape, Entry(name, index), float(grads[index]))
    to_x = grad(lambda x: compute_loss(spec, parameters, x, y))(x)
    for index in np.ndindex(x.shape):
        assert_explained(reading.tape, Entry("x", index), float(to_x[index]))


def test_layers_that_normalize_and_add_their_input() -> None:
    rng = Generator(PCG64(SeedSequence(8)))
    layer = Layer(3, Choice("tanh"), residual=True, layer_norm=True)
    spec = DenseSpec(3, (layer, layer, Layer(1)))
    tape = read(spec, rng.normal(size=(2, 3)), rng.normal(size=(2, 1))).tape
    for node in tape.graph:
        if node.constant is None and node.id != tape.graph.output:
            for index in np.ndindex(tape.values[node.id].shape):
                entry = Entry(node.id, index)
                assert_explained(tape, entry, float(tape.grads[node.id][index]))
    assert check_gradients(tape, [node.id for node in tape.graph.parameters]).passed


@pytest.mark.filterwarnings("ignore:Output seems independent of input")
@pytest.mark.parametrize(("loss_at", "truncate"), [("last", None), ("every", 2)])
@pytest.mark.parametrize("cell", CELLS)
def test_recurrent_networks_against_autograd(cell: str, loss_at: Any, truncate: int | None) -> None:
    steps, batch = 3, 2
    spec = RecurrentSpec(1, 1, 2, cell, loss_at=loss_at, truncate=truncate)
    leaves = draw(spec, batch, steps, 4)
    tape = run(spec, leaves).tape
    _, grads, to_h, _ = differentiate(spec, leaves, steps)
    for name in parameter_shapes(spec):
        for index in np.ndindex(grads[name].shape):
            assert_explained(tape, Entry(name, index), float(grads[name][index]))
    for index in np.ndindex(to_h.shape):
        assert_explained(tape, Entry("time0.h", index), float(to_h[index]))


@pytest.mark.parametrize("cell", CELLS)
def test_a_shared_weight_hears_from_every_time_step(cell: str) -> None:
    steps = 5
    spec = RecurrentSpec(2, 3, 1, cell)
    tape = run(spec, draw(spec, 1, steps, 1)).tape
    told = explain(tape, Entry("cell.weight_hh", (1, 2)))
    assert [term.time for term in told.terms] == list(range(1, steps + 1))
    for term, time in zip(told.terms, range(1, steps + 1), strict=True):
        message = tape.messages[f"time{time}.z_hh", 1][1, 2]
        assert term.product == pytest.approx(float(message), rel=1e-12, abs=1e-18)


def test_samples_are_terms_of_a_weight() -> None:
    spec = DenseSpec(2, (Layer(2, Choice("tanh")),))
    tape = read(spec, [[1, 2], [3, 4], [5, 6]], [[0, 0], [1, 1], [0, 1]]).tape
    told = explain(tape, Entry("layer1.weight", (1, 0)))
    assert [term.sample for term in told.terms] == [0, 1, 2]
    assert [term.local for term in told.terms] == [1.0, 3.0, 5.0]
    assert "n=3" in told.terms[2].latex
    shared = explain(
        read(DenseSpec(2, (Layer(2, shared_bias=True),)), [[1, 2], [3, 4]], [[0, 0], [1, 1]]).tape,
        Entry("layer1.bias", (0,)),
    )
    assert shared.term_count == 4


def test_reuse_of_a_name_adds_up() -> None:
    tape = run_expression("x * x + 3 * x", x=2.0)
    told = explain(tape, Entry("x", ()), of="f")
    assert [term.local for term in told.terms] == [2.0, 2.0, 3.0]
    assert [term.position for term in told.terms[:2]] == [0, 1]
    assert told.paths.count == 3
    assert told.grad == told.paths.total == 7.0


def test_an_expression_at_many_points() -> None:
    tape = run_expression("a * sin(x)", a=2.0, x=[0.1, 0.2, 0.3])
    told = explain(tape, Entry("a", ()))
    assert told.term_count == told.paths.count == 3
    assert told.grad == pytest.approx(float(np.sin([0.1, 0.2, 0.3]).sum()), rel=1e-15)
    assert explain(tape, Entry("x", (1,))).paths.count == 1


def test_karpathys_example_of_two_ways() -> None:
    # micrograd's README, where b is used in many places: a = -4, b = 2.
    text = """c = a + b
d = a * b + b**3
c += c + 1
c += 1 + c + (-a)
d += d * 2 + relu(b + a)
d += 3 * d + relu(b - a)
e = c - d
f = e**2
g = f / 2.0
g += 10.0 / f"""
    tape = run_expression(text, a=-4.0, b=2.0)
    for name, printed in (("a", 138.8338), ("b", 645.5773)):
        told = explain(tape, Entry(name, ()), of="g")
        assert told.grad == pytest.approx(printed, abs=5e-5)
        assert told.paths.total == pytest.approx(told.grad, rel=1e-12)
        assert told.terms_sum == pytest.approx(told.grad, rel=1e-12)
        assert told.paths.count == len(told.paths.listed) > 20


NAMES = st.sampled_from(["x", "y", "z"])
NUMBERS = st.integers(1, 9).map(str)


def _combine(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    unary = st.sampled_from(["sin", "tanh", "sigmoid", "exp", "softplus", "cos", "-"])
    binary = st.sampled_from(["+", "-", "*", "/"])
    return st.one_of(
        st.tuples(unary, parts).map(lambda part: f"{part[0]}({part[1]})"),
        st.tuples(parts, binary, parts).map(lambda part: f"({part[0]}) {part[1]} ({part[2]})"),
        parts.map(lambda part: f"(0.5 + ({part})**2)**1.5"),
    )


EXPRESSIONS = st.recursive(NAMES | NUMBERS, _combine, max_leaves=12)


@settings(deadline=None, derandomize=True)
@given(
    EXPRESSIONS, st.lists(st.floats(0.3, 1.7).map(lambda v: round(v, 3)), min_size=3, max_size=3)
)
def test_random_expressions_against_the_complex_step(text: str, numbers: list[float]) -> None:
    # One name at least is needed, and all three have values.
    text = f"x + 0.1 * y - z / 7 + ({text})"
    values = dict(zip("xyz", numbers, strict=True))
    tape = run_expression(text, **values)
    if not all(np.isfinite(tape.values[node.id]).all() for node in tape.graph):
        return
    for name in values:
        entry = Entry(name, ())
        with np.errstate(all="ignore"):
            # The definitions are not careful about overflow.
            expected = float(differentiate_by_complex_step(tape.graph, values, name))
        if not math.isfinite(expected):
            continue
        told = explain(tape, entry, most_paths=ENOUGH)
        scale = sum(abs(path.product) for path in told.paths.listed)
        assert told.paths.total == pytest.approx(expected, rel=1e-9, abs=1e-11 * scale)
        assert told.terms_sum == pytest.approx(told.grad, rel=1e-12, abs=1e-14 * scale)
        assert len(told.paths.listed) == told.paths.count


def test_paths_are_counted_exactly_and_listed_up_to_a_limit() -> None:
    layers = tuple(Layer(400, Choice("tanh")) for _ in range(8))
    spec = DenseSpec(3, (*layers, Layer(1)), Choice("sum_of_outputs"))
    tape = read(spec, [[0.1, 0.2, 0.3]], [[0.0]]).tape
    told = explain(tape, Entry("layer1.weight", (4, 1)), most_paths=1_000)
    # From one unit of the first layer: 400 choices in each of the seven after it.
    assert told.paths.count == 400**7 > 2**53
    assert len(told.paths.listed) == 1_000
    assert told.paths.cut
    assert len({path.entries for path in told.paths.listed}) == 1_000
    assert told.terms_sum == pytest.approx(told.grad, rel=1e-12)
    assert explain(tape, Entry("x", (0, 0)), most_terms=7).term_count == 400
    assert len(explain(tape, Entry("x", (0, 0)), most_terms=7).terms) == 7


def test_long_paths_are_listed_until_their_entries_are_too_many() -> None:
    steps = 200
    spec = RecurrentSpec(1, 2, 1, "lstm")
    told = explain(run(spec, draw(spec, 1, steps, 0)).tape, Entry("cell.weight_ih", (0, 0)))
    assert told.paths.count > 2**steps
    assert 0 < len(told.paths.listed) < 1_000
    assert sum(len(path.entries) for path in told.paths.listed) <= 25_000
    assert told.term_count == steps


def test_counting_agrees_with_walking() -> None:
    spec = RecurrentSpec(2, 2, 2, "gru", loss=Choice("cross_entropy"), loss_at="every")
    leaves = draw(spec, 2, 2, 3)
    tape = run(spec, leaves).tape
    for node in tape.graph:
        if node.constant is None:
            for index in np.ndindex(tape.values[node.id].shape):
                told = explain(tape, Entry(node.id, index), most_paths=ENOUGH)
                assert len(told.paths.listed) == told.paths.count, node.id
                at_output = node.id == tape.graph.output
                assert told.paths.total == pytest.approx(told.grad, rel=1e-12, abs=1e-15)
                assert at_output or told.terms_sum == pytest.approx(told.grad, rel=1e-12, abs=1e-15)


def test_a_dead_unit_stops_every_path_with_a_zero() -> None:
    spec = DenseSpec(1, (Layer(1, Choice("relu")), Layer(2)))
    parameters = {"layer1.weight": [[-1.0]]}
    tape = read(spec, [[1.0]], [[1.0, 1.0]], parameters).tape
    told = explain(tape, Entry("layer1.weight", (0, 0)))
    assert told.paths.count == 2
    assert told.grad == told.terms_sum == told.paths.total == 0.0
    assert all(0.0 in path.factors for path in told.paths.listed)


def test_truncation_leaves_no_path_through_a_cut() -> None:
    spec = RecurrentSpec(1, 1, 1, "rnn", truncate=1)
    tape = run(spec, draw(spec, 1, 4, 0)).tape
    told = explain(tape, Entry("time1.h", (0, 0)))
    assert (told.grad, told.paths.count, told.terms) == (0.0, 0, [])
    products = [term.product for term in explain(tape, Entry("cell.weight_hh", (0, 0))).terms]
    assert products[:3] == [0.0, 0.0, 0.0]
    assert products[3] != 0.0


def test_numbers_that_are_not_finite_are_results() -> None:
    spec = DenseSpec(1, (Layer(1), Layer(1)))
    parameters = {"layer1.weight": [[1e200]], "layer2.weight": [[1e200]]}
    tape = read(spec, [[1.0]], [[0.0]], parameters).tape
    told = explain(tape, Entry("layer1.weight", (0, 0)))
    assert math.isinf(told.grad)
    assert math.isinf(told.terms_sum)
    assert math.isinf(told.paths.total)
    assert r"\infty" in told.latex_numbers
    tape = run_expression("log(x) * y", x=-1.0, y=2.0)
    assert math.isnan(explain(tape, Entry("y", ())).paths.total)
    tape = run_expression("sqrt(x) * 0", x=0.0)
    assert math.isnan(explain(tape, Entry("x", ())).paths.total)


def test_the_output_itself_has_the_seed() -> None:
    told = explain(read_neuron(0.0).tape, Entry("loss", ()))
    assert (told.grad, told.terms, told.paths.count, told.paths.total) == (1.0, [], 1, 1.0)


def test_what_leads_nowhere_has_no_gradient() -> None:
    graph = GraphBuilder()
    graph.leaf("x", "input", "x")
    graph.apply("aside", "tanh", "x")
    program = Program(graph.build(graph.apply("out", "square", "x")), {"x": ()})
    program.forward({"x": 3.0})
    told = explain(program.backward(), Entry("aside", ()))
    assert (told.grad, told.paths.count, told.paths.listed) == (0.0, 0, [])
    assert told.latex.endswith("= 0")


@pytest.mark.parametrize(
    ("of", "symbol"),
    [
        (Entry("layer1.weight", (1, 0)), "w^{(1)}_{2,1}"),
        (Entry("layer1.bias", (1,)), "b^{(1)}_{2}"),
        (Entry("layer2.z", (0, 0)), "z^{(2)}"),
        (Entry("x", (0, 1)), "x_{2}"),
        (Entry("loss.difference", (0, 0)), r"\left(a^{(2)} - y\right)"),
        (Entry("loss.sample", (0,)), "L_n"),
    ],
)
def test_symbols_are_those_of_the_network_view(of: Entry, symbol: str) -> None:
    spec = DenseSpec(2, (Layer(2, Choice("tanh")), Layer(1)))
    assert explain(read(spec, [[1, 2]], [[0]]).tape, of).symbol == symbol


def test_symbols_of_a_recurrent_network() -> None:
    spec = RecurrentSpec(1, 2, 1, "rnn")
    tape = run(spec, draw(spec, 1, 2, 0)).tape
    assert explain(tape, Entry("time2.h", (0, 1))).symbol == r"\left(h_{2}\right)_{2}"
    told = explain(tape, Entry("cell.weight_hh", (0, 1)))
    assert told.symbol == r"\left(W_{hh}\right)_{1,2}"
    assert r"{\left(h_{1}\right)_{2}}" in told.terms[1].latex


def test_local_derivatives_of_ops_that_mix_units_are_written_as_derivatives() -> None:
    spec = DenseSpec(2, (Layer(2, Choice("softmax")),))
    told = explain(read(spec, [[1, 2]], [[0, 1]]).tape, Entry("layer1.z", (0, 0)))
    assert r"\frac{\partial a_{2}}{\partial z_{1}}" in told.terms[1].latex


def test_an_index_may_leave_out_the_sample() -> None:
    tape = read(NEURON, [[1.0], [2.0]], [[0.0], [0.0]]).tape
    assert locate(tape, "layer1.z", (0,), None) == Entry("layer1.z", (0, 0))
    assert locate(tape, "layer1.z", (0,), 1) == Entry("layer1.z", (1, 0))
    assert locate(tape, "layer1.z", (1, 0), None) == Entry("layer1.z", (1, 0))
    assert locate(tape, "loss.sample", (), 1) == Entry("loss.sample", (1,))
    assert locate(tape, "layer1.weight", (0, 0), 1) == Entry("layer1.weight", (0, 0))
    assert locate(tape, "loss", (), 1) == Entry("loss", ())
    for index, sample in (((2, 0), None), ((0,), 2), ((0, 0, 0), None), ((1, 0), 0), ((), None)):
        with pytest.raises(ValueError, match="index"):
            locate(tape, "layer1.z", index, sample)
    with pytest.raises(ValueError, match=r"shape \[1, 1\]"):
        locate(tape, "layer1.weight", (0,), None)
