"""Trainings to open with: one for every dataset, each with a network that can learn it."""

from dataclasses import dataclass
from typing import Any, Literal

from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.networks.recurrent import RecurrentSpec


@dataclass(frozen=True)
class Setup:
    """A dataset with its options, a network for it, and how to learn.

    ``task`` says what the output layer and the loss are made for: one output for two classes, an
    output per class, or numbers. Sequences have a recurrent network, all else a dense one.
    """

    name: str
    title: str
    summary: str
    task: Literal["binary", "classes", "numbers"]
    network: DenseSpec | RecurrentSpec
    data: Choice
    optimizer: Choice
    batch_size: int | None
    validation_fraction: float = 0.2


BINARY = (Choice("identity"), Choice("binary_cross_entropy_with_logits"))
CLASSES = (Choice("identity"), Choice("cross_entropy"))
NUMBERS = (Choice("identity"), Choice("mean_squared_error"))
ADAM = Choice("adam", {"learning_rate": 0.01})
SGD = Choice("sgd", {"learning_rate": 0.1})


def _dense(
    inputs: int, units: tuple[int, ...], head: tuple[Choice, Choice], hidden: str = "tanh"
) -> DenseSpec:
    output, loss = head
    layers = [Layer(count, Choice(hidden)) for count in units[:-1]]
    return DenseSpec(inputs, (*layers, Layer(units[-1], output)), loss)


def _recurrent(
    cell: str, inputs: int, units: int, outputs: int, head: tuple[Choice, Choice]
) -> RecurrentSpec:
    output, loss = head
    return RecurrentSpec(
        inputs, units, outputs, cell, output_activation=output, loss=loss, loss_at="every"
    )


def _data(name: str, **options: Any) -> Choice:
    return Choice(name, options)


SETUPS: dict[str, Setup] = {
    setup.name: setup
    for setup in (
        Setup(
            "spirals",
            "Two spirals",
            "Three hidden layers bend the plane until one line can part the arms.",
            "binary",
            _dense(2, (8, 8, 8, 1), BINARY),
            _data("spirals", samples=300, noise=0.05),
            Choice("adam", {"learning_rate": 0.02}),
            30,
        ),
        Setup(
            "circles",
            "A disk in a ring",
            "Three hidden units are three straight cuts, enough to close a line around the disk.",
            "binary",
            _dense(2, (4, 1), BINARY),
            _data("circles", samples=200, noise=0.1),
            SGD,
            20,
        ),
        Setup(
            "xor",
            "Exclusive or",
            "No single unit can do it; watch two of them share the work.",
            "binary",
            _dense(2, (4, 1), BINARY),
            _data("xor", samples=200, noise=0.2),
            SGD,
            20,
        ),
        Setup(
            "moons",
            "Two moons",
            "A gentle bend of the boundary.",
            "binary",
            _dense(2, (4, 4, 1), BINARY),
            _data("moons", samples=200, noise=0.4),
            SGD,
            20,
        ),
        Setup(
            "blobs",
            "Three clouds",
            "An output for each class; softmax shares out one whole among them.",
            "classes",
            _dense(2, (6, 3), CLASSES),
            _data("blobs", samples=210, noise=1.0, classes=3),
            SGD,
            30,
        ),
        Setup(
            "sine",
            "A wave to fit",
            "Regression: each hidden unit bends the curve once.",
            "numbers",
            _dense(1, (8, 8, 1), NUMBERS),
            _data("sine", samples=80, noise=0.1, periods=1.5),
            ADAM,
            16,
        ),
        Setup(
            "linear",
            "A line to fit",
            "The least there is: one weight and one bias.",
            "numbers",
            _dense(1, (1,), NUMBERS),
            _data("linear", samples=60, noise=0.4),
            Choice("sgd", {"learning_rate": 0.02}),
            10,
        ),
        Setup(
            "plane",
            "A plane to fit",
            "Regression over two inputs.",
            "numbers",
            _dense(2, (4, 1), NUMBERS),
            _data("plane", samples=200, noise=0.05),
            SGD,
            20,
        ),
        Setup(
            "iris",
            "Iris flowers",
            "Three species by four measurements.",
            "classes",
            _dense(4, (6, 3), CLASSES),
            _data("iris"),
            ADAM,
            20,
        ),
        Setup(
            "wine",
            "Wines",
            "Three growers by thirteen measurements.",
            "classes",
            _dense(13, (8, 3), CLASSES),
            _data("wine"),
            ADAM,
            20,
        ),
        Setup(
            "digits",
            "Handwritten digits",
            "64 pixels in, ten classes out.",
            "classes",
            _dense(64, (24, 10), CLASSES, "relu"),
            _data("digits", samples=600),
            ADAM,
            32,
        ),
        Setup(
            "echo",
            "Echo: say it again later",
            "The state has to carry every sign along until its turn comes.",
            "numbers",
            _recurrent("rnn", 1, 12, 1, NUMBERS),
            _data("echo", samples=120, steps=12, delay=3),
            ADAM,
            20,
        ),
        Setup(
            "parity",
            "Parity: odd or even so far",
            "One bit of memory, flipped by every one: a wrong step spoils all that follow.",
            "binary",
            _recurrent("rnn", 1, 6, 1, BINARY),
            _data("parity", samples=200, steps=10),
            Choice("adam", {"learning_rate": 0.02}),
            20,
        ),
        Setup(
            "adding",
            "Adding: the sum of what is marked",
            "The cell learns to let in two numbers and to keep out the others.",
            "numbers",
            _recurrent("lstm", 2, 8, 1, NUMBERS),
            _data("adding", samples=200, steps=10),
            ADAM,
            20,
        ),
        Setup(
            "copy",
            "Copy: a word after a pause",
            "Remember three symbols, wait, and say them when asked.",
            "classes",
            _recurrent("gru", 5, 10, 4, CLASSES),
            _data("copy", samples=200, length=3, pause=4, symbols=3),
            Choice("adam", {"learning_rate": 0.02}),
            20,
        ),
    )
}
"""By the name of the dataset."""
