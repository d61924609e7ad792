"""The step list of a run: forward, loss, backward, update, each with its rule in numbers."""

from app.insight.beats.backward import tell_messages, tell_slope, tell_weights
from app.insight.beats.beat import Beat, BeatEdge
from app.insight.beats.forward import tell_activation, tell_inputs, tell_linear
from app.insight.beats.loss import tell_loss, tell_loss_gradient
from app.insight.beats.nodes import list_node_beats
from app.insight.beats.time import list_time_beats
from app.insight.beats.update import Learning, tell_afterwards, tell_update
from app.insight.reading import Reading

__all__ = ["Beat", "BeatEdge", "Learning", "list_beats", "list_node_beats", "list_time_beats"]


def list_beats(reading: Reading, learning: Learning | None = None) -> list[Beat]:
    """All beats of a dense network's run; those of the update only with ``learning``."""
    layers = range(1, reading.depth + 1)
    beats = [tell_inputs(reading)]
    for layer in layers:
        beats += [tell_linear(reading, layer), tell_activation(reading, layer)]
    beats += [tell_loss(reading), tell_loss_gradient(reading)]
    for layer in reversed(layers):
        beats += [
            tell_slope(reading, layer),
            tell_weights(reading, layer),
            tell_messages(reading, layer),
        ]
    if learning is not None:
        beats += [tell_update(learning, reading.symbol_of_entry), tell_afterwards(learning)]
    return beats
