"""A name picked from a registry, with its options."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, lru_cache
from typing import Any, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from app.networks.errors import NetworkError


class Record(Protocol):
    """An entry of a registry: what the catalog shows and what a choice is checked against."""

    @property
    def name(self) -> str:
        """What the entry is called in a document."""
        ...

    @property
    def options(self) -> type:
        """The frozen dataclass of its options."""
        ...


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Choice:
    """The name of a registry's entry and the options that differ from its defaults."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


@cache
def options_adapter(options: type) -> TypeAdapter[Any]:
    """What checks a registry's options and writes their JSON Schema."""
    return TypeAdapter(options)


@lru_cache(maxsize=1_000)
def _read_options(options: type, text: str) -> Any:
    # Deep networks are often one layer many times over.
    return options_adapter(options).validate_json(text, strict=True)


def resolve(registry: Mapping[str, R], choice: Choice, pointer: str) -> tuple[R, Any]:
    """The record that ``choice`` names and an instance of its options.

    Raises ``NetworkError`` with the valid names, or with what is wrong with an option.
    """
    record = registry.get(choice.name)
    if record is None:
        raise NetworkError(pointer, f"expected one of: {', '.join(registry)}", "unknown_name")
    if choice.options:
        _check_names(record, choice, pointer)
    try:
        # By way of JSON, because only there strictness takes a mapping for a dataclass.
        text = json.dumps(dict(choice.options)) if choice.options else "{}"
        options = _read_options(record.options, text)
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        where = f"{pointer}/{place}" if place else pointer
        detail = first["msg"].removeprefix("Value error, ")
        raise NetworkError(where, detail, first["type"]) from error
    return record, options


def _check_names(record: Record, choice: Choice, pointer: str) -> None:
    known = list(getattr(record.options, "__dataclass_fields__", {}))
    for name in choice.options:
        if name not in known:
            allowed = f"its options are: {', '.join(known)}" if known else "it has no options"
            raise NetworkError(
                pointer, f"{record.name} has no such option; {allowed}", "unknown_option"
            )


def resolved_options(registry: Mapping[str, R], choice: Choice, pointer: str) -> dict[str, Any]:
    """All options of ``choice``, defaults filled in."""
    return asdict(resolve(registry, choice, pointer)[1])
