"""The command line: serve the application, or ask a running one for a backward pass."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from app import __version__
from app.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    settings = Settings()
    options = make_parser(settings).parse_args(arguments)
    if options.command == "backward":
        return ask_backward(options.file, options.url)
    return serve(settings.model_copy(update={"host": options.host, "port": options.port}))


def make_parser(settings: Settings) -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="python -m app", description="Backpropagation, shown.")
    parser.add_argument("--version", action="version", version=f"retrograd {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    server = commands.add_parser("serve", help="serve the page and the API")
    server.add_argument("--host", default=settings.host, help="default: %(default)s")
    server.add_argument("--port", default=settings.port, type=int, help="default: %(default)s")
    backward = commands.add_parser("backward", help="send a request file, print all gradients")
    backward.add_argument("file", type=Path, help="JSON with network, inputs and targets")
    address = f"http://{settings.host}:{settings.port}"
    backward.add_argument(
        "--url", default=address, help="of a running server, default: %(default)s"
    )
    return parser


def serve(settings: Settings) -> int:
    """Serve until told to stop."""
    # Small matrices: a second BLAS thread costs more than it gives. Read when NumPy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import uvicorn  # noqa: PLC0415

    from app.main import create_app  # noqa: PLC0415

    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"Retrograd is at http://{host}:{settings.port}", flush=True)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        server_header=False,
        timeout_graceful_shutdown=settings.graceful_seconds,
    )
    return 0


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


if __name__ == "__main__":
    sys.exit(main())
