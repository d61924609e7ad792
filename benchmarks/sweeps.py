"""Trials per second of sweeps, in one process and on local workers, and what the cost of handing
them over says about more workers: ``python -m benchmarks.sweeps``.
"""

import argparse
import os
import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

from app.engine.op import Array
from app.experiments.cluster import Cluster, ClusterOptions
from app.experiments.results import Results
from app.experiments.sweep import Asked, Finished, run_sweep
from app.experiments.trial import Inputs, Trial
from app.experiments.workers import Failure, Serial, Workers, measure_trial
from app.schemas.sweeps import SweepRequest
from app.services.events import Control, Event, Wait
from app.services.programs import Resources, make_resources
from app.services.sweep_events import open_sweep
from app.services.sweeps import prepare_sweep
from app.settings import Settings

ESTIMATED = (1, 2, 4, 8, 16, 64)
SLEEPERS = 8
"""So many workers that sleep in place of computing, to see whether the estimate holds."""


def write_request(width: int, batch: int, depths: Sequence[int], scales: int) -> dict[str, Any]:
    """A grid of depth and scale of the weights, as the lab at `/lab` asks for it."""
    initializer = {"name": "variance_scaling", "distribution": "normal"}
    layer = {"units": width, "activation": "tanh", "initializer": initializer}
    values = [(0.4 + 2.0 * number / (scales - 1)) ** 2 for number in range(scales)]
    return {
        "network": {"inputs": width, "layers": [layer]},
        "batch": batch,
        "grid": [
            {"pointers": ["/network/layers/*/initializer/scale"], "values": values},
            *([{"pointers": ["/repeat"], "values": list(depths)}] if depths else []),
        ],
    }


GRIDS = {
    "the lab's: width 32, depths 4 to 60": {
        **write_request(32, 32, (4, 12, 20, 28, 36, 44, 52, 60), 21),
        "seeds": 3,
    },
    "tiny: width 4, depth 2": {**write_request(4, 4, (2,), 21), "seeds": 48},
}

LONGEST = {
    **write_request(6, 4, (), 500),
    "network": {"inputs": 6, "layers": write_request(6, 4, (), 2)["network"]["layers"] * 100},
    "seeds": 10,
}
"""As many trials and listed layers as a sweep may have."""


@dataclass(frozen=True)
class Measured:
    """A sweep that was run. Seconds of CPU are per trial: of this process, and of its workers."""

    rate: float
    here: float
    workers: float


@dataclass(frozen=True)
class SleepingInputs(Inputs):
    """Inputs that take as long to draw as a trial takes to compute."""

    seconds: float = 0.0

    def draw(self, rng: Any, shape: Any) -> Array:
        """After a sleep, in which others may compute."""
        time.sleep(self.seconds)
        return super().draw(rng, shape)


