"""The catalog: everything that can be chosen, read off the registries."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from app.datasets.data import Dataset
from app.datasets.features import FEATURES
from app.datasets.registry import DATASETS
from app.engine.op import Op, write_latex
from app.engine.ops import ACTIVATIONS, OPS
from app.experiments.classics import CLASSICS, Classic
from app.experiments.functions import SURFACES
from app.networks.cells import CELLS, Cell
from app.networks.choice import Choice, options_adapter
from app.networks.formula import FUNCTIONS
from app.networks.initializers import INITIALIZERS, Initializer
from app.networks.losses import LOSSES, Loss
from app.networks.presets import PRESETS, Preset
from app.services.documents import write_document, write_spec
from app.services.programs import Resources
from app.services.samples import goes_below_zero
from app.services.wire import Payload, plain
from app.training.optimizers import OPTIMIZERS, Optimizer
from app.training.schedules import SCHEDULES, Schedule
from app.training.setups import SETUPS, Setup

Entry = Op | Loss | Optimizer | Initializer | Cell | Dataset | Schedule
"""A record of a registry."""


def list_catalog(resources: Resources) -> Payload:
    """Every entry of every registry, the presets, and the limits. Not to be written to deeply."""
    return dict(_list_catalog(resources))


@lru_cache(maxsize=8)
def _list_catalog(resources: Resources) -> Payload:
    # The same as long as the process lives, and made of hundreds of schemas.
    return {
        "activations": [
            {**entry, "signed": goes_below_zero(Choice(entry["name"]))}
            for entry in _entries(ACTIVATIONS.values(), "a", "z")
        ],
        "ops": _entries(OPS.values(), "r", "u", "v", "w"),
        "losses": [
            {
                **entry,
                "targets": LOSSES[entry["name"]].targets,
                "boundary": LOSSES[entry["name"]].boundary,
            }
            for entry in _entries(LOSSES.values())
        ],
        "optimizers": _entries(OPTIMIZERS.values()),
        "initializers": [
            {**entry, "sigma_w": plain(INITIALIZERS[entry["name"]].sigma_w)}
            for entry in _entries(INITIALIZERS.values())
        ],
        "cells": _entries(CELLS.values()),
        "functions": [
            {**entry, "name": name}
            for name, function in FUNCTIONS.items()
            for entry in _entries([function], "r", "u", "v")
        ],
        "datasets": [
            {
                **entry,
                "task": DATASETS[entry["name"]].task,
                "sequence": DATASETS[entry["name"]].sequence,
            }
            for entry in _entries(DATASETS.values())
        ],
        "features": [
            {
                "name": feature.name,
                "label": feature.label,
                "summary": feature.summary,
                "latex": feature.latex,
                "needs": feature.needs,
            }
            for feature in FEATURES.values()
        ],
        "schedules": _entries(SCHEDULES.values()),
        "surfaces": [
            {
                **plain(
                    {name: value for name, value in vars(function).items() if name != "racers"}
                ),
                "optimizers": [{"name": racer.name, **racer.options} for racer in function.racers],
            }
            for function in SURFACES.values()
        ],
        "presets": [describe_preset(preset) for preset in PRESETS.values()],
        "classics": [describe_classic(classic) for classic in CLASSICS.values()],
        "setups": [describe_setup(setup) for setup in SETUPS.values()],
        "limits": resources.limits.model_dump(),
    }


def describe_preset(preset: Preset) -> Payload:
    """A preset as it goes on the wire; its parts fit into a request as they are."""
    return {
        "name": preset.name,
        "title": preset.title,
        "summary": preset.summary,
        "network": write_document(preset.network),
        "inputs": preset.inputs,
        "targets": preset.targets,
        "optimizer": {"name": preset.optimizer.name, **preset.optimizer.options},
    }


def describe_classic(classic: Classic) -> Payload:
    """A classic as it goes on the wire; its layer fits into a network's spec as it is."""
    return {
        "name": classic.name,
        "title": classic.title,
        "summary": classic.summary,
        "depth": classic.depth,
        "layer": write_spec(classic.spec())["layers"][0],
    }


def describe_setup(setup: Setup) -> Payload:
    """A training as it goes on the wire; its parts fit into a request as they are."""
    return {
        "name": setup.name,
        "title": setup.title,
        "summary": setup.summary,
        "task": setup.task,
        "network": write_spec(setup.network),
        "data": {"dataset": setup.data.name, "seed": 0, **setup.data.options},
        "optimizer": {"name": setup.optimizer.name, **setup.optimizer.options},
        "batch_size": setup.batch_size,
        "validation_fraction": setup.validation_fraction,
    }


def _entries(records: Iterable[Entry], *symbols: str) -> list[Payload]:
    return [
        {
            "name": record.name,
            "label": record.label,
            "summary": record.summary,
            "latex": write_latex(record.latex, *symbols) if symbols else record.latex,
            "schema": _options_schema(record.options),
        }
        for record in records
    ]


def _options_schema(options: type) -> dict[str, Any]:
    schema = options_adapter(options).json_schema()
    for name, entry in schema["properties"].items():
        entry["title"] = name.replace("_", " ")
    return schema | {"additionalProperties": False}
