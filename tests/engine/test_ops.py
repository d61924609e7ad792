"""Every op against its definition, the complex step and central differences."""

import warnings
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.errors import ShapeError
from app.engine.graph import Graph, GraphBuilder
from app.engine.op import Array, Binding, Local
from app.engine.ops import ACTIVATIONS, OPS
from app.engine.program import Program
from tests.complex_step import differentiate, evaluate

POSITIVE = {"log", "sqrt", "divide", "power", "xlogy"}
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "leaky_relu": [{}, {"negative_slope": 0.2}],
    "elu": [{}, {"alpha": 0.4}],
    "huber": [{}, {"delta": 0.3}],
    "sum": [{"last_axis": True}, {"last_axis": False}],
    "mean": [{"last_axis": True}, {"last_axis": False}],
    "slice": [{}, {"start": 1, "stop": 3}],
    "layer_norm": [{}, {"eps": 0.1}],
}
CASES = [(name, options) for name in OPS for options in OPTIONS.get(name, [{}])]
# The one op whose rule is not the derivative of what it computes.
DIFFERENTIABLE = [case for case in CASES if case[0] != "stop_gradient"]


def make_case(
    name: str, options: dict[str, Any], seed: int = 0
) -> tuple[Graph, dict[str, Array], Array]:
    """The op alone in a graph, leaves for it, and an upstream gradient."""
    rng = Generator(PCG64(SeedSequence(seed)))
    op = OPS[name]
    shapes: list[tuple[int, ...]] = [(4, 3)] * len(op.local_latex)
    if name == "linear":
        shapes = [(4, 3), (2, 3), (2,)]
    leaves = {
        f"i{k}": rng.uniform(0.3, 2.5, size) if name in POSITIVE else rng.normal(0.0, 1.5, size)
        for k, size in enumerate(shapes)
    }
    graph = GraphBuilder()
    for leaf in leaves:
        graph.leaf(leaf, "input", leaf)
    built = graph.build(graph.apply("out", name, *leaves, **options))
    out = evaluate(built, leaves)["out"]
    return built, leaves, rng.normal(size=out.shape)


def run(graph: Graph, leaves: dict[str, Array], seed: Array) -> Program:
    program = Program(graph, {leaf: value.shape for leaf, value in leaves.items()})
    program.forward(leaves)
    program.backward(seed)
    return program


@pytest.mark.parametrize(("name", "options"), CASES)
def test_value_agrees_with_the_definition(name: str, options: dict[str, Any]) -> None:
    graph, leaves, seed = make_case(name, options)
    program = run(graph, leaves, seed)
    expected = evaluate(graph, leaves)["out"]
    np.testing.assert_allclose(program.tape.values["out"], expected, rtol=1e-13, atol=1e-14)


def assert_vjps_agree(graph: Graph, leaves: dict[str, Array], seed: Array) -> None:
    program = run(graph, leaves, seed)
    for leaf in leaves:
        expected = differentiate(graph, leaves, leaf, seed)
        np.testing.assert_allclose(program.tape.grads[leaf], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("name", "options"), DIFFERENTIABLE)
def test_vjp_agrees_with_the_complex_step(name: str, options: dict[str, Any], seed: int) -> None:
    assert_vjps_agree(*make_case(name, options, seed))


@pytest.mark.parametrize(("name", "options"), DIFFERENTIABLE)
def test_vjp_agrees_with_central_differences(name: str, options: dict[str, Any]) -> None:
    graph, leaves, seed = make_case(name, options)
    program = run(graph, leaves, seed)
    grads = {leaf: program.tape.grads[leaf].copy() for leaf in leaves}
    for leaf, value in leaves.items():
        for index in np.ndindex(value.shape):
            losses = []
            for step in (1e-6, -1e-6):
                moved = value.copy()
                moved[index] += step
                out = program.forward({**leaves, leaf: moved}).values["out"]
                losses.append(float(np.sum(seed * out)))
            numeric = (losses[0] - losses[1]) / 2e-6
            assert grads[leaf][index] == pytest.approx(numeric, rel=1e-6, abs=1e-7)


def test_a_wrong_vjp_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets_the_square(b: Binding) -> Local:
        s = b.scratch("slope")
        return Local(s, ((np.subtract, (1.0, b.out, s)),))

    wrong = replace(OPS["tanh"], locals=(forgets_the_square,))
    monkeypatch.setitem(OPS, "tanh", wrong)
    with pytest.raises(AssertionError):
        assert_vjps_agree(*make_case("tanh", {}))


