"""Points on the plane in classes, and functions to fit. Most as in TensorFlow Playground.

The plane reaches from -6 to 6; what is drawn keeps to about 5 around the middle.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.random import Generator
from pydantic import Field

from app.datasets.data import Data, Dataset, Noise, Samples
from app.engine.op import Array

RADIUS = 5.0
GAP = 0.3
"""How far the points of exclusive or keep from both axes."""
TURNS = 1.75


@dataclass(frozen=True)
class PointOptions:
    """Options of points in classes."""

    samples: Samples = 200
    noise: Noise = 0.0


@dataclass(frozen=True)
class BlobOptions:
    """Options of blobs."""

    samples: Samples = 200
    noise: Noise = 1.0
    classes: Annotated[int, Field(ge=2, le=8, description="how many blobs")] = 2


@dataclass(frozen=True)
class LineOptions:
    """Options of the line."""

    samples: Samples = 100
    noise: Noise = 0.2
    slope: Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)] = 0.5
    intercept: Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)] = 1.0


@dataclass(frozen=True)
class SineOptions:
    """Options of the sine."""

    samples: Samples = 100
    noise: Noise = 0.1
    periods: Annotated[
        float, Field(gt=0, le=10, allow_inf_nan=False, description="how many periods are seen")
    ] = 1.0


@dataclass(frozen=True)
class PlaneOptions:
    """Options of the plane."""

    samples: Samples = 200
    noise: Noise = 0.05


def _classify(points: Array, labels: Array, classes: int = 2) -> Data:
    names = tuple(str(number) for number in range(classes))
    return Data(points, labels[:, None].astype(float), ("x1", "x2"), ("class",), names)


def _in_turn(samples: int, classes: int = 2) -> Array:
    return np.arange(samples) % classes


def _scatter(rng: Generator, points: Array, noise: float) -> Array:
    # Drawn even when it is 0, so that more noise moves the same points further.
    return points + noise * rng.normal(size=points.shape)


def _draw_xor(rng: Generator, options: PointOptions) -> Data:
    points = rng.uniform(-RADIUS, RADIUS, (options.samples, 2))
    labels = (points[:, 0] > 0) != (points[:, 1] > 0)
    points += np.where(points > 0, GAP, -GAP)
    return _classify(_scatter(rng, points, options.noise), labels)


def _draw_circles(rng: Generator, options: PointOptions) -> Data:
    labels = _in_turn(options.samples)
    # Class 1 is a disk, class 0 a ring around it.
    low, high = np.where(labels == 1, 0.0, 0.7), np.where(labels == 1, 0.5, 1.0)
    radius = RADIUS * (low + (high - low) * rng.random(options.samples))
    angle = rng.uniform(0, 2 * np.pi, options.samples)
    points = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return _classify(_scatter(rng, points, options.noise), labels)


def _draw_moons(rng: Generator, options: PointOptions) -> Data:
    labels = _in_turn(options.samples)
    angle = rng.uniform(0, np.pi, options.samples)
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    points = 3.0 * np.where(labels[:, None] == 0, upper, -upper)
    return _classify(_scatter(rng, points, options.noise), labels)


def _draw_spirals(rng: Generator, options: PointOptions) -> Data:
    labels = _in_turn(options.samples)
    half = (options.samples + 1) // 2
    along = (np.arange(options.samples) // 2) / half
    angle = TURNS * along * 2 * np.pi + np.pi * labels
    points = RADIUS * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return _classify(_scatter(rng, points, options.noise), labels)


def _draw_blobs(rng: Generator, options: BlobOptions) -> Data:
    labels = _in_turn(options.samples, options.classes)
    angle = 2 * np.pi * labels / options.classes + np.pi / 4
    centers = 3.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _classify(_scatter(rng, centers, options.noise), labels, options.classes)


def _fit(x: Array, y: Array, *columns: str) -> Data:
    return Data(x, y, columns, ("y",))


def _draw_line(rng: Generator, options: LineOptions) -> Data:
    x = rng.uniform(-RADIUS, RADIUS, (options.samples, 1))
    return _fit(x, _scatter(rng, options.slope * x + options.intercept, options.noise), "x1")


def _draw_sine(rng: Generator, options: SineOptions) -> Data:
    x = rng.uniform(-RADIUS, RADIUS, (options.samples, 1))
    return _fit(x, _scatter(rng, np.sin(np.pi * options.periods * x / RADIUS), options.noise), "x1")


def _draw_plane(rng: Generator, options: PlaneOptions) -> Data:
    x = rng.uniform(-RADIUS, RADIUS, (options.samples, 2))
    y = x.sum(axis=1, keepdims=True) / (2 * RADIUS)
    return _fit(x, _scatter(rng, y, options.noise), "x1", "x2")


POINTS = (
    Dataset(
        "xor",
        "Exclusive or",
        "Four squares of points; the class says whether the signs of x1 and x2 differ.",
        r"y = [x_1 > 0] \ne [x_2 > 0]",
        "classification",
        PointOptions,
        _draw_xor,
    ),
    Dataset(
        "circles",
        "Circles",
        "A disk within a ring: no straight line can part them.",
        r"y = [x_1^2 + x_2^2 < r^2]",
        "classification",
        PointOptions,
        _draw_circles,
    ),
    Dataset(
        "moons",
        "Moons",
        "Two half circles, each reaching into the other.",
        r"x = \pm(\cos\theta - \tfrac{1}{2}, \sin\theta - \tfrac{1}{4})",
        "classification",
        PointOptions,
        _draw_moons,
    ),
    Dataset(
        "spirals",
        "Spirals",
        "Two arms wound around each other: the hardest of these for a small network.",
        r"x = r\,(\sin\theta, \cos\theta),\ \theta \propto r",
        "classification",
        PointOptions,
        _draw_spirals,
    ),
    Dataset(
        "blobs",
        "Blobs",
        "Normal clouds around centers on a circle, one per class.",
        r"x \sim \mathcal{N}(\mu_y, \sigma^2)",
        "classification",
        BlobOptions,
        _draw_blobs,
    ),
    Dataset(
        "linear",
        "Line",
        "A straight line with noise: the least that can be fitted.",
        r"y = s x + i + \varepsilon",
        "regression",
        LineOptions,
        _draw_line,
    ),
    Dataset(
        "sine",
        "Sine",
        "A wave with noise, which takes hidden units to bend into.",
        r"y = \sin(\omega x) + \varepsilon",
        "regression",
        SineOptions,
        _draw_sine,
    ),
    Dataset(
        "plane",
        "Plane",
        "A slanted plane over x1 and x2.",
        r"y = (x_1 + x_2) / 10 + \varepsilon",
        "regression",
        PlaneOptions,
        _draw_plane,
    ),
)
