"""Frames: how a training stands at a step."""

from collections.abc import Callable
from dataclasses import dataclass

from app.engine.op import Array
from app.engine.tape import Tape
from app.networks.document import Document
from app.training.binding import Samples
from app.training.grid import Maps, Surveyor
from app.training.loop import Training, Watch
from app.training.metrics import Score, find_scorer


@dataclass(frozen=True)
class Frame:
    """A training at a step. ``loss`` and scores are of all samples with the network as it is now;
    ``watch`` tells of the step before, ``batch`` and ``learning_rate`` are those of the next."""

    step: int
    epoch: int
    loss: float
    validation_loss: float | None
    score: Score | None
    validation_score: Score | None
    watch: Watch | None
    batch: list[int]
    learning_rate: float
    document: Document
    maps: Maps | None


class Observer:
    """Looks at a training. ``targets``, (samples, ..., outputs), are those of all samples given;
    ``boundary`` is the loss's."""

    def __init__(
        self,
        training: Training,
        targets: Array,
        boundary: float | None,
        read_outputs: Callable[[Tape], Array],
        surveyor: Surveyor | None,
    ) -> None:
        self._training = training
        self._targets = targets[training.rows]
        self._validation_targets = targets[training.validation_rows]
        self._scorer = find_scorer(targets, boundary)
        self._read_outputs = read_outputs
        self._surveyor = surveyor

    def observe(self, watch: Watch | None) -> Frame:
        """The frame of the step that was just taken, as ``watch`` told it."""
        training = self._training
        document = training.write_document()
        loss, score = self._evaluate(training.samples, self._targets)
        held, held_score = None, None
        if training.validation is not None:
            held, held_score = self._evaluate(training.validation, self._validation_targets)
        return Frame(
            training.step,
            training.epoch,
            loss,
            held,
            score,
            held_score,
            watch,
            training.find_batch().tolist(),
            training.learning_rate,
            document,
            None if self._surveyor is None else self._surveyor.survey(document),
        )

    def _evaluate(self, samples: Samples, targets: Array) -> tuple[float, Score | None]:
        loss, program = self._training.evaluate(samples)
        if self._scorer is None:
            return loss, None
        return loss, self._scorer.score(self._read_outputs(program.tape), targets)