def test_a_wrong_structured_vjp_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    softmax = OPS["softmax"]
    wrong = replace(softmax, vjps=(lambda b, up, message: [(np.multiply, (up, b.out, message))],))
    monkeypatch.setitem(OPS, "softmax", wrong)
    with pytest.raises(AssertionError):
        assert_vjps_agree(*make_case("softmax", {}))


def unary(name: str, points: list[float]) -> tuple[Array, Array]:
    """Values and slopes of an activation at ``points``."""
    leaves = {"i0": np.array([points])}
    graph = GraphBuilder()
    graph.leaf("i0", "input", "z")
    program = run(graph.build(graph.apply("out", name, "i0")), leaves, np.ones((1, len(points))))
    return program.tape.values["out"][0], program.tape.grads["i0"][0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_stable_at_the_ends_of_the_range(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, slope = unary(name, [1e308, -1e308, 800.0, -800.0, 0.0])
    assert np.isfinite(value).all()
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_let_nan_through(name: str) -> None:
    value, slope = unary(name, [float("nan")])
    assert np.isnan(value).all()
    if name != "identity":
        assert np.isnan(slope).all()


@pytest.mark.parametrize(
    ("name", "value", "slope"),
    [
        ("identity", [np.inf, -np.inf], [1, 1]),
        ("relu", [np.inf, 0], [1, 0]),
        ("leaky_relu", [np.inf, -np.inf], [1, 0.01]),
        ("elu", [np.inf, -1], [1, 0]),
        ("softplus", [np.inf, 0], [1, 0]),
        ("sigmoid", [1, 0], [0, 0]),
        ("tanh", [1, -1], [0, 0]),
        ("hard_tanh", [1, -1], [0, 0]),
    ],
)
def test_activations_at_infinity(name: str, value: list[float], slope: list[float]) -> None:
    values, slopes = unary(name, [np.inf, -np.inf])
    np.testing.assert_array_equal(values, value)
    np.testing.assert_array_equal(slopes, slope)


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("relu", 0.0),
        ("leaky_relu", 0.01),
        ("abs", 0.0),
        ("elu", 1.0),
        ("selu", 1.6732632423543772 * 1.0507009873554805),
    ],
)
def test_slope_at_zero_follows_the_convention(name: str, slope: float) -> None:
    assert unary(name, [0.0])[1][0] == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_a_tie_splits_the_gradient_in_half(name: str) -> None:
    graph = GraphBuilder()
    graph.leaf("p", "input", "p")
    graph.leaf("q", "input", "q")
    leaves = {"p": np.array([1.0, 2.0, 3.0]), "q": np.array([2.0, 2.0, 2.0])}
    program = run(graph.build(graph.apply("out", name, "p", "q")), leaves, np.ones(3))
    wins = [0.0, 0.5, 1.0] if name == "maximum" else [1.0, 0.5, 0.0]
    np.testing.assert_array_equal(program.tape.grads["p"], wins)
    np.testing.assert_array_equal(program.tape.grads["q"], wins[::-1])


def test_sigmoid_is_accurate_in_both_tails() -> None:
    value, slope = unary("sigmoid", [-40.0, 40.0])
    assert value[0] == pytest.approx(4.248354255291589e-18, rel=1e-12)
    np.testing.assert_allclose(slope, 4.248354255291589e-18, rtol=1e-12)


def test_xlogy_is_zero_where_the_first_is_zero() -> None:
    graph = GraphBuilder()
    graph.leaf("p", "target", "p")
    graph.leaf("q", "input", "q")
    leaves = {"p": np.array([0.0, 1.0]), "q": np.array([0.0, 1.0])}
    program = run(graph.build(graph.apply("out", "xlogy", "p", "q")), leaves, np.ones(2))
    np.testing.assert_array_equal(program.tape.values["out"], [0.0, 0.0])
    np.testing.assert_array_equal(program.tape.grads["q"], [0.0, 1.0])


