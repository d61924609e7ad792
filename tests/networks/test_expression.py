"""Formulas: published examples, autograd, forks, names, and where a text stops making sense."""

import math
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.program import Program
from app.engine.tape import Tape
from app.networks.errors import NetworkError
from app.networks.expression import ExpressionSpec, build_graph, list_names
from app.networks.formula import FUNCTIONS
from app.networks.tokens import FormulaError
from tests.networks.reference import ACTIVATIONS

# Karpathy's micrograd (README) and "Neural Networks: Zero to Hero" (lecture 1), and the notes on
# optimization of Stanford's CS231n; in double precision.
MICROGRAD = """c = a + b
d = a * b + b**3
c += c + 1
c += 1 + c + (-a)
d += d * 2 + relu(b + a)
d += 3 * d + relu(b - a)
e = c - d
f = e**2
g = f / 2.0
g += 10.0 / f"""
PUBLISHED: list[tuple[str, dict[str, float], dict[str, float]]] = [
    (
        MICROGRAD,
        {"a": -4.0, "b": 2.0},
        {"g": 24.70408163265306, "a.grad": 138.83381924198252, "b.grad": 645.5772594752186},
    ),
    (
        "e = a*b; d = e + c; L = d*f",
        {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0},
        {"L": -8.0, "a.grad": 6.0, "b.grad": -4.0, "c.grad": -2.0, "f.grad": 4.0}
        | {"e.grad": -2.0, "d.grad": -2.0},
    ),
    (
        "q = x + y; f = q * z",
        {"x": -2.0, "y": 5.0, "z": -4.0},
        {"q": 3.0, "f": -12.0, "x.grad": -4.0, "y.grad": -4.0, "z.grad": 3.0, "q.grad": -4.0},
    ),
    (
        "f = sigmoid(w0*x0 + w1*x1 + w2)",
        {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0},
        {"f": 0.7310585786300049, "x0.grad": 0.3932238664829637, "x1.grad": -0.5898357997244456}
        | {"w0.grad": -0.19661193324148185, "w1.grad": -0.3932238664829637}
        | {"w2.grad": 0.19661193324148185},
    ),
    (
        "f = (x*y + max(z, w)) * 2",
        {"x": 3.0, "y": -4.0, "z": 2.0, "w": -1.0},
        {"f": -20.0, "x.grad": -8.0, "y.grad": 6.0, "z.grad": 2.0, "w.grad": 0.0},
    ),
]


def run(text: str, values: dict[str, Any]) -> Tape:
    spec = ExpressionSpec(text)
    shapes = {name: np.shape(value) for name, value in values.items()}
    program = Program(build_graph(spec, shapes), shapes)
    program.forward(values)
    return program.backward()


@pytest.mark.parametrize(("text", "values", "printed"), PUBLISHED)
def test_published_examples(text: str, values: dict[str, float], printed: dict[str, float]) -> None:
    tape = run(text, values)
    for name, value in printed.items():
        node, _, grad = name.partition(".")
        found = tape.grads[node] if grad else tape.values[node]
        assert float(found) == pytest.approx(value, rel=1e-12), name


def test_the_tanh_neuron() -> None:
    values = {"x1": 2.0, "x2": 0.0, "w1": -3.0, "w2": 1.0, "b": 6.8813735870195432}
    tape = run("n = x1*w1 + x2*w2 + b\no = tanh(n)", values)
    assert float(tape.values["o"]) == pytest.approx(math.sqrt(0.5), rel=1e-12)
    grads = {"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5, "n": 0.5}
    for name, grad in grads.items():
        # The printed bias is rounded to seventeen digits.
        assert float(tape.grads[name]) == pytest.approx(grad, abs=1e-9)


FUNCTIONS_OF_ONE = sorted(name for name, op in FUNCTIONS.items() if len(op.local_latex) == 1)
REFERENCE = {
    **ACTIVATIONS,
    "exp": anp.exp,
    "log": anp.log,
    "sqrt": anp.sqrt,
    "abs": anp.abs,
    "cos": anp.cos,
    "sin": anp.sin,
    "max": anp.maximum,
    "min": anp.minimum,
    "pow": lambda x, y: x**y,
}
"""The same in autograd, which knows nothing of this engine."""


def formulas() -> st.SearchStrategy[str]:
    atoms = st.sampled_from(["x", "y", "w", "2", "0.5", "3.25"])
    # sqrt, log and pow are only smooth where their argument is positive.
    safe = [n for n in FUNCTIONS_OF_ONE if n not in ("sqrt", "log", "exp")]

    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("({} + {})".format, inner, inner),
            st.builds("{} - {}".format, inner, inner),
            st.builds("({}) * ({})".format, inner, inner),
            st.builds("{} / (1 + ({})**2)".format, atoms, inner),
            st.builds("-({})".format, inner),
            st.builds("({})**3".format, inner),
            st.builds("sqrt(1 + ({})**2)".format, inner),
            st.builds("log(2 + tanh({}))".format, inner),
            st.builds("exp(tanh({}))".format, inner),
            st.builds("pow(1.5 + tanh({}), {})".format, inner, atoms),
            st.builds("max({}, {})".format, inner, atoms),
            st.builds("min({}, {})".format, atoms, inner),
            *(st.builds((name + "({})").format, inner) for name in safe),
        )

    return st.recursive(atoms, extend, max_leaves=8)


