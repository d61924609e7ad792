"""The variance of a network's first weights, beside the two rules that want to keep it level."""

from dataclasses import dataclass

from app.experiments.trial import NetworkSpec
from app.networks.choice import Choice, resolve
from app.networks.dense import DenseSpec
from app.networks.initializers import INITIALIZERS


@dataclass(frozen=True)
class Variances:
    """Of one matrix of weights: as drawn; as by Glorot and Bengio, 2010; as by He et al., 2015."""

    parameter: str
    variance: float
    glorot: float
    he: float


def list_variances(spec: NetworkSpec) -> list[Variances]:
    """The variances of every matrix of weights."""
    if isinstance(spec, DenseSpec):
        widths = [spec.inputs, *(layer.units for layer in spec.layers)]
        return [
            _compare(f"layer{number}.weight", widths[number - 1], layer.units, layer.initializer)
            for number, layer in enumerate(spec.layers, start=1)
        ]
    return [
        _compare("cell.weight_ih", spec.inputs, spec.units, spec.initializer),
        _compare("cell.weight_hh", spec.units, spec.units, spec.recurrent_initializer),
        _compare("output.weight", spec.units, spec.outputs, spec.initializer),
    ]


def _compare(parameter: str, fan_in: int, fan_out: int, choice: Choice) -> Variances:
    initializer, options = resolve(INITIALIZERS, choice, "/initializer")
    _, variance = initializer.moments(fan_in, fan_out, options)
    return Variances(parameter, variance, 2 / (fan_in + fan_out), 2 / fan_in)
