"""Published tables, from scikit-learn's own files; the library is an extra and comes in late."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Annotated

import numpy as np
from numpy.random import Generator
from pydantic import Field

from app.datasets.data import Data, DataError, Dataset, standardize

INSTALL = "pip install 'retrograd[datasets]'"


@dataclass(frozen=True)
class TableOptions:
    """Options of a published table."""

    samples: Annotated[
        int | None, Field(ge=2, le=10_000, description="how many rows, drawn; all when null")
    ] = None
    standardize: Annotated[
        bool, Field(description="give every feature mean 0 and standard deviation 1")
    ] = True


@cache
def _load(name: str) -> Data:
    try:
        datasets = import_module("sklearn.datasets")
    except ImportError as error:
        detail = f"this server was installed without it; it comes with: {INSTALL}"
        raise DataError("/dataset", detail, "not_installed") from error
    table = getattr(datasets, f"load_{name}")()
    return Data(
        table.data.astype(float),
        table.target[:, None].astype(float),
        tuple(str(column) for column in table.feature_names),
        ("class",),
        tuple(str(label) for label in table.target_names),
    )


def _draw(name: str) -> Callable[[Generator, TableOptions], Data]:
    def draw(rng: Generator, options: TableOptions) -> Data:
        table = _load(name)
        inputs = standardize(table.inputs) if options.standardize else table.inputs
        count = len(inputs)
        if options.samples is not None and options.samples > count:
            raise DataError("/samples", f"expected at most its {count} rows", "out_of_range")
        rows = np.sort(rng.permutation(count)[: options.samples])
        return Data(inputs[rows], table.targets[rows], table.columns, table.outputs, table.classes)

    return draw


TABLES = (
    Dataset(
        "digits",
        "Digits",
        "1,797 handwritten digits of 8 by 8 pixels (Alpaydin and Kaynak, 1998).",
        r"x \in \mathbb{R}^{64}",
        "classification",
        TableOptions,
        _draw("digits"),
    ),
    Dataset(
        "iris",
        "Iris",
        "150 flowers of three species by four measurements (Fisher, 1936).",
        r"x \in \mathbb{R}^{4}",
        "classification",
        TableOptions,
        _draw("iris"),
    ),
    Dataset(
        "wine",
        "Wine",
        "178 wines from three growers by 13 chemical measurements (Forina et al., 1991).",
        r"x \in \mathbb{R}^{13}",
        "classification",
        TableOptions,
        _draw("wine"),
    ),
)
