"""The command line: serve the application, ask a running one, move the store of snapshots."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from app import __version__
from app.settings import Settings
from app.store.errors import StoreError
from app.store.snapshots import SnapshotStore
from app.store.transfer import export_snapshots, import_snapshots


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    settings = Settings()
    options = make_parser(settings).parse_args(arguments)
    if options.command == "backward":
        return ask_backward(options.file, options.url)
    if options.command == "snapshots":
        return move_snapshots(options.action, options.file, settings)
    changes = {"host": options.host, "port": options.port, "workers": options.workers}
    return start(settings.model_copy(update=changes))


def make_parser(settings: Settings) -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="python -m app", description="Backpropagation, shown.")
    parser.add_argument("--version", action="version", version=f"retrograd {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    server = commands.add_parser("serve", help="serve the page and the API")
    server.add_argument("--host", default=settings.host, help="default: %(default)s")
    server.add_argument("--port", default=settings.port, type=int, help="default: %(default)s")
    server.add_argument(
        "--workers", default=settings.workers, type=int, help="processes, default: %(default)s"
    )
    backward = commands.add_parser("backward", help="send a request file, print all gradients")
    backward.add_argument("file", type=Path, help="JSON with network, inputs and targets")
    address = f"http://{settings.host}:{settings.port}"
    backward.add_argument(
        "--url", default=address, help="of a running server, default: %(default)s"
    )
    snapshots = commands.add_parser("snapshots", help="move the whole store of snapshots")
    snapshots.add_argument("action", choices=("export", "import"))
    snapshots.add_argument("file", type=Path, help="one snapshot a line, as JSON")
    return parser


def start(settings: Settings) -> int:
    """Serve until told to stop."""
    # Small matrices: a second BLAS thread costs more than it gives. Read when NumPy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from app.server.run import serve  # noqa: PLC0415

    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"Retrograd is at http://{host}:{settings.port}", flush=True)
    return serve(settings)


def ask_backward(file: Path, url: str) -> int:
    """Post ``file`` to the server at ``url`` and print what it answers."""
    try:
        body = file.read_bytes()
        answer = httpx.post(
            f"{url.rstrip('/')}/api/v1/networks/backward",
            content=body,
            headers={"Content-Type": "application/json"},
        )
    except OSError as error:
        print(f"{file} cannot be read: {error.strerror}", file=sys.stderr)
        return 1
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        print(f"no answer from {url}: {error}. Is it running? python -m app serve", file=sys.stderr)
        return 1
    print(answer.text, file=sys.stdout if answer.is_success else sys.stderr)
    return 0 if answer.is_success else 1


def move_snapshots(action: str, file: Path, settings: Settings) -> int:
    """Write the store that the settings name to ``file``, or add what is in ``file`` to it."""
    store = SnapshotStore(settings.find_store_url(), settings.limits.store_bytes)
    try:
        if action == "export":
            # Whole or not at all: an older export is there until the new one is finished.
            unfinished = file.with_name(f"{file.name}.part")
            with unfinished.open("wb") as target:
                report = export_snapshots(store, target)
            unfinished.replace(file)
        else:
            with file.open("rb") as source:
                report = import_snapshots(store, source)
    except OSError as error:
        print(f"{file}: {error.strerror}", file=sys.stderr)
        return 1
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        store.close()
    for complaint in report.complaints:
        print(complaint, file=sys.stderr)
    known = f", {report.known} were there already" if report.known else ""
    print(f"{report.moved} snapshots {action}ed{known}")
    return 1 if report.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