@settings(max_examples=150)
@given(
    formulas(),
    st.tuples(*[st.floats(0.1, 2.0).map(lambda v: v + 0.0137)] * 3),
)
def test_random_formulas_against_autograd(text: str, point: tuple[float, float, float]) -> None:
    values = dict(zip(("x", "y", "w"), point, strict=True))
    used = {name: values[name] for name in values if name in _names(text)}
    if not used:
        return
    tape = run(text, used)
    # The grammar is Python's here, so Python can be the judge of it; the text is our own.
    code = compile(text, "formula", "eval")

    def reference(*numbers: float) -> Any:
        names = dict(zip(used, numbers, strict=True))
        return eval(code, {"__builtins__": {}}, {**REFERENCE, **names})  # noqa: S307

    numbers = tuple(used.values())
    assert float(tape.values[tape.graph.output]) == pytest.approx(
        float(reference(*numbers)), rel=1e-12, abs=1e-12
    )
    grads = autograd.grad(reference, tuple(range(len(numbers))))(*numbers)
    for name, grad in zip(used, grads, strict=True):
        assert float(tape.grads[name]) == pytest.approx(float(grad), rel=1e-9, abs=1e-11), text


def _names(text: str) -> list[str]:
    try:
        return list_names(text)
    except NetworkError:
        return []


def test_one_graph_for_a_number_and_for_many() -> None:
    xs = np.linspace(-2, 2, 1_000)
    tape = run(MICROGRAD, {"a": xs, "b": np.array(2.0)})
    for k in (0, 137, 999):
        alone = run(MICROGRAD, {"a": float(xs[k]), "b": 2.0})
        assert tape.values["g"][k] == pytest.approx(float(alone.values["g"]), rel=1e-12)
        assert tape.grads["a"][k] == pytest.approx(float(alone.grads["a"]), rel=1e-12)


def test_a_name_used_again_is_a_fork() -> None:
    tape = run("f = x * x + x", {"x": 3.0})
    assert float(tape.grads["x"]) == 7.0
    assert len(tape.graph.consumers["x"]) == 3


def test_a_name_assigned_again_is_another_node() -> None:
    graph = build_graph(ExpressionSpec("c = a\nc += c * 2\nc = c ** 2"), {})
    assert [node.id for node in graph if node.id.startswith("c.")] == ["c.1", "c.2"]
    assert graph.output == "c"
    assert list_names("c = a\nc += c * 2") == ["a"]
    assert list_names("c += 1") == ["c"]


def test_names_that_look_like_steps_on_the_way_stay_apart() -> None:
    graph = build_graph(ExpressionSpec("n1 + n2 * c1 + 3"), {})
    assert len({node.id for node in graph}) == len(graph.nodes)
    assert {"n1", "n2", "c1"} <= {node.id for node in graph.leaves}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x - 2 - 1", 2.0),
        ("x / 2 / 5", 0.5),
        ("2 ** 3 ** 0 * x", 10.0),
        ("-x ** 2", -25.0),
        ("2 ** -1 * x", 2.5),
        ("- - x", 5.0),
        ("x * -2", -10.0),
        ("(x)", 5.0),
        ("x;", 5.0),
        ("y = x; y -= 1; y *= 3; y /= 2; y **= 2", 36.0),
        (".5 * x + 1. + 1e1 + 2E-1", 13.7),
        ("a=x\r\n\r\nb = a\r\n", 5.0),
    ],
)
def test_the_grammar(text: str, value: float) -> None:
    tape = run(text, {"x": 5.0})
    assert float(tape.values[tape.graph.output]) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "position", "length", "hint"),
    [
        ("f = x *", 7, 1, "the formula ends here"),
        ("f = (x + 1", 4, 1, "not closed"),
        ("f = x)", 5, 1, "expected an operator"),
        ("x ^ 2", 2, 1, r"\*\*"),
        ("2x", 1, 1, r"written with \*"),
        ("foo(x)", 0, 3, "the functions are: "),
        ("f = max(x)", 4, 3, "takes 2 arguments"),
        ("x + 1\ny = 2", 0, 1, "only the last line"),
        ("x + 1 = 2", 0, 1, "left of = stands one name"),
        ("x \u2212 1", 2, 1, "written with -"),
        ("x == 1", 2, 1, "comparisons"),
        ("sin = 2", 0, 3, "name of a function"),
    ],
)
def test_a_mistake_is_placed(text: str, position: int, length: int, hint: str) -> None:
    with pytest.raises(FormulaError, match=hint) as caught:
        ExpressionSpec(text)
    assert caught.value.place == (position, length)
    assert text[:4] not in caught.value.detail or len(text) < 4


def test_a_kink_is_taken_by_convention() -> None:
    assert float(run("relu(x)", {"x": 0.0}).grads["x"]) == 0.0
    assert float(run("abs(x)", {"x": 0.0}).grads["x"]) == 0.0
    tie = run("max(x, y)", {"x": 1.0, "y": 1.0})
    assert (float(tie.grads["x"]), float(tie.grads["y"])) == (0.5, 0.5)


def test_what_leaves_the_range_is_a_result() -> None:
    tape = run("x / y", {"x": 1.0, "y": 0.0})
    assert math.isinf(float(tape.values[tape.graph.output]))
    assert math.isnan(float(run("log(x)", {"x": -1.0}).values["n1"]))
