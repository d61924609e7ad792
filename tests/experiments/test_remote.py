"""Sweeps on a scheduler and workers that were started by hand: as the compose profile does, and
over TLS."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import yaml

from app.experiments.cluster import Cluster
from app.experiments.workers import measure_trial
from app.schemas.sweeps import SweepRequest
from app.services.events import Control, Event, Wait
from app.services.programs import Resources, make_resources
from app.services.sweep_events import open_sweep
from app.services.sweeps import prepare_sweep
from app.settings import Settings
from tests.browser.server import run_server

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
PROFILE = {
    name: service
    for name, service in COMPOSE["services"].items()
    if "sweeps" in service.get("profiles", ())
}
LAYER = {"units": 4, "activation": "tanh", "initializer": {"name": "variance_scaling"}}
SWEEP: dict[str, Any] = {
    "network": {"inputs": 4, "layers": [LAYER]},
    "batch": 4,
    "seeds": 3,
    "grid": [{"pointers": ["/repeat"], "values": [2, 3], "name": "depth"}],
}


@contextmanager
def run(command: list[str], **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A command of this environment, for as long as the block runs."""
    program = [str(Path(sys.executable).parent / command[0]), *command[1:]]
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    process = subprocess.Popen(program, cwd=ROOT, env=given, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_services_of_the_profile_are_the_same_image_and_may_do_nothing() -> None:
    assert set(PROFILE) == {"scheduler", "worker"}
    main = COMPOSE["services"]["retrograd"]
    for service in PROFILE.values():
        assert (service["build"], service["image"]) == (main["build"], main["image"])
        assert service["read_only"] is True
        assert service["tmpfs"] == ["/tmp"]  # noqa: S108 (in a container)
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["networks"] == ["sweeps"]
        assert not {"ports", "user", "privileged", "cap_add", "network_mode"} & set(service)
    assert COMPOSE["networks"]["sweeps"] == {"internal": True}
    assert "sweeps" in main["networks"]
    assert "USER 10001:10001" in (ROOT / "Dockerfile").read_text().splitlines()


def place(command: list[str], port: int, folder: Path) -> list[str]:
    """A command of the profile on the loopback interface, at another port."""
    changes = {
        "0.0.0.0": "127.0.0.1",  # noqa: S104 (looked for)
        "8786": str(port),
        "tcp://scheduler:8786": f"tcp://127.0.0.1:{port}",
        "/tmp": str(folder),  # noqa: S108 (looked for)
    }
    return [changes.get(part, part) for part in command]


def sweep(address: str, body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The events of a sweep."""
    url, name = f"{address}/api/v1/experiments/sweeps", ""
    with httpx.stream("POST", url, json=body, timeout=60) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, orjson.loads(line.removeprefix("data: "))


def test_the_commands_of_the_profile_run_a_sweep(free_tcp_port: int, tmp_path: Path) -> None:
    scheduler, worker = PROFILE["scheduler"], PROFILE["worker"]
    address = f"tcp://127.0.0.1:{free_tcp_port}"
    with ExitStack() as stack:
        started = stack.enter_context(
            run(
                place(scheduler["command"], free_tcp_port, tmp_path),
                **scheduler["environment"],
            )
        )
        stack.enter_context(run(place(worker["command"], free_tcp_port, tmp_path)))
        server, _ = stack.enter_context(
            run_server(sweep_scheduler=address, throttle=False, data=tmp_path)
        )
        events = list(sweep(server, SWEEP))
        assert [name for name, _ in events].count("result") == 6
        assert events[-1][1] == {"reason": "done", "done": 6, "failed": 0, "trials": 6}
        # The scheduler goes away in the middle of another one.
        grid = [{"pointers": ["/repeat"], "values": [100] * 40, "name": "depth"}]
        events = []
        for event in sweep(server, {**SWEEP, "seeds": 100, "grid": grid}):
            events.append(event)
            if event[0] == "result":
                started.kill()
        name, end = events[-1]
        assert (name, end["reason"]) == ("end", "no_scheduler")
        assert 0 < end["done"] < 4000


def make_certificate(folder: Path, name: str, issuer: str | None = None) -> None:
    """A key and a certificate; of its own authority unless one is given."""
    subject = ["-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
    options = [] if issuer is None else ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
    command = ["openssl", "req", "-x509", *key, "-days", "2", *subject, *options]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_certificate(folder, "authority")
    make_certificate(folder, "node", "authority")
    make_certificate(folder, "stranger")
    return folder


def make_tls_resources(port: int, folder: Path, name: str | None, seconds: float) -> Resources:
    """Resources as the settings make them, with the certificate of this name if any."""
    files = (
        {} if name is None else {"ca": "authority.pem", "cert": f"{name}.pem", "key": f"{name}.key"}
    )
    settings: dict[str, Any] = {f"sweep_tls_{key}": folder / file for key, file in files.items()}
    resources = make_resources(Settings(sweep_scheduler=f"tls://127.0.0.1:{port}", **settings))
    assert isinstance(resources.workers, Cluster)
    options = replace(resources.workers.options, connect_seconds=seconds)
    return replace(resources, workers=Cluster(options))


def tell(resources: Resources) -> list[tuple[str, Any]]:
    """The events of a sweep without a server."""
    body, limit = SweepRequest.model_validate(SWEEP), time.monotonic() + 60
    events = []
    for turn in open_sweep(body, resources, Control(), time.monotonic):
        assert time.monotonic() < limit
        if isinstance(turn, Wait):
            time.sleep(turn.seconds)
        elif isinstance(turn, Event):
            events.append((turn.name, orjson.loads(turn.data)))
    return events


def test_a_sweep_over_tls(free_tcp_port: int, certificates: Path, tmp_path: Path) -> None:
    files = [
        *("--tls-ca-file", str(certificates / "authority.pem")),
        *("--tls-cert", str(certificates / "node.pem")),
        *("--tls-key", str(certificates / "node.key")),
    ]
    address = f"tls://127.0.0.1:{free_tcp_port}"
    quiet = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    host = ["--protocol", "tls", "--host", "127.0.0.1", "--port", str(free_tcp_port)]
    place_of_worker = ["--nthreads", "1", "--local-directory", str(tmp_path)]
    with (
        run(["dask", "scheduler", *host, *quiet, *files]),
        run(["dask", "worker", address, *place_of_worker, *quiet, *files]),
    ):
        trusted = make_tls_resources(free_tcp_port, certificates, "node", 30)
        events = tell(trusted)
        trusted.close()
        assert events[-1][1] == {"reason": "done", "done": 6, "failed": 0, "trials": 6}
        asked = prepare_sweep(SweepRequest.model_validate(SWEEP), trusted).asked
        for result in (data for name, data in events if name == "result"):
            measured = measure_trial(asked[result["trial"]].trial)
            assert result["grad_z_rms"] == measured[0].tolist()
        for certificate in ("stranger", None):
            refused = make_tls_resources(free_tcp_port, certificates, certificate, 2)
            end = {"reason": "no_scheduler", "done": 0, "failed": 0, "trials": 6}
            assert tell(refused)[-1] == ("end", end)
            refused.close()
