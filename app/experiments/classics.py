"""Well-known ways in which gradients vanish, explode or hold, each a network to measure."""

from dataclasses import dataclass

from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer

DEPTH = 30
UNITS = 64


@dataclass(frozen=True)
class Classic:
    """``depth`` layers that are alike, over as many inputs as a layer has units."""

    name: str
    title: str
    summary: str
    layer: Layer
    depth: int = DEPTH

    def spec(self) -> DenseSpec:
        """The network."""
        return DenseSpec(self.layer.units, (self.layer,) * self.depth, Choice("squared_error"))


def _layer(
    activation: str,
    initializer: Choice,
    units: int = UNITS,
    residual: bool = False,
    layer_norm: bool = False,
) -> Layer:
    return Layer(
        units,
        Choice(activation),
        initializer=initializer,
        residual=residual,
        layer_norm=layer_norm,
    )


CLASSICS: dict[str, Classic] = {
    classic.name: classic
    for classic in (
        Classic(
            "sigmoid_vanishes",
            "Sigmoid, unit normal weights",
            "Vanishes: no slope of the sigmoid is above 1/4, and large sums make most far smaller.",
            _layer("sigmoid", Choice("normal", {"std": 1.0}), units=16),
            depth=50,
        ),
        Classic(
            "tanh_holds",
            "Tanh with Glorot",
            "Holds: around 0 tanh has slope 1, and the weights keep the variance there (2010).",
            _layer("tanh", Choice("glorot_normal")),
        ),
        Classic(
            "relu_holds",
            "ReLU with He",
            "Holds: ReLU cuts half away, and weights of twice the variance make up for it (2015).",
            _layer("relu", Choice("he_normal")),
        ),
        Classic(
            "relu_fades",
            "ReLU with Glorot",
            "Fades away: the half that ReLU cuts off is missing in every layer.",
            _layer("relu", Choice("glorot_normal")),
        ),
        Classic(
            "orthogonal_is_exact",
            "Linear, orthogonal",
            "Exact: rotations keep the length of what goes forward and of what comes back (2013).",
            _layer("identity", Choice("orthogonal")),
        ),
        Classic(
            "tanh_explodes",
            "Tanh at \u03c3 = 3",
            "Explodes: the weights make more of the gradient than the slopes take away.",
            _layer("tanh", Choice("variance_scaling", {"scale": 9.0})),
        ),
        Classic(
            "residual_cures",
            "Residual connections",
            "Cured: sigmoid layers lose the gradient, but each also hands it past itself (2015).",
            _layer("sigmoid", Choice("glorot_normal"), residual=True),
        ),
        Classic(
            "layer_norm_cures",
            "Layer normalization",
            "Cured: tanh at \u03c3 = 3 again, but each layer brings z back to variance 1 (2016).",
            _layer("tanh", Choice("variance_scaling", {"scale": 9.0}), layer_norm=True),
        ),
    )
}
