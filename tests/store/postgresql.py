"""A PostgreSQL server on loopback for as long as the tests run."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMED = "RETROGRAD_TEST_POSTGRESQL"


def find_postgresql() -> str | None:
    """The URL in the environment, or the folder of the newest server's programs."""
    if os.environ.get(NAMED):
        return os.environ[NAMED]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda b: int(b.parent.name))
    if debian:
        return str(debian[-1])
    found = shutil.which("initdb")
    return None if found is None else str(Path(found).resolve().parent)


@contextmanager
def run_postgresql() -> Iterator[str]:
    """The URL of a database: the one named in the environment, or of a server started here."""
    found = find_postgresql()
    assert found is not None
    if os.environ.get(NAMED):
        yield found
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # PostgreSQL refuses to run as root.
        user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        as_user = user if os.geteuid() == 0 else []
        folder.chmod(0o777)
        data = folder / "data"
        initialize = ["initdb", "--auth=trust", "--username=retrograd", "--no-sync", f"-D{data}"]
        _run([*as_user, f"{found}/{initialize[0]}", *initialize[1:]], folder)
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}"
        control = [*as_user, f"{found}/pg_ctl", f"-D{data}", "-w", f"-l{folder}/log"]
        _run([*control, "-o", options, "start"], folder)
        try:
            yield f"postgresql://retrograd@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "-m", "immediate", "stop"], folder)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr}")
