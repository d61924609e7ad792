"""The grid of a sweep: every combination of its axes' values put into the configuration."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import orjson
from pydantic import ValidationError

from app.networks.errors import NetworkError
from app.schemas.flow import FlowConfiguration
from app.schemas.sweeps import Axis, SweepRequest
from app.services.sizes import require
from app.settings import Limits


@dataclass(frozen=True)
class Point:
    """One point of the grid: which value of each axis, and the configuration with them."""

    choice: tuple[int, ...]
    values: tuple[Any, ...]
    configuration: FlowConfiguration


def list_points(request: SweepRequest, limits: Limits) -> Iterator[Point]:
    """The points one by one, the last axis changing fastest; all together may be large.

    Raises ``NetworkError`` where a pointer leads nowhere or a value does not fit there.
    """
    count = prod(len(axis.values) for axis in request.grid)
    require(count * request.seeds, limits, "trials", "/grid", "points of the grid times seeds")
    whole = request.model_dump(mode="json", exclude_unset=True, exclude={"grid", "seeds", "format"})
    layers = len(whole["network"].get("layers", ()))
    what = "layers listed, over all points of the grid; use repeat for depth"
    require(count * layers, limits, "listed_layers", "/network/layers", what)
    base = orjson.dumps(whole)
    choices = product(*(range(len(axis.values)) for axis in request.grid))
    for choice in choices:
        yield _make_point(base, request.grid, choice)


def locate_fault(
    choice: tuple[int, ...], grid: Sequence[Axis], error: NetworkError
) -> NetworkError:
    """The same error, pointing at the value of the axis that it is about, if it is about one."""
    for number, (axis, which) in enumerate(zip(grid, choice, strict=True)):
        if any(_touches(pointer, error.pointer) for pointer in axis.pointers):
            error.detail = f"{error.pointer}: {error.detail}"
            error.pointer = f"/grid/{number}/values/{which}"
            return error
    return error


def _make_point(base: bytes, grid: Sequence[Axis], choice: tuple[int, ...]) -> Point:
    document = orjson.loads(base)
    values = tuple(axis.values[which] for axis, which in zip(grid, choice, strict=True))
    for number, (axis, value) in enumerate(zip(grid, values, strict=True)):
        for place, pointer in enumerate(axis.pointers):
            _put(document, pointer, value, f"/grid/{number}/pointers/{place}")
    try:
        configuration = FlowConfiguration.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        parts = [str(part) for part in first["loc"] if not str(part).startswith("~")]
        if "field" in first.get("ctx", {}):
            parts.append(str(first["ctx"]["field"]))
        fault = NetworkError("".join(f"/{part}" for part in parts), first["msg"], first["type"])
        raise locate_fault(choice, grid, fault) from error
    return Point(choice, values, configuration)


def _put(document: Any, pointer: str, value: Any, place: str) -> None:
    """Set what ``pointer`` leads to. ``place`` is where the pointer itself stands."""
    *path, last = _split(pointer, place)
    found = False
    for holder in _walk(document, path):
        if isinstance(holder, dict) and last != "*":
            holder[last] = value
        elif isinstance(holder, list) and _entries(holder, last):
            for index in _entries(holder, last):
                holder[index] = value
        else:
            continue
        found = True
    if not found:
        detail = "this leads nowhere in the configuration; expected a path such as /network/inputs"
        raise NetworkError(place, detail, "unknown_pointer")


def _walk(document: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield document
        return
    first, *rest = path
    if isinstance(document, dict) and first in document:
        yield from _walk(document[first], rest)
    elif isinstance(document, list):
        for index in _entries(document, first):
            yield from _walk(document[index], rest)


def _entries(array: list[Any], part: str) -> Sequence[int]:
    if part == "*":
        return range(len(array))
    index = int(part) if part.isdecimal() and len(part) < 7 else len(array)
    return (index,) if index < len(array) else ()


def _split(pointer: str, place: str) -> list[str]:
    if not pointer.startswith("/"):
        detail = "expected a JSON pointer that begins with /, such as /network/inputs"
        raise NetworkError(place, detail, "unknown_pointer")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]


def _touches(pointer: str, place: str) -> bool:
    """Whether ``place`` is what an axis's pointer leads to, or stands within it."""
    wanted, found = pointer.split("/"), place.split("/")
    shared = zip(wanted, found, strict=False)
    return len(found) >= len(wanted) and all(one in ("*", other) for one, other in shared)
