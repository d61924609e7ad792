"""micrograd from its package: a graph of Python objects, made anew on every run."""

from micrograd.engine import Value

from benchmarks.cases import Dense, Recurrent, Scalar
from benchmarks.contestants import Contestant


def prepare(case: Dense | Recurrent | Scalar) -> Contestant | None:
    """micrograd on a case, if it is one of single numbers."""
    if not isinstance(case, Scalar):
        return None
    last: list[Value] = []

    def step() -> None:
        leaves = {f"x{k}": Value(value) for k, value in enumerate(case.leaves)}
        output = case.compute(leaves, Value.relu)
        output.backward()
        last[:] = [output]

    return Contestant(step, lambda: float(last[0].data))
