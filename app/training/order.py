"""Which samples a step takes: a pure function of the step, the seed and the counts."""

from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from app.engine.op import Array

SPLIT, SHUFFLE, DROP = range(3)
"""What a generator is for; the first number of its key."""
BLOCK, BLOCK_SAMPLES = 64, 16_384
"""Up to so many epochs, of so many samples together, are drawn at once."""


def make_generator(seed: int, *key: int) -> Generator:
    """A generator of its own for every key under one seed."""
    return Generator(PCG64(SeedSequence(seed, spawn_key=key)))


@dataclass(frozen=True)
class Order:
    """The order of ``count`` samples in batches of ``batch``; the last of an epoch may be smaller.

    Every epoch has a permutation of its own, which follows from ``seed`` and the epoch's number
    alone; with ``None`` all keep the order of the samples.
    """

    count: int
    batch: int
    seed: int | None

    @property
    def steps(self) -> int:
        """How many steps an epoch has."""
        return -(-self.count // self.batch)

    @property
    def rest(self) -> int:
        """How many samples the last batch of an epoch has."""
        return self.count - (self.steps - 1) * self.batch

    @property
    def fixed(self) -> bool:
        """Whether all epochs are alike. A full batch is the same samples in any order."""
        return self.seed is None or self.batch >= self.count

    @property
    def block(self) -> int:
        """How many epochs are drawn at once: a generator costs more than a small permutation."""
        return 1 if self.fixed else max(1, min(BLOCK, BLOCK_SAMPLES // self.count))

    def permute(self, block: int) -> Array:
        """The numbers of the samples in all epochs of a block, (epochs, samples)."""
        rows = np.tile(np.arange(self.count), (self.block, 1))
        if self.seed is None or self.fixed:
            return rows
        return make_generator(self.seed, SHUFFLE, block).permuted(rows, axis=1)


def split_samples(count: int, fraction: float, seed: int | None) -> tuple[Array, Array]:
    """The numbers of the samples to learn from and of those kept for validation, both in order.

    At least one is learned from.
    """
    held = min(round(count * fraction), count - 1)
    if not held:
        return np.arange(count), np.arange(0)
    drawn = make_generator(seed or 0, SPLIT).permutation(count)
    return np.sort(drawn[held:]), np.sort(drawn[:held])
