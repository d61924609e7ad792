"""What can be chosen, on the wire."""

from typing import Any, Literal

from pydantic import Field

from app.schemas.datasets import DrawnData
from app.schemas.message import Message, Nested, Outputs
from app.schemas.specs import AnySpec, DocumentAnswer, LayerSpec, Optimizer


class Entry(Message):
    """One thing that can be chosen by name."""

    name: str
    label: str
    summary: str
    latex: str
    options_schema: dict[str, Any] = Field(alias="schema", description="JSON Schema of its options")


class ActivationEntry(Entry):
    """An activation, and how low it goes."""

    signed: bool = Field(description="whether it goes below zero, so that a class can be -1")


class LossEntry(Entry):
    """A loss, and what targets it is made for."""

    targets: Literal["any", "probabilities", "distribution", "signs"]
    boundary: float | None = Field(
        description="the output above which a single one says yes; null: in the middle between "
        "the two targets"
    )


class SigmaRule(Message):
    """How an option of an initializer sets sigma_w, the spread of z for inputs of mean square 1.

    `option` = sigma_w ** `power` * fan_in ** `fan_in_power`.
    """

    option: str
    power: float
    fan_in_power: float


class InitializerEntry(Entry):
    """An initializer, and which of its options sets the scale of the weights."""

    sigma_w: SigmaRule | None = Field(description="null where the scale cannot be chosen")


class ClassicEntry(Message):
    """A well-known gradient flow to measure: `depth` layers alike, over as many inputs as units."""

    name: str
    title: str
    summary: str
    depth: int
    layer: LayerSpec


class DatasetEntry(Entry):
    """A dataset, and what is to be learned from it."""

    task: Literal["classification", "regression"]
    sequence: bool = Field(description="whether samples are sequences, for recurrent networks")


class FeatureEntry(Message):
    """An input made of the first two inputs."""

    name: str
    label: str
    summary: str
    latex: str
    needs: int = Field(description="how many inputs there have to be")


class SurfaceEntry(Message):
    """A function of x and y to race optimizers on."""

    name: str
    label: str
    summary: str
    latex: str
    expression: str
    x: list[float]
    y: list[float]
    start: list[float]
    minimum: list[float] | None
    optimizers: list[Optimizer] = Field(description="to race on it to begin with")


class SetupEntry(Message):
    """A training to open with; its parts fit into a request as they are."""

    name: str
    title: str
    summary: str
    task: Literal["binary", "classes", "numbers"] = Field(
        description="what the output layer and the loss are made for"
    )
    network: AnySpec
    data: DrawnData
    optimizer: Optimizer
    batch_size: int | None
    validation_fraction: float


class PresetEntry(Message):
    """A network to open with, and data for it."""

    name: str
    title: str
    summary: str
    network: DocumentAnswer
    inputs: Outputs | dict[str, Nested]
    targets: Outputs | None
    optimizer: Optimizer


class Catalog(Message):
    """Everything that can be chosen, and every limit."""

    activations: list[ActivationEntry]
    ops: list[Entry]
    losses: list[LossEntry]
    optimizers: list[Entry]
    initializers: list[InitializerEntry]
    cells: list[Entry]
    functions: list[Entry]
    datasets: list[DatasetEntry]
    features: list[FeatureEntry]
    schedules: list[Entry]
    surfaces: list[SurfaceEntry]
    presets: list[PresetEntry]
    classics: list[ClassicEntry]
    setups: list[SetupEntry]
    limits: dict[str, int]
