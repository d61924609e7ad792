"""Where in a program's flat vectors the numbers of each parameter stand."""

from collections.abc import Mapping

import numpy as np

from app.engine.op import Array
from app.engine.program import Program

Places = dict[str, Array]
"""By parameter: an array of its shape that holds places in the flat vectors."""


def find_places(program: Program, parameters: Mapping[str, Array]) -> Places:
    """The places of ``parameters``. What they were is lost."""
    numbers: Places = {}
    start = 0
    for name, value in parameters.items():
        numbers[name] = np.arange(start, start + value.size).reshape(value.shape)
        start += value.size
    program.load(numbers)
    place = np.argsort(program.parameters)
    return {name: place[number] for name, number in numbers.items()}


def match_places(source: Places, target: Places) -> Array | None:
    """Where in a vector laid out as ``source`` the numbers of one laid out as ``target`` stand.

    ``None`` where both are laid out alike.
    """
    count = sum(place.size for place in target.values())
    order = np.empty(count, dtype=np.intp)
    for name, place in target.items():
        order[place] = source[name]
    return None if np.array_equal(order, np.arange(count)) else order


def copy_flat(source: Array, order: Array | None, target: Array) -> None:
    """Write the numbers of ``source`` into ``target`` in the order found by ``match_places``."""
    if order is None:
        np.copyto(target, source)
    else:
        np.take(source, order, out=target)
