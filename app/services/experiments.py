"""Experiments: the gradient flow of one configuration."""

import math
from dataclasses import replace
from typing import Any, cast

from app.engine.op import Array
from app.experiments.fixed_point import find_depth_scale, name_phase
from app.experiments.flow import Flow, Summary, measure_flow
from app.experiments.measures import MEASURES
from app.experiments.trial import Inputs, NetworkSpec, Trial
from app.experiments.variances import list_variances
from app.networks.dense import DenseSpec
from app.schemas.flow import FlowConfiguration, GradientFlowRequest
from app.services.admission import check_deadline
from app.services.documents import below, read_spec
from app.services.experiment_sizes import check_trial, count_steps
from app.services.programs import Resources
from app.services.sizes import require
from app.services.wire import Payload, plain


def measure_gradient_flow(request: GradientFlowRequest, resources: Resources) -> Payload:
    """Measures by layer or time step over several seeds, beside the theory."""
    limits = resources.limits
    require(request.seeds, limits, "seeds", "/seeds", "seeds")
    trial = read_trial(request, resources, seeds=request.seeds)
    work = limits.singular_value_work if request.singular_values else 0
    flow = measure_flow(trial, request.seeds, work, check_deadline)
    return {
        "layers": [_write_layer(trial, flow, index) for index in range(trial.places)],
        "seeds": request.seeds,
        "singular_value_seeds": flow.spectra_seeds,
        "theory": _write_theory(trial, flow),
    }


def read_trial(
    configuration: FlowConfiguration, resources: Resources, *, seeds: int = 1, work: str = "work"
) -> Trial:
    """The trial of a configuration. Raises ``NetworkError`` for one that cannot be run.

    ``work`` names the limit on how much work it is under so many seeds.
    """
    check_trial(configuration, seeds, resources.limits, work)
    spec = cast(NetworkSpec, read_spec(configuration.network, "/network"))
    if isinstance(spec, DenseSpec) and configuration.repeat > 1:
        with below("/network"):
            spec = replace(spec, layers=spec.layers * configuration.repeat)
    inputs = Inputs(configuration.inputs.distribution, configuration.inputs.variance)
    return Trial(spec, configuration.batch, inputs, count_steps(configuration))


def _write_layer(trial: Trial, flow: Flow, index: int) -> Payload:
    dense = isinstance(trial.spec, DenseSpec)
    last = index == trial.places - 1
    predicted = flow.theory.predictions[index]
    entry: Payload = {
        "layer": index + 1 if dense else None,
        "time": None if dense else index + 1,
        **{name: _pick(flow.measures[name], index) for name in MEASURES},
    }
    for name in ("saturated", "dead"):
        if math.isnan(flow.measures[name].mean[index]):
            entry[name] = None
    spectra = {name: _pick(summary, index) for name, summary in flow.spectra.items()}
    return {
        **entry,
        "singular_values": spectra or None,
        "measured_factor": None if last else _number(flow.factors, index),
        "predicted_factor": _known(predicted.factor),
        "predicted_grad_z_rms": _known(predicted.grad_z_rms),
        "predicted_z_variance": _known(predicted.z_variance),
    }


def _write_theory(trial: Trial, flow: Flow) -> Payload:
    theory, bound = flow.theory, math.nan
    if flow.radii:
        bound = flow.slope_bound * float(flow.radii[0].largest_singular_value.mean)
    return {
        "sigma_w": _known(theory.sigma_w),
        "sigma_b": _known(theory.sigma_b),
        "q_star": _known(theory.q),
        "chi_1": _known(theory.chi),
        "phase": name_phase(theory.chi),
        "depth_scale": _known(find_depth_scale(theory.chi)),
        "unknown": theory.unknown,
        "weights": plain(list_variances(trial.spec)),
        "recurrent_weights": [
            {
                "gate": radii.gate,
                "spectral_radius": _write_summary(radii.spectral_radius),
                "largest_singular_value": _write_summary(radii.largest_singular_value),
            }
            for radii in flow.radii
        ],
        "slope_bound": _known(flow.slope_bound),
        "factor_bound": _known(bound * bound),
    }


def _pick(summary: Summary, index: int) -> Payload:
    return {"mean": _number(summary.mean, index), "std": _number(summary.std, index)}


def _write_summary(summary: Summary) -> Payload:
    return {"mean": plain(float(summary.mean)), "std": plain(float(summary.std))}


def _number(array: Array, index: int) -> Any:
    return plain(float(array[index]))


def _known(value: float) -> Any:
    """``None`` for NaN, by which theory says that it does not know."""
    return None if math.isnan(value) else plain(float(value))
