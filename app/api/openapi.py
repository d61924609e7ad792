"""The OpenAPI document: worked examples for every operation, run by the services themselves."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson
from pydantic.json_schema import models_json_schema

from app import __version__
from app.api.problems import MEDIA_TYPE, describe_responses
from app.api.streams import write_event
from app.experiments.results import Results
from app.experiments.workers import Serial
from app.schemas.datasets import CsvRequest, DrawnData
from app.schemas.explain import ExplainRequest, GradientCheckRequest, NudgeRequest
from app.schemas.flow import GradientFlowRequest
from app.schemas.message import Message
from app.schemas.microscope import ExplainUpdateRequest
from app.schemas.networks import BackwardRequest, ForwardRequest, StepRequest, TraceRequest
from app.schemas.race import RaceRequest, SurfaceRequest
from app.schemas.specs import DenseSpec
from app.schemas.sweeps import EVENTS as SWEEP_EVENTS
from app.schemas.sweeps import SweepRequest
from app.schemas.training import EVENTS as TRAIN_EVENTS
from app.schemas.training import TrainRequest
from app.services import (
    catalog,
    datasets,
    experiments,
    explain,
    microscope,
    networks,
    races,
    training,
)
from app.services.events import Control, Event, Turn
from app.services.programs import Resources
from app.services.snapshots import describe_snapshot, name_snapshot
from app.services.sweep_events import open_sweep
from app.services.wire import Payload

NEURON = {
    "spec": {
        "kind": "dense",
        "inputs": 1,
        "layers": [{"units": 1, "activation": "relu"}],
        "loss": "squared_error",
    },
    "parameters": {"layer1.weight": [[0.5]], "layer1.bias": [0.0]},
}
"""The worked example: x = 2, w = 0.5, b = 0, ReLU, y = 0, so that dL/dw = 4."""
SAMPLE = {"network": NEURON, "inputs": [[2.0]]}
LESSON = {**SAMPLE, "targets": [[0.0]]}
SGD = {"name": "sgd", "learning_rate": 0.1}
TANH = {
    "units": 16,
    "activation": "tanh",
    "initializer": {"name": "variance_scaling", "scale": 2.25},
}
"""A layer just past the edge of chaos: sigma_w = 1.5."""

REQUESTS: dict[str, Payload] = {
    "/api/v1/networks": {
        "kind": "dense",
        "inputs": 2,
        "layers": [{"units": 2, "activation": "tanh"}, {"units": 1}],
        "seed": 7,
    },
    "/api/v1/networks/forward": SAMPLE,
    "/api/v1/networks/backward": LESSON,
    "/api/v1/networks/step": {**LESSON, "optimizer": SGD},
    "/api/v1/networks/trace": {**LESSON, "optimizer": SGD, "view": "units"},
    "/api/v1/networks/explain": {**LESSON, "of": {"node": "layer1.weight", "index": [0, 0]}},
    "/api/v1/networks/gradient-check": {
        **LESSON,
        "curve": {"node": "layer1.weight", "index": [0, 0]},
    },
    "/api/v1/networks/nudge": {
        **LESSON,
        "of": {"node": "layer1.weight", "index": [0, 0]},
        "delta": 0.01,
    },
    "/api/v1/experiments/gradient-flow": {
        "network": {"kind": "dense", "inputs": 16, "layers": [TANH] * 4},
        "batch": 16,
        "seeds": 5,
    },
    "/api/v1/experiments/sweeps": {
        "network": {"kind": "dense", "inputs": 8, "layers": [{**TANH, "units": 8}]},
        "batch": 8,
        "seeds": 2,
        "grid": [
            {"name": "depth", "pointers": ["/repeat"], "values": [2, 4]},
            {
                "name": "sigma_w squared",
                "pointers": ["/network/layers/*/initializer/scale"],
                "values": [0.5, 2.5],
            },
        ],
    },
    "/api/v1/networks/train": {
        "network": {
            "kind": "dense",
            "inputs": 2,
            "layers": [{"units": 4, "activation": "tanh"}, {"units": 1, "activation": "tanh"}],
        },
        "data": {"dataset": "xor", "samples": 40, "seed": 1},
        "optimizer": {"name": "adam", "learning_rate": 0.03},
        "batch_size": 10,
        "steps": 20,
        "frame_every": 10,
    },
    "/api/v1/experiments/loss-surface": {"surface": {"function": "beale"}, "size": 5},
    "/api/v1/experiments/optimizer-race": {
        "surface": {"function": "ravine"},
        "optimizers": [
            {"name": "sgd", "learning_rate": 0.9},
            {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9},
            {"name": "adam", "learning_rate": 0.3},
        ],
        "steps": 5,
    },
    "/api/v1/networks/explain-update": {
        **LESSON,
        "optimizer": {"name": "adam", "learning_rate": 0.1},
        "of": {"node": "layer1.weight", "index": [0, 0]},
    },
    "/api/v1/datasets": {"dataset": "moons", "samples": 6, "noise": 0.1},
    "/api/v1/datasets/csv": {
        "text": "length,width,kind\n5.1,3.5,a\n4.9,,a\n7.0,3.2,b\n6.4,3.1,b\n"
    },
    "/api/v1/snapshots": {**LESSON, "optimizer": SGD, "view": {"view": "graph", "at": 6}},
}
SNAPSHOT = REQUESTS["/api/v1/snapshots"]

PATHS: dict[str, dict[str, str]] = {
    "/api/v1/snapshots/{snapshot_id}": {"snapshot_id": name_snapshot(SNAPSHOT)},
}
"""What stands in a path's braces in its example."""

