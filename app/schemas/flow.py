"""Gradient flow: what is asked, and what many seeds and the theory answer."""

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.message import Message, Number, Request
from app.schemas.specs import Size, Spec


class RandomInputs(Request):
    """Independent random inputs of mean 0."""

    distribution: Literal["normal", "uniform"] = "normal"
    variance: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)] = 1.0


class FlowConfiguration(Request):
    """A network whose parameters are drawn anew for every seed, and how it is run."""

    network: Spec = Field(
        description="a spec; its seed is the first one, and its loss has no part in this"
    )
    batch: Size = 32
    inputs: RandomInputs = RandomInputs()
    repeat: Size = Field(
        default=1, description="how often the layers of a dense network stand one after another"
    )
    time_steps: Size | None = Field(
        default=None, description="of a recurrent network's sequences; 50 unless given"
    )


class GradientFlowRequest(FlowConfiguration):
    """One configuration under several seeds."""

    seeds: Size = 20
    singular_values: bool = Field(
        default=True, description="whether to work out the singular values of Jacobians"
    )


class Summary(Message):
    """Over the seeds: the mean and the sample's standard deviation, 0 for a single seed."""

    mean: Number
    std: Number


class SingularValues(Message):
    """Of the Jacobian of one layer or time step at one sample, over the seeds."""

    largest: Summary
    smallest: Summary
    mean_square: Summary


class FlowLayer(Message):
    """One layer of a dense network, or one time step of a recurrent one.

    `z` is what goes into activations and gates, `a` what the layer or cell hands on. Root mean
    squares, means and variances are over samples and units.
    """

    layer: int | None
    time: int | None
    grad_z_rms: Summary
    grad_a_rms: Summary
    grad_weight_rms: Summary = Field(
        description="of the layer's weights, summed over the batch; of a time step, its share of "
        "the gradient of cell.weight_hh"
    )
    z_mean: Summary
    z_variance: Summary
    a_mean: Summary
    a_variance: Summary
    saturated: Summary | None = Field(
        description="share of slopes below 0.01 but not 0; null where an activation mixes units"
    )
    dead: Summary | None = Field(description="share of slopes that are 0")
    singular_values: SingularValues | None = Field(
        description="da by da of the layer below, or of the state by the state before; null when "
        "not asked for, or where the limit singular_value_work leaves none"
    )
    measured_factor: Number | None = Field(
        description="mean square of the gradient of z here over that of the next layer or time "
        "step, the geometric mean over the seeds; null for the last"
    )
    predicted_factor: Number | None = Field(description="the same by theory; null if unknown")
    predicted_grad_z_rms: Number | None
    predicted_z_variance: Number | None


class VarianceRules(Message):
    """The variance that one matrix of weights is drawn with, and what two rules say it should be.

    Glorot and Bengio 2010: 2 / (fan_in + fan_out). He et al. 2015: 2 / fan_in, for ReLU.
    """

    parameter: str
    variance: Number
    glorot: Number
    he: Number


class RecurrentWeights(Message):
    """The recurrent weights of one gate, over the seeds."""

    gate: int = Field(description="counted from 1, in PyTorch's order")
    spectral_radius: Summary
    largest_singular_value: Summary


class FlowTheory(Message):
    """Mean-field theory (Poole et al. 2016, Schoenholz et al. 2017), and bounds through time.

    Null for what is not known; `unknown` then says why.
    """

    sigma_w: Number | None = Field(
        description="standard deviation of a weighted sum of inputs of mean square 1, in the "
        "layers between first and last, or of the recurrent weights"
    )
    sigma_b: Number | None = Field(
        description="standard deviation of the bias; through time, with what the input adds"
    )
    q_star: Number | None = Field(
        description="the variance of z that the layers or time steps settle at"
    )
    chi_1: Number | None = Field(
        description="the factor of the mean square gradient there; 1 is the edge of chaos"
    )
    phase: Literal["ordered", "critical", "chaotic"] | None
    depth_scale: Number | None = Field(
        description="layers or time steps over which the mean square gradient changes by e"
    )
    unknown: str | None
    weights: list[VarianceRules]
    recurrent_weights: list[RecurrentWeights] = Field(description="empty for a dense network")
    slope_bound: Number | None = Field(description="the steepest slope of a simple cell")
    factor_bound: Number | None = Field(
        description="what no factor of a time step can pass: the square of slope_bound times the "
        "largest singular value, by its mean over the seeds"
    )


class GradientFlowAnswer(Message):
    """What was measured, layer by layer from the input on, beside what theory predicts."""

    layers: list[FlowLayer]
    seeds: int
    singular_value_seeds: int = Field(
        description="the seeds, from the first, that singular values are of"
    )
    theory: FlowTheory
