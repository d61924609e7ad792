"""Network documents between the wire and the engine."""

import threading
from collections import OrderedDict
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
from app.networks.expression import ExpressionSpec
from app.networks.initializers import INITIALIZERS
from app.networks.kinds import Spec
from app.networks.losses import LOSSES
from app.networks.recurrent import RecurrentSpec
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


def locate_spec(network: specs.Document | specs.AnySpec) -> tuple[specs.AnySpec, str]:
    """The spec of a request's network and where in the request it stands."""
    if isinstance(network, specs.Document):
        return network.spec, "/network/spec"
    return network, "/network"


def read_spec(spec: specs.AnySpec, pointer: str) -> Spec:
    """The spec for the engine. Raises ``NetworkError`` with the valid names."""
    with below(pointer):
        if isinstance(spec, specs.RecurrentSpec):
            return _read_recurrent(spec)
        if isinstance(spec, specs.ExpressionSpec):
            return ExpressionSpec(spec.expression, tuple(spec.parameters), spec.seed)
        return _read_dense(spec)


def _read_dense(spec: specs.DenseSpec) -> DenseSpec:
    # Layers that the request shares, one many times over, are shared on.
    shared = {id(layer): layer for layer in spec.layers}
    layers = {key: _read_layer(layer) for key, layer in shared.items()}
    return DenseSpec(
        inputs=spec.inputs,
        layers=tuple(layers[id(layer)] for layer in spec.layers),
        loss=read_choice(spec.loss),
        reduction=spec.reduction,
        seed=spec.seed,
        bias_initializer=_read_optional(spec.bias_initializer),
    )


def _read_layer(layer: specs.LayerSpec) -> Layer:
    return Layer(
        layer.units,
        read_choice(layer.activation),
        layer.use_bias,
        layer.shared_bias,
        read_choice(layer.initializer),
        layer.layer_norm,
        layer.residual,
        layer.dropout,
    )


def _read_recurrent(spec: specs.RecurrentSpec) -> RecurrentSpec:
    return RecurrentSpec(
        inputs=spec.inputs,
        units=spec.units,
        outputs=spec.outputs,
        cell=spec.cell,
        activation=read_choice(spec.activation),
        output_activation=read_choice(spec.output_activation),
        loss=read_choice(spec.loss),
        loss_at=spec.loss_at,
        truncate=spec.truncate,
        reduction=spec.reduction,
        initializer=read_choice(spec.initializer),
        recurrent_initializer=read_choice(spec.recurrent_initializer),
        bias_initializer=_read_optional(spec.bias_initializer),
        seed=spec.seed,
    )


def _read_optional(choice: specs.NamedChoice | None) -> Choice | None:
    return None if choice is None else read_choice(choice)


def read_choice(choice: specs.NamedChoice) -> Choice:
    """The choice for the engine."""
    return Choice(choice.name, choice.options)


def read_document(network: specs.Document | specs.AnySpec) -> Document:
    """The complete document; what a request left out is filled in."""
    wire, pointer = locate_spec(network)
    spec = read_spec(wire, pointer)
    if not isinstance(network, specs.Document):
        return draw_document(spec)
    with below("/network"):
        state = _read_state(network.optimizer_state)
        return make_document(spec, network.parameters, network.trainable, state, network.step)


DRAWN_NUMBERS = 2_000_000
_drawn: OrderedDict[str, Document] = OrderedDict()
_drawing = threading.Lock()


def draw_document(spec: Spec) -> Document:
    """The document that a spec and its seed stand for. The ones drawn last are kept."""
    key = repr(spec)
    with _drawing:
        document = _drawn.pop(key, None)
        if document is None:
            document = make_document(spec)
            for value in document.parameters.values():
                np.asarray(value).flags.writeable = False
        _drawn[key] = document
        while len(_drawn) > 1 and sum(map(_count_numbers, _drawn.values())) > DRAWN_NUMBERS:
            _drawn.popitem(last=False)
    return document


def _count_numbers(document: Document) -> int:
    return sum(np.size(value) for value in document.parameters.values())


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


def write_document(document: Document, spec: Payload | None = None) -> Payload:
    """The document as it goes on the wire, with every default filled in; ``spec`` if written."""
    return {
        "spec": spec or write_spec(document.spec),
        "parameters": plain(document.parameters),
        "trainable": document.trainable,
        "optimizer_state": plain(document.optimizer_state),
        "step": document.step,
    }


def write_spec(spec: Spec) -> Payload:
    """The spec with every default filled in."""
    if isinstance(spec, ExpressionSpec):
        return {
            "kind": spec.kind,
            "expression": spec.expression,
            "parameters": list(spec.parameters),
            "seed": spec.seed,
        }
    return _write_recurrent(spec) if isinstance(spec, RecurrentSpec) else _write_dense(spec)


def _write_dense(spec: DenseSpec) -> Payload:
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
                "layer_norm": layer.layer_norm,
                "residual": layer.residual,
                "dropout": layer.dropout,
            }
            for layer in spec.layers
        ],
        "loss": write_choice(LOSSES, spec.loss),
        "reduction": spec.reduction,
        "seed": spec.seed,
        "bias_initializer": _write_optional(spec.bias_initializer),
    }


def _write_recurrent(spec: RecurrentSpec) -> Payload:
    return {
        "kind": spec.kind,
        "inputs": spec.inputs,
        "units": spec.units,
        "outputs": spec.outputs,
        "cell": spec.cell,
        "activation": write_choice(ACTIVATIONS, spec.activation),
        "output_activation": write_choice(ACTIVATIONS, spec.output_activation),
        "loss": write_choice(LOSSES, spec.loss),
        "loss_at": spec.loss_at,
        "truncate": spec.truncate,
        "reduction": spec.reduction,
        "initializer": write_choice(INITIALIZERS, spec.initializer),
        "recurrent_initializer": write_choice(INITIALIZERS, spec.recurrent_initializer),
        "bias_initializer": _write_optional(spec.bias_initializer),
        "seed": spec.seed,
    }


def _write_optional(choice: Choice | None) -> Any:
    return None if choice is None else write_choice(INITIALIZERS, choice)


def write_choice(registry: Mapping[str, Any], choice: Choice) -> Any:
    """A name where there is nothing to choose, else an object with all options."""
    options = resolved_options(registry, choice, "")
    return {"name": choice.name, **options} if options else choice.name
