"""Steps per second of training on spirals, beside plain JavaScript that does the same work:
``python -m benchmarks.playground``.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import isclose
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, build_graph
from app.networks.document import Document, make_document
from app.schemas.datasets import DrawnData
from app.schemas.training import TrainRequest
from app.services.datasets import draw_dataset
from app.services.documents import write_document
from app.services.events import Control, Event
from app.services.programs import make_resources
from app.services.training import open_training
from app.settings import Settings
from app.training.binding import Samples
from app.training.loop import Plan, Training
from app.training.optimizers import OPTIMIZERS, Sgd
from benchmarks import floors
from benchmarks.cases import Dense
from benchmarks.contestants import Contestant

WIDTHS = (2, 8, 8, 8, 1)
BATCH, RATE = 30, 0.03
DATA = {"dataset": "spirals", "samples": 300, "noise": 0.05, "encoding": "signs"}
COMPARED, WARM, STEPS, ROUNDS = 40, 4000, 4000, 9
TOGETHER = 40
"""Steps at a time, about as many as a stream takes between two looks at the clock."""
STREAMED = 3.0
"""So many seconds of a stream are measured."""
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Print how many steps a second each takes, in turns, the fastest round counting."""
    if hasattr(os, "sched_setaffinity"):
        # On one core nobody has more than the other; a child keeps to it as well.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    document, inputs, targets = draw()
    training = open_loop(document, inputs, targets)
    with run_script() as script:
        script.ask({**write_task(document), "inputs": inputs, "targets": targets})
        compare(training, script)
        script.ask({"steps": WARM})
        floor = prepare_floor()
        rounds = [
            (time_loop(training), time_floor(floor), script.ask({"steps": STEPS})["seconds"])
            for _ in range(ROUNDS)
        ]
    ours, least, script_speed = (STEPS / min(times) for times in zip(*rounds, strict=True))
    streamed = measure_stream(document)
    print(f"2-8-8-8-1 tanh on spirals, batch {BATCH}, float64, one core; steps per second:\n")
    names = ("the loop", "as a stream, with all maps 30 times a second", "hand-tuned NumPy")
    print("|", " | ".join((*names, "plain JavaScript", "ratio")), "|")
    print("|---|---|---|---|---|")
    told = " | ".join(f"{speed:,.0f}" for speed in (ours, streamed, least, script_speed))
    print(f"| {told} | {ours / script_speed:.1f}x |")


def draw() -> tuple[Document, list[list[float]], list[float]]:
    """The network, and the spirals with classes -1 and 1."""
    data = draw_dataset(DrawnData.model_validate(DATA), make_resources(Settings()))
    document = make_document(make_spec())
    return document, np.asarray(data["inputs"]).tolist(), np.asarray(data["targets"])[:, 0].tolist()


def make_spec() -> DenseSpec:
    """The network."""
    layers = tuple(Layer(units, Choice("tanh")) for units in WIDTHS[1:])
    return DenseSpec(WIDTHS[0], layers, Choice("half_squared_error"))


def open_loop(document: Document, inputs: list[list[float]], targets: list[float]) -> Training:
    """The training as a stream runs it, samples in the order given."""
    leaves = {"x": np.array(inputs), "y": np.array(targets)[:, None]}
    plan = Plan(OPTIMIZERS["sgd"], Sgd(learning_rate=RATE), BATCH, shuffle_seed=None)
    samples = Samples(leaves, len(inputs))
    return Training(document, samples, plan, lambda _: build_graph(make_spec()))


def compare(training: Training, script: "Script") -> None:
    """Raise ``SystemExit`` unless both have the same loss after some steps: the same work."""
    for _ in range(COMPARED):
        training.advance()
    ours, theirs = training.evaluate(training.samples)[0], script.ask({"steps": COMPARED})["loss"]
    if not isclose(ours, theirs, rel_tol=1e-9):
        raise SystemExit(f"not the same work; losses after {COMPARED} steps: {ours}, {theirs}")


def time_loop(training: Training) -> float:
    """Seconds that the steps of a round take."""
    started = time.perf_counter()
    for _ in range(STEPS // TOGETHER):
        training.advance(TOGETHER)
    return time.perf_counter() - started


def prepare_floor() -> Contestant:
    """Fused NumPy calls written for this network and one batch that is always the same."""
    case = Dense("floor", WIDTHS, "tanh", "tanh", "half_squared_error", BATCH)
    floor = floors.prepare(case)
    if floor is None:
        raise RuntimeError("there is no floor for this network")
    return floor


def time_floor(floor: Contestant) -> float:
    """Seconds that as many of its steps take."""
    started = time.perf_counter()
    for _ in range(STEPS):
        floor.step()
    return time.perf_counter() - started


def measure_stream(document: Document) -> float:
    """Steps per second as `POST /networks/train` takes them, frames written and all."""
    request = {
        "network": write_document(document),
        "data": DATA,
        "optimizer": {"name": "sgd", "learning_rate": RATE},
        "batch_size": BATCH,
        "steps": 1_000_000,
        "frames_per_second": 30,
        "grid": {"size": 50, "units": True, "units_size": 16, "encoding": "float32"},
    }
    body = orjson.dumps(request, option=orjson.OPT_SERIALIZE_NUMPY)
    control = Control()
    turns = open_training(
        TrainRequest.model_validate_json(body), make_resources(Settings()), control, time.monotonic
    )
    started, last = time.perf_counter(), {"step": 0}
    for turn in turns:
        if time.perf_counter() - started > STREAMED:
            control.reason = "draining"
        if isinstance(turn, Event):
            last = orjson.loads(turn.data)
    return int(last["step"]) / (time.perf_counter() - started)


def write_task(document: Document) -> dict[str, Any]:
    """What the script needs to begin with the same network."""
    numbers = range(1, len(WIDTHS))
    return {
        "widths": WIDTHS,
        "weights": [document.parameters[f"layer{n}.weight"].tolist() for n in numbers],
        "biases": [document.parameters[f"layer{n}.bias"].tolist() for n in numbers],
        "batch": BATCH,
        "rate": RATE,
    }


class Script:
    """The script in Node, asked line by line."""

    def __init__(self, say: IO[str], hear: IO[str]) -> None:
        self._say = say
        self._hear = hear

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Its answer to ``message``."""
        self._say.write(json.dumps(message) + "\n")
        self._say.flush()
        answer: dict[str, Any] = json.loads(self._hear.readline())
        return answer


@contextmanager
def run_script() -> Iterator[Script]:
    """The script, for as long as the block runs."""
    command = [ROOT / "scripts" / "node", ROOT / "benchmarks" / "playground.mjs"]
    with subprocess.Popen(  # noqa: S603 (a script of ours)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the script cannot be spoken to")
        yield Script(process.stdin, process.stdout)


if __name__ == "__main__":
    main()
