"""Losses, written with the engine's ops: a term per output, reduced over outputs and batch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from app.engine.graph import GraphBuilder
from app.engine.op import Array, NoOptions
from app.networks.errors import NetworkError

Terms = Callable[[GraphBuilder, str, str, Mapping[str, Any]], str]


@dataclass(frozen=True)
class HuberLossOptions:
    """Options of the Huber loss."""

    delta: Annotated[float, Field(gt=0, description="where the square becomes a line")] = 1.0


@dataclass(frozen=True)
class Loss:
    """One loss. ``terms`` adds the node ``loss.term`` of shape (batch, outputs).

    ``term_latex`` and ``grad_latex`` write one output's term and its derivative with ``#1`` for
    the output, ``#2`` for the target and, where the loss has softmax shares, ``#3`` for the share;
    the factors of the two reductions are not in them. ``over_outputs`` says how a sample's terms
    are reduced; ``targets`` what targets it is made for: any numbers, probabilities, a
    distribution over the outputs, or signs (-1 and 1). ``boundary`` is the output above which a
    single one says yes; ``None`` is in the middle between the two targets.
    """

    name: str
    label: str
    summary: str
    latex: str
    terms: Terms
    term_latex: str
    grad_latex: str
    over_outputs: Literal["sum", "mean"]
    targets: Literal["any", "probabilities", "distribution", "signs"] = "any"
    options: type = NoOptions
    boundary: float | None = None


def add_sample_loss(
    graph: GraphBuilder, loss: Loss, options: Mapping[str, Any], output: str
) -> str:
    """Add target ``y``, the terms of ``loss``, and each sample's loss; returns the last's id."""
    target = graph.leaf("y", "target", "y")
    term = loss.terms(graph, output, target, options)
    return graph.apply("loss.sample", loss.over_outputs, term, latex="L_n", last_axis=True)


def add_loss(graph: GraphBuilder, reduction: str, *samples: str) -> str:
    """Add the one loss: samples (and time steps) reduced to a number; returns its id."""
    return graph.apply("loss", reduction, *samples, role="loss", latex="L")


def check_targets(loss: Loss, targets: Array) -> None:
    """Raise ``NetworkError`` when ``targets`` (batch, outputs) are not what ``loss`` is for."""
    wanted = {
        "any": None,
        "probabilities": "targets between 0 and 1",
        "distribution": "targets of a sample to be probabilities that sum to 1",
        "signs": "targets that are -1 or 1",
    }[loss.targets]
    fits = {
        "any": True,
        "probabilities": bool(np.all((targets >= 0) & (targets <= 1))),
        "distribution": bool(np.all(targets >= 0))
        and bool(np.allclose(targets.sum(axis=-1), 1.0, rtol=0, atol=1e-6)),
        "signs": bool(np.all(np.abs(targets) == 1)),
    }[loss.targets]
    if not fits:
        raise NetworkError("/targets", f"{loss.name} expects {wanted}", "wrong_targets")


def _difference(g: GraphBuilder, a: str, y: str) -> str:
    return g.apply("loss.difference", "subtract", a, y)


def _squared(g: GraphBuilder, a: str, y: str, options: Mapping[str, Any]) -> str:
    return g.apply("loss.term", "square", _difference(g, a, y))


def _half_squared(g: GraphBuilder, a: str, y: str, options: Mapping[str, Any]) -> str:
    half = g.constant("loss.half", 0.5, r"\tfrac{1}{2}")
    square = g.apply("loss.square", "square", _difference(g, a, y))
    return g.apply("loss.term", "multiply", half, square)


def _absolute(g: GraphBuilder, a: str, y: str, options: Mapping[str, Any]) -> str:
    return g.apply("loss.term", "abs", _difference(g, a, y))


def _huber(g: GraphBuilder, a: str, y: str, options: Mapping[str, Any]) -> str:
    return g.apply("loss.term", "huber", _difference(g, a, y), delta=options["delta"])


def _binary_cross_entropy(g: GraphBuilder, a: str, y: str, options: Mapping[str, Any]) -> str:
    one = g.constant("loss.one", 1.0, "1")
    wanted = g.apply("loss.log_wanted", "xlogy", y, a)
    rest = g.apply("loss.rest", "subtract", one, a)
    unwanted = g.apply("loss.unwanted", "subtract", one, y)
    log_rest = g.apply("loss.log_unwanted", "xlogy", unwanted, rest, latex=r"(1 - y) \ln(1 - a)")
    both = g.apply("loss.likelihood", "add", wanted, log_rest)
    return g.apply("loss.term", "negative", both, latex=r"-y \ln a - (1 - y) \ln(1 - a)")


def _binary_cross_entropy_with_logits(
    g: GraphBuilder, a: str, y: str, options: Mapping[str, Any]
) -> str:
    soft = g.apply("loss.softplus", "softplus", a)
    product = g.apply("loss.product", "multiply", y, a)
    return g.apply("loss.term", "subtract", soft, product)


def _cross_entropy(g: GraphBuilder, a: str, y: str, options: Mapping[str, Any]) -> str:
    logs = g.apply("loss.log", "log_softmax", a)
    product = g.apply("loss.product", "multiply", y, logs)
    return g.apply("loss.term", "negative", product)


def _hinge(g: GraphBuilder, a: str, y: str, options: Mapping[str, Any]) -> str:
    one = g.constant("loss.one", 1.0, "1")
    product = g.apply("loss.product", "multiply", y, a)
    margin = g.apply("loss.margin", "subtract", one, product)
    return g.apply("loss.term", "relu", margin, latex=r"\max(0, 1 - y a)")


def _weighted(g: GraphBuilder, a: str, y: str, options: Mapping[str, Any]) -> str:
    return g.apply("loss.term", "multiply", y, a)


def _outputs(g: GraphBuilder, a: str, y: str, options: Mapping[str, Any]) -> str:
    return g.apply("loss.term", "identity", a)


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss(
            "squared_error",
            "Squared error",
            "The squares of the differences, summed over the outputs.",
            r"L = \sum_k (a_k - y_k)^2",
            _squared,
            r"(#1 - #2)^2",
            r"2\,(#1 - #2)",
            "sum",
        ),
        Loss(
            "half_squared_error",
            "Half squared error",
            "Half the sum of the squared differences; its gradient is the plain difference.",
            r"L = \tfrac{1}{2} \sum_k (a_k - y_k)^2",
            _half_squared,
            r"\tfrac{1}{2} (#1 - #2)^2",
            r"(#1 - #2)",
            "sum",
        ),
        Loss(
            "mean_squared_error",
            "Mean squared error",
            "The squares of the differences, averaged over the outputs.",
            r"L = \tfrac{1}{K} \sum_k (a_k - y_k)^2",
            _squared,
            r"(#1 - #2)^2",
            r"2\,(#1 - #2)",
            "mean",
        ),
        Loss(
            "mean_absolute_error",
            "Mean absolute error",
            "The sizes of the differences, averaged over the outputs.",
            r"L = \tfrac{1}{K} \sum_k |a_k - y_k|",
            _absolute,
            r"|#1 - #2|",
            r"\operatorname{sign}(#1 - #2)",
            "mean",
        ),
        Loss(
            "huber",
            "Huber",
            "Half the square of small differences, a straight line for large ones; "
            "averaged over the outputs.",
            r"L = \tfrac{1}{K} \sum_k \operatorname{huber}_\delta(a_k - y_k)",
            _huber,
            r"\operatorname{huber}_\delta(#1 - #2)",
            r"\operatorname{clip}(#1 - #2, -\delta, \delta)",
            "mean",
            options=HuberLossOptions,
        ),
        Loss(
            "binary_cross_entropy",
            "Binary cross-entropy",
            "For outputs that are probabilities, each judged on its own; averaged over them.",
            r"L = -\tfrac{1}{K} \sum_k \bigl(y_k \ln a_k + (1 - y_k) \ln(1 - a_k)\bigr)",
            _binary_cross_entropy,
            r"\bigl(-#2 \ln #1 - (1 - #2) \ln(1 - #1)\bigr)",
            r"\frac{#1 - #2}{#1\,(1 - #1)}",
            "mean",
            "probabilities",
        ),
        Loss(
            "binary_cross_entropy_with_logits",
            "Binary cross-entropy (logits)",
            "The sigmoid and the binary cross-entropy in one stable step; takes logits.",
            r"L = \tfrac{1}{K} \sum_k \bigl(\ln(1 + e^{a_k}) - y_k a_k\bigr)",
            _binary_cross_entropy_with_logits,
            r"\bigl(\ln(1 + e^{#1}) - #2 \cdot #1\bigr)",
            r"\bigl(\sigma(#1) - #2\bigr)",
            "mean",
            "probabilities",
            boundary=0.0,
        ),
        Loss(
            "cross_entropy",
            "Softmax and cross-entropy",
            "Turns the outputs (logits) into softmax shares; the loss is minus the logarithm of "
            "the wanted share.",
            r"L = -\sum_k y_k \ln \operatorname{softmax}(a)_k",
            _cross_entropy,
            r"-#2 \ln #3",
            r"(#3 - #2)",
            "sum",
            "distribution",
        ),
        Loss(
            "hinge",
            "Hinge",
            "Asks each output to agree with its sign target by a margin of 1; averaged over them.",
            r"L = \tfrac{1}{K} \sum_k \max(0, 1 - y_k a_k)",
            _hinge,
            r"\max(0, 1 - #2 \cdot #1)",
            r"\bigl(-#2 \cdot [\,#2 \cdot #1 < 1\,]\bigr)",
            "mean",
            "signs",
        ),
        Loss(
            "sum_of_outputs",
            "Sum of outputs",
            "No target counts: the gradient is that of the outputs themselves.",
            r"L = \sum_k a_k",
            _outputs,
            r"#1",
            r"1",
            "sum",
        ),
        Loss(
            "weighted_sum",
            "Weighted sum of outputs",
            "The target of each output is the gradient that comes back to it.",
            r"L = \sum_k y_k a_k",
            _weighted,
            r"#2 \cdot #1",
            r"#2",
            "sum",
        ),
    )
}
