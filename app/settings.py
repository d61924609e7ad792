"""Every setting, from the environment (prefix ``RETROGRAD_``), and every path."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Count = Annotated[int, Field(ge=1)]


def _split(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Names separated by commas or spaces."""


def _find(folder: str) -> Path:
    """``folder`` beside the package in a checkout, inside it when installed from a wheel."""
    package = Path(__file__).parent
    inside = package / folder
    return inside if inside.is_dir() else package.parent / folder


class Limits(BaseModel):
    """What one request may ask for. At a limit it is served, one past it refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    body_bytes: Count = Field(default=262_144, description="body of a request that carries no data")
    data_bytes: Count = Field(
        default=4_194_304, description="body of a request with parameters or data"
    )
    json_depth: Count = Field(default=32, description="nesting of arrays and objects in a body")
    layers: Count = 100
    units_per_layer: Count = 1_024
    units: Count = Field(default=10_000, description="units of all layers together")
    inputs: Count = 1_024
    outputs: Count = 256
    parameters: Count = 1_000_000
    parameters_in_units_view: Count = 10_000
    batch: Count = 4_096
    time_steps: Count = 200
    points: Count = Field(default=10_000, description="points at which an expression runs at once")
    expression_characters: Count = 2_000
    expression_nodes: Count = Field(default=500, description="numbers, names and operations")
    expression_depth: int = Field(
        default=50, ge=1, le=50, description="nesting of parentheses, powers and minus signs"
    )
    expression_names: Count = Field(default=64, description="names that need a value")
    work: Count = Field(
        default=2_500_000_000, description="parameters x batch x steps of one request"
    )
    told_nodes: Count = Field(default=1_000, description="nodes in a run told node by node")
    terms: Count = Field(default=1_000, description="terms of one explained gradient")
    paths: Count = Field(default=1_000, description="paths of one explained gradient")
    checked_entries: Count = Field(
        default=10_000, description="entries of one gradient check; of more, so many are chosen"
    )
    check_work: Count = Field(
        default=10_000_000_000, description="cost of all runs of one gradient check"
    )
    seeds: Count = Field(default=100, description="seeds of one experiment")
    experiment_numbers: Count = Field(
        default=30_000_000, description="parameters, values and gradients in one run of a trial"
    )
    trials: Count = Field(default=5_000, description="trials of one sweep")
    trial_work: Count = Field(
        default=500_000_000, description="parameters x batch x steps of one trial of a sweep"
    )
    listed_layers: Count = Field(
        default=50_000, description="layers that stand in a sweep's points, all points together"
    )
    sweep_seconds: Count = Field(default=900, description="how long a sweep lasts at most")
    singular_value_work: Count = Field(
        default=1_000_000_000,
        description="cubes of widths, summed over layers, of one experiment's singular values; "
        "they are of so many seeds as this allows",
    )
    dataset_rows: Count = 10_000
    dataset_columns: Count = 64
    csv_bytes: Count = Field(default=1_048_576, description="a table sent as text")
    race_steps: Count = Field(default=2_000, description="steps of one race of optimizers")
    training_steps: Count = Field(default=1_000_000, description="steps of one training stream")
    stream_seconds: Count = Field(default=900, description="how long a stream lasts at most")
    frames_per_second: Count = 30
    frame_bytes: Count = 65_536
    streams: Count = Field(default=32, description="streams of one process at a time")
    run_numbers: Count = Field(default=5_000_000, description="numbers in one run and its answer")
    snapshot_bytes: Count = Field(
        default=1_048_576, description="body of a snapshot, and what is kept of it"
    )
    store_bytes: Count = Field(default=2_147_483_648, description="all snapshots together")
    url_bytes: Count = Field(default=8_192, description="path and query of a request")
    header_bytes: Count = Field(default=16_384, description="all headers of a request together")
    header_seconds: Count = Field(default=10, description="until the headers have arrived")
    body_seconds: Count = Field(default=15, description="until the body has arrived")
    write_seconds: Count = Field(default=10, description="until a slow reader has read on")
    connections: Count = Field(default=4_096, description="open to one process at a time")
    waiting: Count = Field(default=32, description="requests that wait for a thread to compute")
    queue_seconds: Count = Field(default=5, description="that a request may wait for a thread")
    compute_seconds: Count = Field(
        default=5, description="that a request may compute, looked at between slices"
    )
    buffered_bytes: Count = Field(
        default=67_108_864, description="bodies that one process is reading, together"
    )
    unread_bytes: Count = Field(
        default=67_108_864, description="large answers on their way to one address, together"
    )
    memory_bytes: Count = Field(
        default=419_430_400, description="memory of one process; heavy work stops at 80 %"
    )
    reads_per_second: Count = Field(default=50, description="of one client")
    computations_per_second: Count = Field(default=20, description="of one client")
    snapshots_per_minute: Count = Field(default=20, description="of one client")
    streams_per_minute: Count = Field(default=30, description="of one client")
    streams_per_client: Count = Field(default=4, description="at a time")
    sweeps_per_client: Count = Field(default=1, description="at a time")
    clients_per_address: Count = Field(
        default=50, description="rates of one client that all at one address have together"
    )


class Settings(BaseSettings):
    """The service's settings; a limit is set as ``RETROGRAD_LIMITS__BATCH=64``."""

    model_config = SettingsConfigDict(
        env_prefix="RETROGRAD_", env_nested_delimiter="__", env_file=".env", extra="ignore"
    )

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(
        default=8000, ge=0, le=65_535, description="port to listen on; 0 takes a free one"
    )
    log_level: str = Field(default="info", pattern="^(critical|error|warning|info|debug)$")
    log_format: str = Field(
        default="auto",
        pattern="^(auto|json|text)$",
        description="of the log; auto is text on a terminal, else JSON",
    )
    stream_threads: Count = Field(
        default=1, description="threads that all streams share; more wait for each other"
    )
    heartbeat_seconds: Count = Field(default=15, description="longest silence of a stream")
    stall_seconds: Count = Field(default=10, description="longest wait for a stream's reader")
    workers: Count = Field(default=1, description="processes that share the port")
    threads: Count = Field(default=max(2, os.cpu_count() or 1), description="threads that compute")
    niceness: int = Field(
        default=5,
        ge=0,
        le=19,
        description="by how much threads that compute or train go after the one that answers",
    )
    cached_programs: Count = Field(default=16, description="compiled programs kept per thread")
    cached_numbers: Count = Field(
        default=12_000_000,
        description="values and gradients of all of them in all threads together",
    )
    drain_seconds: float = Field(
        default=2, ge=0, description="between SIGTERM and the end of listening, not ready any more"
    )
    graceful_seconds: Count = Field(
        default=5, description="time that open requests get at shutdown"
    )
    data: Path = Field(default=Path("data"), description="folder that snapshots are kept in")
    store_url: str | None = Field(
        default=None,
        description="database of the snapshots, such as postgresql://user@host/name; "
        "an SQLite file in the data folder unless given",
    )
    hosts: Names = Field(
        default=(), description="names in the Host header that are answered; all unless given"
    )
    embed_origins: Names = Field(
        default=(), description="other sites that may frame /embed/, such as https://school.example"
    )
    trusted_proxies: str = Field(
        default="127.0.0.1", description="proxies whose X-Forwarded-For is believed; * for all"
    )
    throttle: bool = Field(default=True, description="whether requests are counted against rates")
    limits: Limits = Limits()
    sweep_workers: Count = Field(
        default=max(1, os.cpu_count() or 1),
        description="processes of this host that run the trials of sweeps",
    )
    sweep_worker_bytes: Count = Field(
        default=1_073_741_824, description="memory of such a process; one with more is started anew"
    )
    sweep_scheduler: str | None = Field(
        default=None, description="address of a Dask scheduler whose workers run them instead"
    )
    sweep_tls_ca: Path | None = Field(
        default=None, description="certificate authority; the scheduler is then spoken to by TLS"
    )
    sweep_tls_cert: Path | None = Field(default=None, description="certificate for the scheduler")
    sweep_tls_key: Path | None = Field(default=None, description="its private key")
    sweep_results: Path | None = Field(
        default=None, description="folder where what trials gave is kept for good"
    )
    sweep_results_bytes: Count = Field(
        default=67_108_864, description="what trials gave is kept in memory up to this size"
    )
    static: Path = Field(default=_find("static"), description="scripts, styles, vendored libraries")
    templates: Path = Field(default=_find("templates"), description="HTML templates")

    def find_store_url(self) -> str:
        """The database of the snapshots."""
        return self.store_url or f"sqlite:///{self.data.absolute()}/snapshots.sqlite3"
