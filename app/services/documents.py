"""Network documents between the wire and the engine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from app.engine.op import Array
from app.engine.ops import ACTIVATIONS
from app.networks.choice import Choice, resolved_options
from app.networks.dense import DenseSpec, Layer
from app.networks.document import Document, OptimizerState, make_document
from app.networks.errors import NetworkError
from app.networks.initializers import INITIALIZERS
from app.networks.losses import LOSSES
from app.schemas import specs
from app.services.wire import Payload, plain
from app.training.optimizers import OPTIMIZERS


@contextmanager
def below(pointer: str) -> Iterator[None]:
    """Puts ``pointer`` in front of the pointer of a ``NetworkError`` raised inside."""
    try:
        yield
    except NetworkError as error:
        error.pointer = pointer + error.pointer
        raise


def locate_spec(network: specs.Document | specs.DenseSpec) -> tuple[specs.DenseSpec, str]:
    """The spec of a request's network and where in the request it stands."""
    if isinstance(network, specs.Document):
        return network.spec, "/network/spec"
    return network, "/network"


def read_spec(spec: specs.DenseSpec, pointer: str) -> DenseSpec:
    """The spec for the engine. Raises ``NetworkError`` with the valid names."""
    bias = spec.bias_initializer
    with below(pointer):
        return DenseSpec(
            inputs=spec.inputs,
            layers=tuple(
                Layer(
                    layer.units,
                    read_choice(layer.activation),
                    layer.use_bias,
                    layer.shared_bias,
                    read_choice(layer.initializer),
                )
                for layer in spec.layers
            ),
            loss=read_choice(spec.loss),
            reduction=spec.reduction,
            seed=spec.seed,
            bias_initializer=None if bias is None else read_choice(bias),
        )


def read_choice(choice: specs.NamedChoice) -> Choice:
    """The choice for the engine."""
    return Choice(choice.name, choice.options)


def read_document(network: specs.Document | specs.DenseSpec) -> Document:
    """The complete document; what a request left out is filled in."""
    wire, pointer = locate_spec(network)
    spec = read_spec(wire, pointer)
    if isinstance(network, specs.DenseSpec):
        return make_document(spec)
    with below("/network"):
        state = _read_state(network.optimizer_state)
        return make_document(spec, network.parameters, network.trainable, state, network.step)


def _read_state(memory: specs.OptimizerMemory | None) -> OptimizerState | None:
    if memory is None:
        return None
    if memory.name not in OPTIMIZERS:
        detail = f"expected one of: {', '.join(OPTIMIZERS)}"
        raise NetworkError("/optimizer_state/name", detail, "unknown_name")
    slots: dict[str, dict[str, Array]] = {}
    for slot, arrays in memory.slots.items():
        for name, value in arrays.items():
            try:
                slots.setdefault(slot, {})[name] = np.array(value, dtype=np.float64)
            except ValueError as error:
                pointer = f"/optimizer_state/slots/{slot}/{name}"
                raise NetworkError(pointer, "expected rows of one length", "wrong_shape") from error
    return OptimizerState(memory.name, memory.t, slots)


def write_document(document: Document) -> Payload:
    """The document as it goes on the wire, with every default filled in."""
    return {
        "spec": write_spec(document.spec),
        "parameters": plain(document.parameters),
        "trainable": document.trainable,
        "optimizer_state": plain(document.optimizer_state),
        "step": document.step,
    }


def write_spec(spec: DenseSpec) -> Payload:
    """The spec with every default filled in."""
    bias = spec.bias_initializer
    return {
        "kind": spec.kind,
        "inputs": spec.inputs,
        "layers": [
            {
                "units": layer.units,
                "activation": write_choice(ACTIVATIONS, layer.activation),
                "use_bias": layer.use_bias,
                "shared_bias": layer.shared_bias,
                "initializer": write_choice(INITIALIZERS, layer.initializer),
            }
            for layer in spec.layers
        ],
        "loss": write_choice(LOSSES, spec.loss),
        "reduction": spec.reduction,
        "seed": spec.seed,
        "bias_initializer": None if bias is None else write_choice(INITIALIZERS, bias),
    }


def write_choice(registry: Mapping[str, Any], choice: Choice) -> Any:
    """A name where there is nothing to choose, else an object with all options."""
    options = resolved_options(registry, choice, "")
    return {"name": choice.name, **options} if options else choice.name
