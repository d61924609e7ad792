"""Networks to open with, each with data that makes a point."""

from dataclasses import dataclass, field
from typing import Any

from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.networks.document import Document, make_document

Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Preset:
    """A document, data (samples, features) for it, and an optimizer to step with."""

    name: str
    title: str
    summary: str
    network: Document
    inputs: Rows
    targets: Rows
    optimizer: Choice = field(default_factory=lambda: Choice("sgd", {"learning_rate": 0.1}))


def _stack(
    activation: str, *units: int, last: str | None = None, **layer: Any
) -> tuple[Layer, ...]:
    names = [activation] * (len(units) - 1) + [last or activation]
    return tuple(
        Layer(count, Choice(name), **layer) for count, name in zip(units, names, strict=True)
    )


def _neuron() -> Document:
    spec = DenseSpec(1, _stack("relu", 1), Choice("squared_error"))
    return make_document(spec, {"layer1.weight": [[0.5]], "layer1.bias": [0.0]})


def _mazur() -> Document:
    # Matt Mazur, "A Step by Step Backpropagation Example", 2015. Its biases do not learn.
    spec = DenseSpec(2, _stack("sigmoid", 2, 2), Choice("half_squared_error"))
    parameters = {
        "layer1.weight": [[0.15, 0.20], [0.25, 0.30]],
        "layer1.bias": [0.35, 0.35],
        "layer2.weight": [[0.40, 0.45], [0.50, 0.55]],
        "layer2.bias": [0.60, 0.60],
    }
    return make_document(spec, parameters, {"layer1.bias": False, "layer2.bias": False})


def _xor() -> Document:
    return make_document(DenseSpec(2, _stack("tanh", 4, 1), Choice("squared_error"), seed=119))


def _softmax() -> Document:
    spec = DenseSpec(3, _stack("tanh", 5, 4, 2, last="identity"), Choice("cross_entropy"), seed=42)
    return make_document(spec)


def _deep() -> Document:
    return make_document(
        DenseSpec(1, _stack("sigmoid", 4, 4, 4, 4, 1), Choice("squared_error"), seed=387)
    )


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "neuron",
            "A single neuron",
            "One weight, one bias, ReLU. It says 1 and should say 0: the error travels back.",
            _neuron(),
            ((2.0,),),
            ((0.0,),),
        ),
        Preset(
            "neuron_right",
            "A neuron that is right",
            "The same neuron with the target it already hits: no error, so no gradient.",
            _neuron(),
            ((2.0,),),
            ((1.0,),),
        ),
        Preset(
            "mazur",
            "Two by two by two",
            "Matt Mazur's step-by-step example, with every number to check it against.",
            _mazur(),
            ((0.05, 0.10),),
            ((0.01, 0.99),),
            Choice("sgd", {"learning_rate": 0.5}),
        ),
        Preset(
            "xor",
            "Exclusive or",
            "Four samples that no straight line can part: the hidden layer has to learn to.",
            _xor(),
            ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)),
            ((1.0,), (1.0,), (0.0,), (0.0,)),
        ),
        Preset(
            "softmax",
            "Softmax and cross-entropy",
            "Two classes share out one whole; the gradient at the logits is share minus target.",
            _softmax(),
            ((0.5, -0.2, 0.8),),
            ((1.0, 0.0),),
        ),
        Preset(
            "deep",
            "Deep and vanishing",
            "Five sigmoid layers: no slope is above a quarter, so little gets back to the first.",
            _deep(),
            ((1.0,),),
            ((0.0,),),
            Choice("sgd", {"learning_rate": 0.5}),
        ),
    )
}
