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
class Said:
    """What a network says of some sequences: ``outputs`` are (rows, times, outputs)."""

    rows: list[int]
    held_out: bool
    outputs: Array


@dataclass(frozen=True)
class Frame:
    """A training at a step. ``loss`` and scores are of all samples with the network as it is now;
    ``watch`` tells of the step before, ``batch`` and ``learning_rate`` are those of the next;
    ``validation`` are the numbers of the samples held out."""

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
    said: Said | None
    validation: list[int]


class Observer:
    """Looks at a training. ``targets``, (samples, ..., outputs), are those of all samples given;
    ``boundary`` is the loss's; ``sequences`` says of how many samples the outputs are kept."""

    def __init__(
        self,
        training: Training,
        targets: Array,
        boundary: float | None,
        read_outputs: Callable[[Tape], Array],
        surveyor: Surveyor | None,
        *,
        sequences: int = 0,
    ) -> None:
        self._training = training
        self._targets = targets[training.rows]
        self._validation_targets = targets[training.validation_rows]
        self._scorer = find_scorer(targets, boundary)
        self._read_outputs = read_outputs
        self._surveyor = surveyor
        self._sequences = sequences
        self._validation = training.validation_rows.tolist()

    def observe(self, watch: Watch | None) -> Frame:
        """The frame of the step that was just taken, as ``watch`` told it."""
        training = self._training
        document = training.write_document()
        loss, score, said = self._evaluate(training.samples, self._targets)
        held, held_score = None, None
        if training.validation is not None:
            held, held_score, said = self._evaluate(training.validation, self._validation_targets)
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
            said,
            self._validation,
        )

    def _evaluate(
        self, samples: Samples, targets: Array
    ) -> tuple[float, Score | None, Said | None]:
        loss, program = self._training.evaluate(samples)
        if self._scorer is None and not self._sequences:
            return loss, None, None
        outputs = self._read_outputs(program.tape)
        score = None if self._scorer is None else self._scorer.score(outputs, targets)
        return loss, score, self._keep(outputs) if self._sequences else None

    def _keep(self, outputs: Array) -> Said:
        held_out = bool(self._validation)
        rows = self._validation if held_out else self._training.rows.tolist()
        count = self._sequences
        # Where the loss looks at the last step alone there is no axis of time.
        kept = outputs[:count] if outputs.ndim == 3 else outputs[:count, None]
        return Said(rows[:count], held_out, kept.copy())
