"""Means of an activation function over a normal variable, by quadrature between its kinks."""

import math
from dataclasses import dataclass

import numpy as np

from app.engine.graph import GraphBuilder
from app.engine.op import Array
from app.engine.ops import ACTIVATIONS
from app.engine.program import Program
from app.networks.choice import Choice

REACH = 10.0
"""Standard deviations that are integrated over; beyond them lie 2e-23 of the mass."""
NODES = 16
"""Nodes of Gauss and Legendre's rule per panel."""
PANELS = 40
MOST_PANELS = 400
WIDEST = 4.0
"""How much z a panel spans, so that a periodic activation is resolved, while panels suffice."""
MOST_KNOWN = 20_000
"""So many means are remembered."""
BREAKS = (-16.0, -8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Values of z where panels end: an activation bends within a few units of 0."""


@dataclass(frozen=True)
class Means:
    """E φ(z), E φ(z)² and E φ'(z)²."""

    value: float
    square: float
    slope_square: float


UNKNOWN = Means(math.nan, math.nan, math.nan)


class Gaussian:
    """Means over z ~ N(mean, variance) of one elementwise activation and of its slope.

    The integral is cut at every kink of the activation: a rule with a node on ReLU's kink is
    14 % off, one that ends there is exact. Not to be shared between threads.
    """

    def __init__(self, activation: Choice) -> None:
        builder = GraphBuilder()
        builder.leaf("z", "input", "z")
        builder.apply("a", activation.name, "z", **activation.options)
        self._graph = builder.build("a")
        self._breaks = np.array([*BREAKS, *ACTIVATIONS[activation.name].kinks])
        self._nodes, self._weights = np.polynomial.legendre.leggauss(NODES)
        self._programs: dict[int, Program] = {}

    def average(self, mean: float, variance: float) -> Means:
        """The means for z of this mean and variance; NaN where those are not finite."""
        if not (math.isfinite(mean) and math.isfinite(variance)):
            return UNKNOWN
        deviation = math.sqrt(variance)
        t, weights = self._place_nodes(mean, deviation)
        value, slope = self._evaluate(mean + deviation * t)
        with np.errstate(all="ignore"):
            means = weights @ np.stack([value, value**2, slope**2], axis=1)
        return Means(*map(float, means))

    def find_steepest(self) -> float:
        """The largest size of the slope anywhere, sampled to 1e-3 and beside every kink."""
        beside = [self._breaks - 1e-9, self._breaks + 1e-9]
        _, slope = self._evaluate(np.concatenate([np.linspace(-40.0, 40.0, 80_001), *beside]))
        return float(np.abs(slope).max())

    def _place_nodes(self, mean: float, deviation: float) -> tuple[Array, Array]:
        """Standard normal nodes and their weights, density included."""
        panels = math.ceil(min(MOST_PANELS, max(PANELS, 2 * REACH * deviation / WIDEST)))
        edges = np.linspace(-REACH, REACH, panels + 1)
        if deviation > 0.0:
            with np.errstate(over="ignore"):
                breaks = (self._breaks - mean) / deviation
            edges = np.sort(np.concatenate([edges, np.clip(breaks, -REACH, REACH)]))
        half = np.diff(edges)[:, None] / 2
        t = ((edges[:-1, None] + half) + half * self._nodes).ravel()
        density = np.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)
        return t, (half * self._weights).ravel() * density

    def _evaluate(self, z: Array) -> tuple[Array, Array]:
        program = self._programs.get(len(z))
        if program is None:
            program = self._programs[len(z)] = Program(self._graph, {"z": z.shape})
        program.forward({"z": z})
        tape = program.backward(np.ones_like(z))
        return tape.values["a"], tape.grads["z"]


class Gaussians:
    """Means for any activation; what is needed for one is made once.

    Means are remembered as well: networks that differ in depth have most of them in common. Not
    to be shared between threads.
    """

    def __init__(self) -> None:
        self._made: dict[str, Gaussian] = {}
        self._known: dict[tuple[str, float, float], Means] = {}

    def average(self, activation: Choice, mean: float, variance: float) -> Means:
        """Means over z ~ N(mean, variance); unknown for an activation that mixes units."""
        if not ACTIVATIONS[activation.name].elementwise:
            return UNKNOWN
        key = repr(activation)
        found = self._known.get((key, mean, variance))
        if found is None:
            if key not in self._made:
                self._made[key] = Gaussian(activation)
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            found = self._made[key].average(mean, variance)
            self._known[key, mean, variance] = found
        return found
