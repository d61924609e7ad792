"""PyTorch, eager, float64, one thread."""

import torch
from torch.nn import functional

from benchmarks.cases import RATE, Dense, Recurrent, Scalar
from benchmarks.contestants import Contestant

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
LOSSES = {
    "half_squared_error": lambda a, y: ((a - y) ** 2).sum() / (2 * len(a)),
    "hinge": lambda a, y: torch.relu(1 - y * a).mean(),
    "cross_entropy": functional.cross_entropy,
}
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "identity": lambda z: z}


def prepare(case: Dense | Recurrent | Scalar) -> Contestant:
    """PyTorch on a case."""
    if isinstance(case, Scalar):
        return _prepare_scalar(case)
    return _prepare_dense(case) if isinstance(case, Dense) else _prepare_recurrent(case)


def _prepare_dense(case: Dense) -> Contestant:
    x, y, layers = case.draw()
    names = [case.activation] * (len(layers) - 1) + [case.last]
    maps = [[torch.tensor(part, requires_grad=True) for part in layer] for layer in layers]
    inputs, targets, judge = torch.tensor(x), torch.tensor(y), LOSSES[case.loss]
    stack = [(weight, bias, ACTIVATIONS[n]) for (weight, bias), n in zip(maps, names, strict=True)]

    def compute_loss() -> torch.Tensor:
        a = inputs
        for weight, bias, activate in stack:
            a = activate(functional.linear(a, weight, bias))
        return judge(a, targets)

    return _learn([part for layer in maps for part in layer], compute_loss)


def _prepare_recurrent(case: Recurrent) -> Contestant:
    x, y, given = case.draw()
    inputs, targets = torch.tensor(x), torch.tensor(y)
    cell = torch.nn.RNN(case.inputs, case.units)
    output = torch.nn.Linear(case.units, case.outputs)
    places = {
        "cell.weight_ih": cell.weight_ih_l0,
        "cell.weight_hh": cell.weight_hh_l0,
        "cell.bias": cell.bias_ih_l0,
        "output.weight": output.weight,
        "output.bias": output.bias,
    }
    with torch.no_grad():
        for name, place in places.items():
            place.copy_(torch.tensor(given[name]))
        cell.bias_hh_l0.zero_()
    cell.bias_hh_l0.requires_grad_(False)

    def compute_loss() -> torch.Tensor:
        states, _ = cell(inputs)
        return ((output(states) - targets) ** 2).sum() / (case.steps * case.batch)

    return _learn(list(places.values()), compute_loss)


def _learn(parameters: list[torch.Tensor], compute_loss: object) -> Contestant:
    optimizer = torch.optim.SGD(parameters, lr=RATE)
    last: list[torch.Tensor] = []

    def step() -> None:
        optimizer.zero_grad()
        loss = compute_loss()
        loss.backward()
        optimizer.step()
        last[:] = [loss.detach()]

    return Contestant(step, lambda: float(last[0]))


def _prepare_scalar(case: Scalar) -> Contestant:
    leaves = {f"x{k}": torch.tensor(v, requires_grad=True) for k, v in enumerate(case.leaves)}
    last: list[torch.Tensor] = []

    def step() -> None:
        for leaf in leaves.values():
            leaf.grad = None
        output = case.compute(leaves, torch.relu)
        output.backward()
        last[:] = [output.detach()]

    return Contestant(step, lambda: float(last[0]))
