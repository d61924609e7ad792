"""Data for a request: drawn, read from a table, made into features, written as a network wants."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from app.datasets.data import Data, DataError, Encoding, encode_targets
from app.datasets.features import apply_features
from app.datasets.registry import DATASETS
from app.datasets.upload import CsvOptions, read_table
from app.engine.op import Array
from app.networks.choice import Choice, resolve
from app.networks.errors import NetworkError
from app.schemas.datasets import CsvRequest, DrawnData
from app.services.programs import Resources
from app.services.sizes import require
from app.services.wire import Payload, plain
from app.settings import Limits


@contextmanager
def placed(pointer: str) -> Iterator[None]:
    """Makes a ``DataError`` raised inside a ``NetworkError`` below ``pointer``."""
    try:
        yield
    except DataError as error:
        raise NetworkError(pointer + error.field, error.detail, error.code) from error


def draw_dataset(request: DrawnData, resources: Resources) -> Payload:
    """Samples of a dataset."""
    data = draw_data(request, resources.limits, "")
    if request.features is not None:
        with placed(""):
            inputs = apply_features(request.features, data.inputs)
        data = Data(inputs, data.targets, tuple(request.features), data.outputs, data.classes)
    return _write_data(data, request.encoding)


def read_csv(request: CsvRequest, resources: Resources) -> Payload:
    """Samples of the user's own table, and how it was read."""
    limits = resources.limits
    options = CsvOptions(request.delimiter, request.header, request.label, request.standardize)
    with placed(""):
        table = read_table(request.text, options, limits.dataset_rows, limits.dataset_columns)
    return {
        **_write_data(table.data, request.encoding),
        "delimiter": table.delimiter,
        "header": table.header,
        "names": list(table.names),
        "label": table.label,
        "left_out": list(table.left_out),
        "preview": [list(row) for row in table.preview],
        "gaps": plain(list(table.gaps)),
        "incomplete": table.incomplete,
    }


def draw_data(request: DrawnData, limits: Limits, pointer: str) -> Data:
    """The samples that ``request``, which stands at ``pointer``, asks for."""
    place = pointer if request.dataset in DATASETS else f"{pointer}/dataset"
    dataset, options = resolve(DATASETS, Choice(request.dataset, request.options), place)
    samples = getattr(options, "samples", None) or 0
    require(samples, limits, "dataset_rows", f"{pointer}/samples", "samples of a dataset")
    steps = getattr(options, "steps", 0)
    require(steps, limits, "time_steps", f"{pointer}/steps", "time steps")
    with placed(pointer):
        return dataset.draw(Generator(PCG64(SeedSequence(request.seed))), options)


def encode(data: Data, encoding: Encoding, pointer: str) -> Array:
    """The targets of ``data`` as ``encoding`` writes them."""
    with placed(pointer):
        return encode_targets(data, encoding)


def _write_data(data: Data, wanted: Encoding | None) -> Payload:
    encoding = wanted or _usual_encoding(data)
    labels: Any = None
    if data.classes:
        labels = data.targets[..., 0].astype(np.int64).tolist()
    return {
        "inputs": plain(data.inputs),
        "targets": plain(encode(data, encoding, "")),
        "columns": list(data.columns),
        "outputs": list(data.outputs),
        "classes": list(data.classes),
        "labels": labels,
        "encoding": encoding if data.classes else "numbers",
    }


def _usual_encoding(data: Data) -> Encoding:
    if not data.classes:
        return "numbers"
    return "zero_one" if len(data.classes) == 2 else "one_hot"
