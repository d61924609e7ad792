"""Frames and what else a training says, as they go on the wire."""

import base64
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import orjson

from app.engine.op import Array
from app.insight.divergence import Divergence
from app.networks.document import Document
from app.services.documents import write_document, write_spec
from app.services.events import Event, make_event
from app.services.wire import Payload, plain
from app.training.frames import Frame, Said
from app.training.grid import Grid, Maps

BYTES_PER_NUMBER = {"numbers": 25.0, "float32": 16 / 3}
"""At most so many on the wire, by encoding."""


class FrameWriter:
    """Writes the events of one training; frames have at most ``most`` bytes.

    ``times`` are the time steps that have an output, of a recurrent network.
    """

    def __init__(
        self,
        document: Document,
        most: int,
        with_network: bool,
        grid: Grid | None,
        encoding: Literal["numbers", "float32"],
        *,
        times: Sequence[int] = (),
    ) -> None:
        # Written once: a spec never changes, and to fill in its defaults takes time.
        self._spec = write_spec(document.spec)
        self._most = most
        self._with_network = with_network
        self._grid = grid
        self._encoding = encoding
        self._times = list(times)

    def write_frame(self, frame: Frame) -> Event:
        """A frame, without its maps or sequences, or even its network where it would be too
        large."""
        payload = self._describe(frame)
        parts: Payload = {"network": None, "grid": None, "sequences": None}
        if self._with_network:
            parts["network"] = self.write_network(frame.document)
        if frame.maps is not None:
            parts["grid"] = self._write_maps(frame.maps)
        if frame.said is not None:
            parts["sequences"] = self._write_said(frame.said)
        omitted: list[str] = []
        while True:
            event = make_event("frame", {**payload, **parts, "omitted": omitted})
            if len(event.data) <= self._most or not any(parts.values()):
                return event
            larger = "grid" if parts["grid"] else max(parts, key=lambda part: _measure(parts[part]))
            parts[larger] = None
            omitted.append(larger)

    def write_divergence(self, found: Divergence) -> Event:
        """Why a training could not go on."""
        payload = {
            **plain(
                {
                    "step": found.step,
                    "phase": found.phase,
                    "node": found.node,
                    "layer": found.layer,
                    "cause": found.cause,
                    "detail": found.detail,
                    "learning_rate": found.learning_rate,
                    "curvature": found.curvature,
                    "stable_below": found.stable_below,
                }
            ),
            "network": self.write_network(found.document),
            "calm": {"step": found.calm.step, "network": self.write_network(found.calm)},
        }
        return make_event("diverged", payload)

    def write_end(self, reason: str, document: Document) -> Event:
        """The last event."""
        network = self.write_network(document)
        return make_event("end", {"reason": reason, "step": document.step, "network": network})

    def write_network(self, document: Document) -> Payload:
        """The document, as ``write_document`` would write it."""
        return write_document(document, self._spec)

    def _describe(self, frame: Frame) -> Payload:
        watch, score, held = frame.watch, frame.score, frame.validation_score
        metrics: Payload = {}
        if score is not None:
            metrics |= {"accuracy": score.accuracy, "confusion": score.confusion}
        if held is not None:
            metrics["validation_accuracy"] = held.accuracy
            metrics["validation_confusion"] = held.confusion
        told: dict[str, Any] = {
            "step": frame.step,
            "epoch": frame.epoch,
            "loss": frame.loss,
            "validation_loss": frame.validation_loss,
            "batch_loss": None if watch is None else watch.batch_loss,
            "gradient_norms": None if watch is None else watch.gradient_norms,
            "update_ratio": None if watch is None else watch.update_ratio,
            "learning_rate": frame.learning_rate,
        }
        rows = {"batch": frame.batch, "validation": frame.validation}
        return {**plain(told), "metrics": metrics, **rows}

    def _write_said(self, said: Said) -> Payload:
        return {
            "rows": said.rows,
            "held_out": said.held_out,
            "times": self._times,
            "outputs": plain(said.outputs),
        }

    def _write_maps(self, maps: Maps) -> Payload:
        grid = self._grid or Grid()
        return {
            "x": list(grid.x),
            "y": list(grid.y),
            "size": grid.size,
            "units_size": grid.units_size,
            "encoding": self._encoding,
            "outputs": self._write_map(maps.outputs),
            "units": {layer: self._write_map(values) for layer, values in maps.units.items()},
        }

    def _write_map(self, values: Array) -> Any:
        if self._encoding == "numbers":
            return plain(values)
        with np.errstate(over="ignore"):
            return base64.b64encode(values.astype("<f4").tobytes()).decode()


def _measure(part: Payload | None) -> int:
    return 0 if part is None else len(orjson.dumps(part, option=orjson.OPT_SERIALIZE_NUMPY))