def main() -> None:
    """Print what was measured and what it says, as tables in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweeps", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="the middle one counts (default 3)")
    rounds = parser.parse_args().rounds
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}", end=", ")
    print(", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "distributed")))
    found = {name: measure_grid(request, rounds) for name, request in GRIDS.items()}
    print("\n| trials per second | first event | one process | 1 worker | 2 workers |")
    print("|---|---|---|---|---|")
    for name, (listing, runs) in found.items():
        measured = " | ".join(f"{run.rate:,.0f}" for run in runs)
        print(f"| {name} | {1000 * listing:.0f} ms | {measured} |")
    print("\n| CPU of one trial | in one process | here | in a worker |", end="")
    print("".join(f" {count} |" for count in ESTIMATED))
    print("|---" * (4 + len(ESTIMATED)) + "|")
    for name, (_, (serial, _, two)) in found.items():
        costs = [f"{1000 * value:.2f} ms" for value in (serial.here, two.here, two.workers)]
        rates = [write_estimate(two.here, two.workers, count) for count in ESTIMATED]
        print(f"| {name} | {' | '.join(costs)} | {' | '.join(rates)} |")
    listing = time_listing(LONGEST)
    print(f"\nfirst event of 5,000 trials, 100 layers listed: {1000 * listing:.0f} ms")
    check_estimate()


def estimate(here: float, worker: float, count: int) -> tuple[float, float]:
    """The least and the most trials per second of ``count`` workers with a core each.

    ``here`` and ``worker`` are the seconds that one trial takes in the process that hands it over
    and in a worker. At most, both go on side by side and the slower one sets the pace; at least,
    all workers wait while a trial is handed over (as in Amdahl's law, ``here`` being the serial
    part).
    """
    return 1.0 / (worker / count + here), min(count / worker, 1.0 / here)


def write_estimate(here: float, worker: float, count: int) -> str:
    """Both ends of an estimate."""
    return " to ".join(f"{rate:,.0f}" for rate in estimate(here, worker, count))


def measure_grid(request: dict[str, Any], rounds: int) -> tuple[float, list[Measured]]:
    """Seconds to the first event, and the runs in one process and on 1 and 2 workers.

    All take turns; the middle one of their rounds by rate counts.
    """
    with open_cluster(1) as one, open_cluster(2) as two:
        contestants: list[Workers] = [Serial(), one, two]
        compare(request, contestants)
        runs: list[list[Measured]] = [[] for _ in contestants]
        for _ in range(rounds):
            for own, workers in zip(runs, contestants, strict=True):
                own.append(measure_sweep(request, workers))
    listing = time_listing(request)
    return listing, [sorted(own, key=lambda run: run.rate)[rounds // 2] for own in runs]


def compare(request: dict[str, Any], contestants: Sequence[Workers]) -> None:
    """Raise ``SystemExit`` unless all give the same bytes; all are warm afterwards."""
    small = {**request, "seeds": 1}
    asked = prepare_sweep(SweepRequest.model_validate(small), share(Serial())).asked
    serial = [measure_trial(one.trial).tobytes() for one in asked]
    for workers in contestants:
        found = {one.index: one.outcome for one in run(asked, workers)}
        outcomes = [found[index] for index in range(len(asked))]
        if any(isinstance(one, Failure) for one in outcomes) or serial != [
            one.tobytes() for one in outcomes if not isinstance(one, Failure)
        ]:
            raise SystemExit("not the same results in one process and on workers")


def measure_sweep(request: dict[str, Any], workers: Workers) -> Measured:
    """One sweep with all its events, as `POST /experiments/sweeps` runs it."""
    body = SweepRequest.model_validate(request)
    turns = open_sweep(body, share(workers), Control(), time.monotonic)
    used, workers_used, started = time.process_time(), count_children(), time.perf_counter()
    trials = 0
    for turn in turns:
        if isinstance(turn, Wait):
            time.sleep(turn.seconds)
        elif isinstance(turn, Event):
            trials += turn.name == "result"
    seconds = time.perf_counter() - started
    return Measured(
        trials / seconds,
        (time.process_time() - used) / trials,
        (count_children() - workers_used) / trials,
    )


def time_listing(request: dict[str, Any]) -> float:
    """Seconds from the request to its first event."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        body = SweepRequest.model_validate(request)
        next(open_sweep(body, share(Serial()), Control(), time.monotonic))
        times.append(time.perf_counter() - started)
    return median(times)


def check_estimate() -> None:
    """Print how many trials per second many workers really give that sleep and do not compute.

    They need no core of their own, so that this shows how fast trials can be handed over.
    """
    print(f"\n| {SLEEPERS} workers that sleep | estimate | measured |\n|---|---|---|")
    with open_cluster(SLEEPERS) as cluster:
        for milliseconds in (50, 10):
            trials = list_sleeping(milliseconds / 1000, 20 * SLEEPERS * 50 // milliseconds)
            list(run(trials[: 4 * SLEEPERS], cluster))
            used, workers_used = time.process_time(), count_children()
            started = time.perf_counter()
            list(run(trials, cluster))
            seconds, count = time.perf_counter() - started, len(trials)
            here = (time.process_time() - used) / count
            worker = milliseconds / 1000 + (count_children() - workers_used) / count
            bounds = write_estimate(here, worker, SLEEPERS)
            print(f"| {milliseconds} ms | {bounds} | {count / seconds:,.0f} |", flush=True)


def list_sleeping(seconds: float, count: int) -> list[Asked]:
    """Trials of a tiny network that sleep before they compute."""
    request = SweepRequest.model_validate({**write_request(4, 4, (2,), 2), "seeds": 1})
    trial = prepare_sweep(request, share(Serial())).trials[0]
    sleeping: Trial = replace(trial, inputs=SleepingInputs(seconds=seconds))
    return [Asked(sleeping.with_seed(seed), str(seed)) for seed in range(count)]


def run(asked: Sequence[Asked], workers: Workers) -> Iterator[Finished]:
    """What becomes of trials; nothing is remembered."""
    for finished in run_sweep(asked, workers, Results(0)):
        if finished is None:
            time.sleep(0.005)
        else:
            yield finished


def share(workers: Workers) -> Resources:
    """What services share, with these workers and no memory of results."""
    return replace(make_resources(Settings()), workers=workers, results=Results(0))


@contextmanager
def open_cluster(workers: int) -> Iterator[Cluster]:
    """Local workers, started."""
    cluster = Cluster(ClusterOptions(workers=workers))
    while not cluster.start():
        time.sleep(0.01)
    try:
        yield cluster
    finally:
        cluster.close()


def count_children() -> float:
    """Seconds of CPU that the processes under this one have used."""
    parents, used = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            used[int(entry.name)] = int(fields[11]) + int(fields[12])
    own = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in own} - own:
        own |= more
    return sum(used[pid] for pid in own - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
