"""Networks to open with, each with data that makes a point."""

from dataclasses import dataclass, field
from typing import Any

from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.networks.document import Document, make_document
from app.networks.expression import ExpressionSpec
from app.networks.recurrent import RecurrentSpec


@dataclass(frozen=True)
class Preset:
    """A document, data as its kind takes them, and an optimizer to step with."""

    name: str
    title: str
    summary: str
    network: Document
    inputs: Any
    targets: Any
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


def _formula(text: str, **parameters: float) -> Document:
    return make_document(ExpressionSpec(text, tuple(parameters)), parameters)


def _recurrent(cell: str, units: int, **options: Any) -> Document:
    return make_document(RecurrentSpec(1, units, 1, cell, **options))


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
        Preset(
            "memory",
            "A memory of one number",
            "An RNN with one unit: how much of the first input is left in the fifth state, and how "
            "much gradient comes back to it.",
            make_document(
                RecurrentSpec(1, 1, 1),
                {
                    "cell.weight_ih": [[1.0]],
                    "cell.weight_hh": [[0.8]],
                    "cell.bias": [0.0],
                    "output.weight": [[1.0]],
                    "output.bias": [0.0],
                },
            ),
            (((1.0,), (0.0,), (0.0,), (0.0,), (0.0,)),),
            ((1.0,),),
        ),
        Preset(
            "running_sum",
            "Every step is judged",
            "Three units are to say the sum so far at each of six steps: gradients come in all "
            "along the way, and one set of weights adds them up.",
            _recurrent("rnn", 3, loss_at="every", seed=11),
            (((0.5,), (-0.3,), (0.2,), (0.4,), (-0.6,), (0.1,)),),
            (((0.5,), (0.2,), (0.4,), (0.8,), (0.2,), (0.3,)),),
        ),
        Preset(
            "lstm",
            "An LSTM keeps what it needs",
            "Gates let the second state pass from step to step nearly as it is, and the gradient "
            "back along the same way.",
            _recurrent("lstm", 2, seed=5),
            (((1.0,), (0.0,), (0.0,), (0.0,), (0.0,)),),
            ((1.0,),),
        ),
        Preset(
            "gru",
            "A GRU mixes old and new",
            "One gate decides how much of the state before stays: a shorter way to remember.",
            _recurrent("gru", 2, seed=5),
            (((1.0,), (0.0,), (0.0,), (0.0,), (0.0,)),),
            ((1.0,),),
        ),
        Preset(
            "sum_product",
            "A sum times a number",
            "The first circuit of Stanford's CS231n notes: a sum hands its gradient on, a product "
            "swaps its inputs.",
            _formula("q = x + y\nf = q * z"),
            {"x": -2.0, "y": 5.0, "z": -4.0},
            None,
        ),
        Preset(
            "sigmoid_neuron",
            "A neuron with a sigmoid",
            "Two inputs, two weights and a bias, from the CS231n notes; the weights learn.",
            _formula("f = sigmoid(w0*x0 + w1*x1 + w2)", w0=2.0, w1=-3.0, w2=-3.0),
            {"x0": -1.0, "x1": -2.0},
            None,
        ),
        Preset(
            "gates",
            "Add, max and multiply",
            "The larger of two values takes the whole gradient, the other gets nothing (CS231n).",
            _formula("f = (x*y + max(z, w)) * 2"),
            {"x": 3.0, "y": -4.0, "z": 2.0, "w": -1.0},
            None,
        ),
        Preset(
            "product_of_sum",
            "L = (a b + c) f",
            "The expression that Andrej Karpathy derives by hand in his first lecture.",
            _formula("e = a*b\nd = e + c\nL = d*f"),
            {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0},
            None,
        ),
        Preset(
            "tanh_neuron",
            "A neuron with tanh",
            "The neuron of the same lecture; its bias is chosen for round gradients.",
            _formula("n = x1*w1 + x2*w2 + b\no = tanh(n)", w1=-3.0, w2=1.0, b=6.8813735870195432),
            {"x1": 2.0, "x2": 0.0},
            None,
        ),
        Preset(
            "micrograd",
            "micrograd's README",
            "Thirty operations on two numbers, used again and again: many forks, many sums.",
            _formula(
                "\n".join(
                    (
                        "c = a + b",
                        "d = a * b + b**3",
                        "c += c + 1",
                        "c += 1 + c + (-a)",
                        "d += d * 2 + relu(b + a)",
                        "d += 3 * d + relu(b - a)",
                        "e = c - d",
                        "f = e**2",
                        "g = f / 2.0",
                        "g += 10.0 / f",
                    )
                )
            ),
            {"a": -4.0, "b": 2.0},
            None,
        ),
    )
}
