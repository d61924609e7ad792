"""Logs: one line per event, as JSON for machines or as text for people."""

import logging
import sys
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor

from app.settings import Settings


def make_formatter(style: str) -> logging.Formatter:
    """A formatter that writes records of any logger as ``json`` or as ``text``."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _drop_colors,
        structlog.processors.TimeStamper(fmt="iso", utc=style == "json"),
    ]
    last: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_write)]
        if style == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )


def configure_logs(settings: Settings) -> dict[str, Any]:
    """What ``logging.config.dictConfig`` takes, in every process of a server."""
    style = settings.log_format
    if style == "auto":
        style = "text" if sys.stderr.isatty() else "json"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": {"()": make_formatter, "style": style}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "structured",
            }
        },
        "root": {"handlers": ["stderr"], "level": settings.log_level.upper()},
        "loggers": {"httpx": {"level": "WARNING"}, "distributed": {"level": "WARNING"}},
    }


def _drop_colors(_: Any, __: str, event: EventDict) -> EventDict:
    # What uvicorn would write on a terminal, once more.
    event.pop("color_message", None)
    return event


def _write(value: Any, **_: Any) -> str:
    return orjson.dumps(value, default=repr).decode()
