"""What is measured: networks with their data, and scalar graphs."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import add, mul, neg, sub, truediv
from typing import Any

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import NDArray

Array = NDArray[np.float64]
RATE = 0.01


@dataclass(frozen=True)
class Dense:
    """A stack of layers, the last one with ``last`` as its activation."""

    name: str
    widths: tuple[int, ...]
    activation: str
    last: str
    loss: str
    batch: int

    def draw(self) -> tuple[Array, Array, list[tuple[Array, Array]]]:
        """Inputs, targets, and a weight (units, inputs) and bias per layer."""
        rng = Generator(PCG64(SeedSequence(7)))
        x = rng.normal(size=(self.batch, self.widths[0]))
        y = rng.uniform(-1.0, 1.0, (self.batch, self.widths[-1]))
        if self.loss == "hinge":
            y = np.where(y > 0, 1.0, -1.0)
        if self.loss == "cross_entropy":
            y = np.eye(self.widths[-1])[rng.integers(self.widths[-1], size=self.batch)]
        layers = [
            (rng.normal(0.0, below**-0.5, (units, below)), rng.normal(0.0, 0.1, units))
            for below, units in zip(self.widths[:-1], self.widths[1:], strict=True)
        ]
        return x, y, layers


@dataclass(frozen=True)
class Recurrent:
    """A simple recurrent network with tanh, squared error at every step."""

    name: str
    inputs: int
    units: int
    outputs: int
    steps: int
    batch: int

    def draw(self) -> tuple[Array, Array, dict[str, Array]]:
        """Inputs and targets (time, batch, features), and the parameters by their names."""
        rng = Generator(PCG64(SeedSequence(7)))
        x = rng.normal(size=(self.steps, self.batch, self.inputs))
        y = rng.uniform(-1.0, 1.0, (self.steps, self.batch, self.outputs))
        shapes = {
            "cell.weight_ih": (self.units, self.inputs),
            "cell.weight_hh": (self.units, self.units),
            "cell.bias": (self.units,),
            "output.weight": (self.outputs, self.units),
            "output.bias": (self.outputs,),
        }
        return x, y, {name: rng.normal(0.0, 0.15, shape) for name, shape in shapes.items()}


@dataclass(frozen=True)
class Scalar:
    """Numbers put together one by one: ``steps`` are (op, inputs), counted after the leaves."""

    name: str
    leaves: tuple[float, ...]
    steps: tuple[tuple[str, tuple[Any, ...]], ...]

    def compute(self, leaves: dict[str, Any], relu: Callable[[Any], Any]) -> Any:
        """The last number, put together from ``leaves`` with their own operators."""
        apply = {**OPERATORS, "relu": relu}
        known = dict(leaves)
        for number, (op, inputs) in enumerate(self.steps):
            arguments = [known[i] if isinstance(i, str) else i for i in inputs]
            known[f"n{number}"] = result = apply[op](*arguments)
        return result


OPERATORS: dict[str, Callable[..., Any]] = {
    "add": add,
    "subtract": sub,
    "multiply": mul,
    "divide": truediv,
    "negative": neg,
    "power": pow,
}


def readme_expression() -> Scalar:
    """The expression of micrograd's README with its 33 nodes; numbers stand for constants."""
    steps: list[tuple[str, tuple[Any, ...]]] = []

    def put(op: str, *inputs: Any) -> str:
        steps.append((op, inputs))
        return f"n{len(steps) - 1}"

    a, b = "x0", "x1"
    c = put("add", a, b)
    d = put("add", put("multiply", a, b), put("power", b, 3.0))
    c = put("add", c, put("add", c, 1.0))
    c = put("add", c, put("add", put("add", c, 1.0), put("negative", a)))
    d = put("add", d, put("add", put("multiply", d, 2.0), put("relu", put("add", b, a))))
    d = put("add", d, put("add", put("multiply", 3.0, d), put("relu", put("subtract", b, a))))
    e = put("subtract", c, d)
    f = put("power", e, 2.0)
    g = put("divide", f, 2.0)
    put("add", g, put("divide", 10.0, f))
    return Scalar("micrograd's README", (-4.0, 2.0), tuple(steps))


def random_graph(count: int) -> Scalar:
    """``count`` nodes in all; each uses the one before and, unless relu, an earlier one too."""
    rng = Generator(PCG64(SeedSequence(3)))
    leaves = tuple(float(value) for value in rng.uniform(0.2, 1.0, 10))
    values = list(leaves)
    names = [f"x{k}" for k in range(len(leaves))]
    steps: list[tuple[str, tuple[Any, ...]]] = []
    compute: dict[str, Callable[[float, float], float]] = {
        "add": add,
        "subtract": sub,
        "multiply": mul,
        "relu": lambda x, y: x,
    }
    while len(values) < count:
        # Products with leaves, all below 1, keep the numbers from growing.
        op = ("add", "subtract", "multiply", "multiply", "relu")[int(rng.integers(5))]
        first, least = len(values) - 1, 0 if op == "multiply" else max(0, len(values) - 30)
        second = int(rng.integers(least, len(leaves) if op == "multiply" else len(values)))
        if op == "relu" and values[first] <= 0:
            continue
        inputs = (names[first],) if op == "relu" else (names[first], names[second])
        values.append(compute[op](values[first], values[second]))
        names.append(f"n{len(steps)}")
        steps.append((op, inputs))
    return Scalar(f"random graph, {count:,} nodes", leaves, tuple(steps))


CASES: dict[str, Dense | Recurrent | Scalar] = {
    "1": Dense("2-4-2-1 tanh", (2, 4, 2, 1), "tanh", "tanh", "half_squared_error", 10),
    "2": Dense("2-8-8-8-1 tanh", (2, 8, 8, 8, 1), "tanh", "tanh", "half_squared_error", 30),
    "3": Dense("2-16-16-1 relu", (2, 16, 16, 1), "relu", "identity", "hinge", 100),
    "4": Dense("64-128-64-10 relu", (64, 128, 64, 10), "relu", "identity", "cross_entropy", 64),
    "5": Dense(
        "784-512-512-10 relu", (784, 512, 512, 10), "relu", "identity", "cross_entropy", 128
    ),
    "6": Dense("50 layers of 64, tanh", (64,) * 51, "tanh", "tanh", "half_squared_error", 32),
    "7": Recurrent("RNN 8-32, 100 steps", 8, 32, 4, 100, 16),
    "scalar": readme_expression(),
    "graph": random_graph(1000),
}