def test_power_has_a_gradient_at_zero() -> None:
    graph = GraphBuilder()
    graph.leaf("p", "input", "p")
    graph.leaf("q", "input", "q")
    leaves = {"p": np.array([0.0, 0.0, -2.0]), "q": np.array([0.0, 2.0, 3.0])}
    program = run(graph.build(graph.apply("out", "power", "p", "q")), leaves, np.ones(3))
    np.testing.assert_array_equal(program.tape.grads["p"], [0.0, 0.0, 12.0])
    assert program.tape.grads["q"][1] == 0.0


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_every_record_is_complete(op: Any) -> None:
    assert op.label
    assert op.summary.endswith(".")
    assert bool(op.locals) != bool(op.vjps)
    assert "#1" in op.latex


def test_layer_norm_has_mean_0_and_variance_1() -> None:
    graph, leaves, seed = make_case("layer_norm", {"eps": 0.0})
    program = run(graph, leaves, seed)
    value, grad = program.tape.values["out"], program.tape.grads["i0"]
    np.testing.assert_allclose(value.mean(axis=1), 0.0, atol=1e-15)
    np.testing.assert_allclose(value.var(axis=1), 1.0, rtol=1e-14)
    # Moving or stretching a row changes nothing.
    np.testing.assert_allclose(grad.sum(axis=1), 0.0, atol=1e-14)
    np.testing.assert_allclose((grad * value).sum(axis=1), 0.0, atol=1e-14)


def test_layer_norm_of_equal_entries_is_0() -> None:
    value, slope = unary("layer_norm", [3.0, 3.0, 3.0])
    np.testing.assert_array_equal(value, [0.0, 0.0, 0.0])
    assert np.isfinite(slope).all()


def test_stop_gradient_lets_nothing_back() -> None:
    value, slope = unary("stop_gradient", [2.0, -3.0])
    np.testing.assert_array_equal(value, [2.0, -3.0])
    np.testing.assert_array_equal(slope, [0.0, 0.0])
    graph, leaves, seed = make_case("stop_gradient", {})
    assert not run(graph, leaves, np.full(seed.shape, np.inf)).tape.grads["i0"].any()


@pytest.mark.parametrize("name", ["sum", "mean"])
def test_reductions_take_several_inputs(name: str) -> None:
    rng = Generator(PCG64(SeedSequence(5)))
    leaves = {f"i{k}": rng.normal(size=(3, 2)) for k in range(4)}
    graph = GraphBuilder()
    for leaf in leaves:
        graph.leaf(leaf, "input", leaf)
    built = graph.build(graph.apply("out", name, *leaves))
    program = run(built, leaves, np.array(1.5))
    whole = np.stack(list(leaves.values()))
    expected = whole.sum() if name == "sum" else whole.mean()
    assert float(program.tape.values["out"]) == pytest.approx(expected, rel=1e-14)
    assert_vjps_agree(built, leaves, np.array(1.5))


def test_a_reduction_of_several_inputs_needs_one_shape() -> None:
    graph = GraphBuilder()
    graph.leaf("p", "input", "p")
    graph.leaf("q", "input", "q")
    built = graph.build(graph.apply("out", "sum", "p", "q"))
    with pytest.raises(ShapeError, match="one shape"):
        Program(built, {"p": (3,), "q": (2,)})


def perturbed_entries(graph: Graph, leaves: dict[str, Array], leaf: str, out: Any) -> set[Any]:
    """The entries of ``leaf`` that the output's entry ``out`` depends on, found by trying."""
    found = set()
    before = evaluate(graph, leaves)["out"]
    for index in np.ndindex(leaves[leaf].shape):
        moved = leaves[leaf].copy()
        moved[index] += 0.37
        if evaluate(graph, {**leaves, leaf: moved})["out"][out] != before[out]:
            found.add(index)
    return found


@pytest.mark.parametrize(("name", "options"), DIFFERENTIABLE)
def test_reads_names_the_entries_that_matter(name: str, options: dict[str, Any]) -> None:
    graph, leaves, _ = make_case(name, options)
    op, node = OPS[name], graph["out"]
    shapes = tuple(value.shape for value in leaves.values())
    filled = {**asdict(op.options()), **node.options}
    for out in np.ndindex(op.output_shape(shapes, filled)):
        for position, leaf in enumerate(leaves):
            read = op.read_entries(shapes, filled, position, out)
            assert len(set(read)) == len(read)
            assert perturbed_entries(graph, leaves, leaf, out) <= set(read)
    total = sum(
        len(op.read_entries(shapes, filled, k, out))
        for out in np.ndindex(op.output_shape(shapes, filled))
        for k in range(len(shapes))
    )
    if name == "linear":
        assert total == 4 * 2 * (3 + 3 + 1)
