"""Data on the wire: sent as it is, or drawn from a dataset."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from app.datasets.features import FEATURES
from app.datasets.registry import DATASETS
from app.schemas.message import Message, Request, Targets
from app.schemas.specs import Seed

Features = Annotated[
    list[
        Annotated[
            str, Field(max_length=64), WithJsonSchema({"type": "string", "enum": list(FEATURES)})
        ]
    ],
    Field(min_length=1, max_length=64, description="what the inputs become, made of the first two"),
]
Encoding = Annotated[
    Literal["numbers", "zero_one", "signs", "one_hot"],
    Field(description="how classes are written as targets"),
]


class GivenData(Request):
    """Samples as they are."""

    inputs: Targets = Field(description="(samples, features) or (samples, time, features)")
    targets: Targets = Field(description="(samples, outputs) or (samples, time, outputs)")
    features: Features | None = None


class DrawnData(Request):
    """Samples of a dataset by name, with its options as its schema in the catalog says."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"additionalProperties": {"type": ["number", "boolean", "null"]}},
    )

    dataset: Annotated[str, WithJsonSchema({"type": "string", "enum": list(DATASETS)})]
    seed: Seed = 0
    features: Features | None = None
    encoding: Encoding | None = Field(
        default=None, description="null: as the network's loss and output take them"
    )

    @property
    def options(self) -> dict[str, Any]:
        """The dataset's own options; whether they fit is for the registry to say."""
        return dict(self.model_extra or {})


def _form(value: Any) -> str:
    if isinstance(value, DrawnData):
        return "~drawn"
    return "~drawn" if isinstance(value, Mapping) and "dataset" in value else "~given"


Data = Annotated[
    Annotated[DrawnData, Tag("~drawn")] | Annotated[GivenData, Tag("~given")],
    Discriminator(_form),
    Field(description="samples, or a dataset that they are drawn from"),
]

Values = list[list[float]] | list[list[list[float]]]
"""Samples by features, or of sequences samples by time by features."""


class DataAnswer(Message):
    """Samples; they can be sent back as ``data`` or as ``inputs`` and ``targets``."""

    inputs: Values = Field(description="(samples, features) or (samples, time, features)")
    targets: Values
    columns: list[str] = Field(description="names of the features")
    outputs: list[str] = Field(description="names of the targets' columns")
    classes: list[str] = Field(description="names of the classes; none where targets are numbers")
    labels: list[int] | list[list[int]] | None = Field(
        description="the number of each sample's class; of sequences at every time step"
    )
    encoding: Encoding


class CsvRequest(Request):
    """A table as text. What is null is found out."""

    text: str = Field(description="CSV, at most as long as limits.csv_bytes in the catalog")
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    header: bool | None = None
    label: str | None = Field(default=None, description="the name of the column to be predicted")
    encoding: Encoding | None = None
    standardize: bool = Field(
        default=False, description="give every feature mean 0 and standard deviation 1"
    )


class Gap(Message):
    """A cell without a value."""

    row: int = Field(description="counted from 1, the header included")
    column: str


class CsvAnswer(DataAnswer):
    """The samples of a table, and how it was read."""

    delimiter: str
    header: bool
    names: list[str] = Field(description="of all columns")
    label: str
    left_out: list[str] = Field(description="columns of words that are not the label")
    preview: list[list[str]] = Field(description="the first rows as they were written")
    gaps: list[Gap] = Field(description="missing cells, the first hundred rows of them")
    incomplete: int = Field(description="rows left out because a cell is missing")
