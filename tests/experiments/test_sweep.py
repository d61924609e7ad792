"""Sweeps on real worker processes: equal to serial runs, whatever happens to the workers."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from app.engine.op import Array
from app.experiments.cluster import Cluster, ClusterOptions
from app.experiments.results import Results
from app.experiments.sweep import Asked, Finished, run_sweep
from app.experiments.trial import Trial
from app.experiments.workers import Deliver, Failure, Outcome, Serial, Task, measure_trial
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.networks.recurrent import RecurrentSpec
from tests.experiments import deadly


def make_trials(count: int) -> list[Trial]:
    """Small trials, all different: dense ones and recurrent ones."""
    layer = Layer(6, Choice("tanh"), initializer=Choice("variance_scaling", {"scale": 1.7}))
    dense = Trial(DenseSpec(6, (layer,) * 4), 4)
    recurrent = Trial(RecurrentSpec(2, 5, 1, "gru"), 3, time_steps=5)
    return [(dense, recurrent)[seed % 2].with_seed(seed) for seed in range(count)]


def ask(trials: Sequence[Trial]) -> list[Asked]:
    return [Asked(trial, f"key{number}") for number, trial in enumerate(trials)]


def finish(sweep: Iterator[Finished | None], seconds: float = 60.0) -> list[Finished]:
    """All that ends; what does not end in time is an error."""
    ended, limit = [], time.monotonic() + seconds
    for finished in sweep:
        assert time.monotonic() < limit
        if finished is None:
            time.sleep(0.005)
        else:
            ended.append(finished)
    return ended


def arrays(ended: Sequence[Finished]) -> dict[int, bytes]:
    found = {}
    for one in ended:
        assert not isinstance(one.outcome, Failure), one
        found[one.index] = one.outcome.tobytes()
    return found


def list_children() -> list[int]:
    """The processes that this one has started, and theirs."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, front = [], [os.getpid()]
    while front:
        front = [child for parent in front for child in parents.get(parent, ())]
        found += front
    return found


def is_worker(process: int) -> bool:
    try:
        return b"spawn_main" in (Path("/proc") / str(process) / "cmdline").read_bytes()
    except OSError:
        return False


def test_equals_serial_runs_and_remembers_them(cluster: Cluster) -> None:
    trials, results = make_trials(40), Results(10**7)
    ended = finish(run_sweep(ask(trials), cluster, results))
    assert sorted(one.index for one in ended) == list(range(40))
    assert not any(one.known for one in ended)
    serial = {index: measure_trial(trial).tobytes() for index, trial in enumerate(trials)}
    assert arrays(ended) == serial
    again = list(run_sweep(ask(trials), cluster, results))
    assert all(one is not None and one.known for one in again)
    assert arrays([one for one in again if one]) == serial