ANSWERS: dict[str, Callable[[Any, Resources], Payload]] = {
    "/api/v1/networks": lambda body, shared: networks.build_network(
        DenseSpec.model_validate(body), shared
    ),
    "/api/v1/networks/forward": lambda body, shared: networks.run_forward(
        ForwardRequest.model_validate(body), shared
    ),
    "/api/v1/networks/backward": lambda body, shared: networks.run_backward(
        BackwardRequest.model_validate(body), shared
    ),
    "/api/v1/networks/step": lambda body, shared: networks.take_step(
        StepRequest.model_validate(body), shared
    ),
    "/api/v1/networks/trace": lambda body, shared: networks.tell_trace(
        TraceRequest.model_validate(body), shared
    ),
    "/api/v1/networks/explain": lambda body, shared: explain.explain_entry(
        ExplainRequest.model_validate(body), shared
    ),
    "/api/v1/networks/gradient-check": lambda body, shared: explain.check_run_gradients(
        GradientCheckRequest.model_validate(body), shared
    ),
    "/api/v1/networks/nudge": lambda body, shared: explain.nudge_entry(
        NudgeRequest.model_validate(body), shared
    ),
    "/api/v1/experiments/gradient-flow": lambda body, shared: experiments.measure_gradient_flow(
        GradientFlowRequest.model_validate(body), shared
    ),
    "/api/v1/experiments/loss-surface": lambda body, shared: races.measure_surface(
        SurfaceRequest.model_validate(body), shared
    ),
    "/api/v1/experiments/optimizer-race": lambda body, shared: races.race_optimizers(
        RaceRequest.model_validate(body), shared
    ),
    "/api/v1/networks/explain-update": lambda body, shared: microscope.explain_update(
        ExplainUpdateRequest.model_validate(body), shared
    ),
    "/api/v1/datasets": lambda body, shared: datasets.draw_dataset(
        DrawnData.model_validate(body), shared
    ),
    "/api/v1/datasets/csv": lambda body, shared: datasets.read_csv(
        CsvRequest.model_validate(body), shared
    ),
    "/api/v1/snapshots": lambda body, _: describe_snapshot(name_snapshot(body)),
    "/api/v1/snapshots/{snapshot_id}": lambda _, __: SNAPSHOT,
    "/api/v1/catalog": lambda _, shared: catalog.list_catalog(shared),
    "/api/v1/readyz": lambda _, __: {"status": "ready"},
    "/api/v1/healthz": lambda _, __: {"status": "ok", "version": __version__},
}

STREAMS: dict[str, Callable[[Any, Resources], str]] = {
    "/api/v1/networks/train": lambda body, shared: _write_stream(
        training.open_training(TrainRequest.model_validate(body), shared, Control(), lambda: 0.0)
    ),
    # Here and now: no process is started for the sake of an example.
    "/api/v1/experiments/sweeps": lambda body, shared: _write_stream(
        open_sweep(
            SweepRequest.model_validate(body),
            replace(shared, workers=Serial(), results=Results(0)),
            Control(),
            lambda: 0.0,
        )
    ),
}
"""Operations that answer with events."""
EVENTS: dict[str, Mapping[str, type[Message]]] = {
    "/api/v1/networks/train": TRAIN_EVENTS,
    "/api/v1/experiments/sweeps": SWEEP_EVENTS,
}
"""What the data of their events is, by the event's name."""


GUARDED = {"get": (400, 414, 421, 429, 431, 500), "post": (400, 408, 414, 421, 429, 431, 500, 503)}
"""What may be answered to any request before it reaches its operation."""


def complete(document: dict[str, Any], resources: Resources) -> dict[str, Any]:
    """``document`` with the schema of problems, and an example of every request and answer."""
    _, schemas = models_json_schema(
        [(model, "serialization") for models in EVENTS.values() for model in models.values()],
        ref_template="#/components/schemas/{model}",
    )
    document["components"]["schemas"] |= schemas["$defs"]
    for path, example in REQUESTS.items():
        operation = next(iter(document["paths"][path].values()))
        operation["requestBody"]["content"]["application/json"]["example"] = example
    for path, stream in STREAMS.items():
        operation = next(iter(document["paths"][path].values()))
        content = operation["responses"]["200"]["content"]["text/event-stream"]
        content["example"] = stream(REQUESTS[path], resources)
        # What the framework says of it, that it is a string, says nothing of its events.
        content.pop("schema", None)
        # Streams of JSON have no schema in OpenAPI 3.1: the data of each event, by its name.
        content["x-events"] = {
            name: {"$ref": f"#/components/schemas/{model.__name__}"}
            for name, model in EVENTS[path].items()
        }
    for item in document["paths"].values():
        for method, operation in item.items():
            responses = operation["responses"]
            # What the framework would answer to a wrong parameter is not what this service does.
            if MEDIA_TYPE not in responses.get("422", {}).get("content", {MEDIA_TYPE: {}}):
                del responses["422"]
            guarded = describe_responses(*GUARDED[method])
            operation["responses"] = {
                str(status): told for status, told in guarded.items()
            } | responses
    for path, answer in ANSWERS.items():
        operation = next(iter(document["paths"][path].values()))
        request = REQUESTS.get(path)
        payload = orjson.dumps(answer(request, resources), option=orjson.OPT_SERIALIZE_NUMPY)
        for parameter in operation.get("parameters", []):
            parameter["example"] = PATHS[path][parameter["name"]]
        for status in {"200", "201"} & operation["responses"].keys():
            content = operation["responses"][status]["content"]["application/json"]
            content["example"] = orjson.loads(payload)
    return document


def _write_stream(turns: Iterator[Turn]) -> str:
    return b"".join(write_event(turn) for turn in turns if isinstance(turn, Event)).decode()
