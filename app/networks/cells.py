"""Recurrent cells, written with the engine's ops. Formulas and order of gates as in PyTorch.

A cell's weights hold its gates one below the other: ``weight_ih`` is (gates * units, inputs),
``weight_hh`` (gates * units, units). There is one bias, of the input's side; PyTorch's second
bias is 0.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.engine.graph import GraphBuilder, Role
from app.engine.op import NoOptions
from app.networks.choice import Choice

State = dict[str, str]
"""The ids of the nodes that hold the state, by letter: ``h``, for lstm also ``c``."""


@dataclass(frozen=True)
class Step:
    """One time step of a cell that is being built.

    ``z_ih`` and ``z_hh`` are the two linear maps of the input and of the state before; ``latex``
    gives a letter the index of the time step.
    """

    graph: GraphBuilder
    time: int
    z_ih: str
    z_hh: str
    before: State
    activation: Choice
    units: int

    def latex(self, letter: str) -> str:
        """The letter with the time step as its index."""
        return f"{letter}_{{{self.time}}}"

    def activate(self, letter: str, z: str, role: Role = "activation") -> str:
        """Add the chosen activation of ``z``."""
        chosen = self.activation
        return self.graph.apply(
            letter, chosen.name, z, role=role, latex=self.latex(letter), **chosen.options
        )

    def gate(self, letter: str, z: str) -> str:
        """Add a sigmoid gate."""
        return self.graph.apply(letter, "sigmoid", z, role="activation", latex=self.latex(letter))

    def part(self, name: str, z: str, number: int, latex: str) -> str:
        """Add the rows of ``z`` that belong to gate ``number``."""
        place = {"start": number * self.units, "stop": (number + 1) * self.units}
        return self.graph.apply(name, "slice", z, role="preactivation", latex=latex, **place)

    def part_of(self, letter: str, z: str, number: int) -> str:
        """Add the preactivation of a gate, called ``z_`` and its letter."""
        return self.part(f"z_{letter}", z, number, f"z_{{{letter},{self.time}}}")

    def sum_of_maps(self, letter: str = "z") -> str:
        """Add the sum of both linear maps."""
        return self.graph.apply(
            letter, "add", self.z_ih, self.z_hh, role="preactivation", latex=self.latex(letter)
        )


@dataclass(frozen=True)
class Cell:
    """One kind of cell: how many gates its weights hold, its state, and how a step is built."""

    name: str
    label: str
    summary: str
    latex: str
    gates: int
    states: tuple[str, ...]
    build: Callable[[Step], State]
    options: type = NoOptions


def _build_rnn(step: Step) -> State:
    return {"h": step.activate("h", step.sum_of_maps(), "state")}


def _build_lstm(step: Step) -> State:
    z = step.sum_of_maps()
    gate_i = step.gate("i", step.part_of("i", z, 0))
    gate_f = step.gate("f", step.part_of("f", z, 1))
    candidate = step.activate("g", step.part_of("g", z, 2))
    gate_o = step.gate("o", step.part_of("o", z, 3))
    kept = step.graph.apply("kept", "multiply", gate_f, step.before["c"])
    new = step.graph.apply("new", "multiply", gate_i, candidate)
    c = step.graph.apply("c", "add", kept, new, role="state", latex=step.latex("c"))
    chosen = step.activation
    shown = step.graph.apply("c_shown", chosen.name, c, role="activation", **chosen.options)
    h = step.graph.apply("h", "multiply", gate_o, shown, role="state", latex=step.latex("h"))
    return {"h": h, "c": c}


def _build_gru(step: Step) -> State:
    graph = step.graph

    def side(letter: str, source: str, z: str, number: int) -> str:
        latex = f"{letter}^{{{source}}}_{{{step.time}}}"
        return step.part(f"{letter}_of_{source}", z, number, latex)

    def gate(letter: str, number: int) -> str:
        parts = [
            side(letter, "x", step.z_ih, number),
            side(letter, "h", step.z_hh, number),
        ]
        return step.gate(letter, graph.apply(f"z_{letter}", "add", *parts, role="preactivation"))

    reset, update = gate("r", 0), gate("z", 1)
    from_state = graph.apply("n_reset", "multiply", reset, side("n", "h", step.z_hh, 2))
    z_n = graph.apply("z_n", "add", side("n", "x", step.z_ih, 2), from_state, role="preactivation")
    candidate = step.activate("n", z_n)
    one = graph.constant("one", 1.0, "1")
    taken = graph.apply("taken", "subtract", one, update)
    new = graph.apply("new", "multiply", taken, candidate, latex=r"(1 - z) \odot n")
    kept = graph.apply("kept", "multiply", update, step.before["h"])
    h = graph.apply("h", "add", new, kept, role="state", latex=step.latex("h"))
    return {"h": h}


CELLS: dict[str, Cell] = {
    cell.name: cell
    for cell in (
        Cell(
            "rnn",
            "Simple RNN",
            "The state is the activation of input and state before (Elman, 1990).",
            r"h_t = \tanh(W_{ih} x_t + b + W_{hh} h_{t-1})",
            1,
            ("h",),
            _build_rnn,
        ),
        Cell(
            "lstm",
            "LSTM",
            "Gates decide what a second state forgets, takes in and shows "
            "(Hochreiter and Schmidhuber, 1997).",
            r"\begin{aligned} c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\ "
            r"h_t &= o_t \odot \tanh(c_t) \end{aligned}",
            4,
            ("h", "c"),
            _build_lstm,
        ),
        Cell(
            "gru",
            "GRU",
            "One gate mixes the state before with a candidate, another lets the candidate forget "
            "(Cho et al., 2014).",
            r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}",
            3,
            ("h",),
            _build_gru,
        ),
    )
}