class Held(Serial):
    """Workers that finish a trial when they are told to."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.cancelled: list[int] = []
        self._deliver: Deliver = print

    def count_threads(self) -> int:
        return 3

    def submit(self, trials: Mapping[int, Trial], deliver: Deliver) -> Sequence[Task]:
        self.batches.append(list(trials))
        self._deliver = deliver
        return [Task(number, deliver) for number in trials]

    def cancel(self, tasks: Sequence[Task]) -> None:
        self.cancelled += [task.number for task in tasks]

    def finish(self, numbers: Iterable[int], outcome: Outcome) -> None:
        for number in numbers:
            self._deliver(number, outcome)


def test_trials_are_handed_over_many_at_once_when_half_have_ended() -> None:
    workers, outcome = Held(), np.zeros((9, 4))
    sweep = run_sweep(ask(make_trials(40)), workers, Results(0))
    assert next(sweep) is None
    assert workers.batches == [list(range(24))]
    workers.finish(range(11), outcome)
    assert [one.index for one in islice(sweep, 11) if one] == list(range(11))
    assert next(sweep) is None
    assert len(workers.batches) == 1
    workers.finish(range(11, 12), outcome)
    assert [one.index for one in islice(sweep, 1) if one] == [11]
    assert next(sweep) is None
    assert workers.batches[1:] == [list(range(24, 36))]
    sweep.close()
    assert workers.cancelled == list(range(12, 36))


def test_quick_trials_are_handed_over_further_ahead() -> None:
    workers, outcome = Held(), np.zeros((9, 4))
    sweep = run_sweep(ask(make_trials(600)), workers, Results(0))
    sizes = []
    for finished in sweep:
        if finished is None:
            workers.finish(workers.batches[-1], outcome)
        sizes = [len(batch) for batch in workers.batches]
        if len(sizes) == 6:
            break
    assert sizes == [24, 36, 72, 144, 96, 96]


def test_suspects_run_one_by_one_when_all_else_has_ended() -> None:
    workers, outcome = Held(), np.zeros((9, 4))
    sweep = run_sweep(ask(make_trials(24)), workers, Results(0))
    next(sweep)
    workers.finish(range(3), Failure.WORKER_DIED)
    assert next(sweep) is None
    assert len(workers.batches) == 1
    workers.finish(range(3, 24), outcome)
    assert len([one for one in islice(sweep, 21) if one]) == 21
    for number in range(3):
        assert next(sweep) is None
        assert workers.batches[1:] == [[earlier] for earlier in range(number + 1)]
        workers.finish(range(number, number + 1), outcome)
        found = next(sweep)
        assert found is not None
        assert found.index == number
    assert list(sweep) == []


def test_400_trials_survive_workers_that_are_killed(cluster: Cluster) -> None:
    trials = make_trials(400)
    sweep = run_sweep(ask(trials), cluster, Results(10**8))
    ended: list[Finished] = []
    killed: set[int] = set()
    for finished in sweep:
        if finished is None:
            time.sleep(0.005)
            continue
        ended.append(finished)
        # One worker dies after every 80 trials; another one comes in its place.
        if len(ended) % 80 == 0 and len(ended) < 400:
            alive = [p for p in list_children() if is_worker(p) and p not in killed]
            killed.add(alive[-1])
            os.kill(alive[-1], signal.SIGKILL)
    assert len(killed) == 4
    assert arrays(ended) == {
        index: measure_trial(trial).tobytes() for index, trial in enumerate(trials)
    }


def test_a_trial_that_kills_its_worker_fails_and_no_other(cluster: Cluster) -> None:
    trials = make_trials(24)
    trials[5] = deadly.KILLER
    trials[11] = deadly.FAILING
    results = Results(10**7)
    ended = finish(run_sweep(ask(trials), cluster, results))
    failures = {one.index: one.outcome for one in ended if isinstance(one.outcome, Failure)}
    assert failures == {5: Failure.WORKER_DIED, 11: Failure.ERROR}
    assert len(ended) == 24
    assert results.find("key5") is None
    rest = [one for one in ended if one.index not in failures]
    expected = {i: measure_trial(t).tobytes() for i, t in enumerate(trials) if i not in failures}
    assert arrays(rest) == expected


def test_closing_takes_back_what_has_not_run(cluster: Cluster) -> None:
    trials = [deadly.SLOW.with_seed(seed) for seed in range(200)]
    results = Results(10**7)
    sweep = run_sweep(ask(trials), cluster, results)
    ended: list[int] = []
    limit = time.monotonic() + 60
    while len(ended) < 6:
        assert time.monotonic() < limit
        finished = next(sweep)
        if finished is None:
            time.sleep(0.005)
        else:
            ended.append(finished.index)
    started = time.monotonic()
    sweep.close()
    quick = finish(run_sweep([Asked(make_trials(1)[0], "quick")], cluster, results))
    # Had the others stayed in line, they would have taken 5 s.
    assert time.monotonic() - started < 1.0
    assert len(quick) == 1
    # Asking again goes on from there.
    again = run_sweep(ask(trials), cluster, results)
    known = [next(again) for _ in ended]
    assert sorted(one.index for one in known if one and one.known) == sorted(ended)
    again.close()


def test_an_address_where_nobody_answers(free_tcp_port: int) -> None:
    address = f"tcp://127.0.0.1:{free_tcp_port}"
    cluster = Cluster(ClusterOptions(address=address, connect_seconds=0.5))
    with pytest.raises(ConnectionError, match="no scheduler"):
        finish(run_sweep(ask(make_trials(2)), cluster, Results(0)))
    cluster.close()


def count_for_a_while(cluster: Cluster) -> None:
    for _ in range(1_000):
        cluster.count_threads()
        time.sleep(0.01)


def test_a_scheduler_that_is_gone_is_told_as_such(free_tcp_port: int) -> None:
    address = f"tcp://127.0.0.1:{free_tcp_port}"
    command = ["-m", "distributed.cli.dask_scheduler", "--host", address, "--no-dashboard"]
    scheduler = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL)
    cluster = Cluster(ClusterOptions(address=address, connect_seconds=3))
    try:
        while not cluster.start():
            time.sleep(0.01)
        assert cluster.count_threads() == 0
        scheduler.kill()
        scheduler.wait()
        with pytest.raises(ConnectionError, match="any more"):
            count_for_a_while(cluster)
        cluster.close()
    finally:
        scheduler.kill()
        scheduler.wait()


def list_listening() -> set[str]:
    """The addresses, in hex, at which this process and its children wait for connections."""
    sockets = {}
    for table in ("tcp", "tcp6"):
        for line in (Path("/proc/net") / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                sockets[f"socket:[{fields[9]}]"] = fields[1].split(":")[0]
    found = set()
    for process in [os.getpid(), *list_children()]:
        for descriptor in (Path("/proc") / str(process) / "fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(sockets.get(str(descriptor.readlink()), ""))
    return found - {""}


def test_local_workers_listen_on_the_loopback_interface_alone(cluster: Cluster) -> None:
    other = Cluster(ClusterOptions(workers=1))
    ended = finish(run_sweep(ask(make_trials(2)), other, Results(0)))
    assert len(arrays(ended)) == 2
    while not cluster.start():
        time.sleep(0.005)
    assert list_listening() == {"0100007F"}
    other.close()


def test_a_trial_is_small_when_it_travels() -> None:
    array: Array = measure_trial(make_trials(1)[0])
    assert array.shape == (9, 4)
    assert array.dtype == np.float64
