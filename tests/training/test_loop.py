"""Training gives the same numbers every time, from wherever it is taken up."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.datasets.registry import DATASETS
from app.engine.program import Program
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, build_graph, leaf_shapes, name_masks
from app.networks.document import Document, make_document
from app.networks.errors import NetworkError
from app.networks.kinds import kind_of
from app.training.adjustment import Adjustment
from app.training.binding import Drop, Samples
from app.training.loop import CHECK, Plan, Training
from app.training.optimizers import OPTIMIZERS, apply_step
from app.training.order import make_generator
from app.training.schedules import SCHEDULES

TANH = Choice("tanh")
RATE = 1.0
"""Far too large for the network that runs away."""
LEAKY = Choice("leaky_relu")
RUNAWAY = DenseSpec(2, (Layer(8, LEAKY), Layer(8, LEAKY), Layer(1)))
SPEC = DenseSpec(2, (Layer(5, TANH), Layer(3, TANH), Layer(1)), seed=3)


def draw(count: int = 23) -> Samples:
    spirals = DATASETS["spirals"]
    data = spirals.draw(make_generator(5), spirals.options(samples=count, noise=0.1))
    return Samples({"x": data.inputs, "y": data.targets}, count)


def plan(name: str = "adam", batch: int | None = 5, **more: Any) -> Plan:
    optimizer = OPTIMIZERS[name]
    return Plan(optimizer, optimizer.options(learning_rate=0.01), batch, **more)


def start(document: Document, plan: Plan, samples: Samples | None = None) -> Training:
    spec = document.spec
    assert isinstance(spec, DenseSpec)
    build = kind_of(spec).build_graph
    drops = {name: Drop(layer.units, layer.dropout) for name, layer in name_masks(spec).items()}
    return Training(
        document, samples or draw(), plan, lambda shapes: build(spec, shapes), drops=drops
    )


def write(document: Document) -> dict[str, Any]:
    state = document.optimizer_state
    assert state is not None
    return {
        "step": document.step,
        "t": state.t,
        "parameters": {name: value.tobytes() for name, value in document.parameters.items()},
        "slots": {
            slot: {name: value.tobytes() for name, value in values.items()}
            for slot, values in state.slots.items()
        },
    }


PLANS = {
    "sgd, full batch": plan("sgd", None),
    "single samples": plan("sgd", 1),
    "adam, a rest of 3": plan("adam", 5),
    "nadam, in order": plan("nadam", 4, shuffle_seed=None),
    "rmsprop, validation": plan("rmsprop", 6, validation_fraction=0.3),
    "penalties, clipping": plan("adagrad", 7, adjustment=Adjustment(0.01, 0.02, 0.5, 0.2)),
    "cosine": plan(
        "adamw", 5, schedule=SCHEDULES["cosine"], schedule_options=SCHEDULES["cosine"].options(40)
    ),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("pause", [1, 4, 17])
def test_any_document_on_the_way_goes_on_exactly(plan: Plan, pause: int) -> None:
    whole = start(make_document(SPEC), plan)
    for _ in range(30):
        whole.advance()
    first = start(make_document(SPEC), plan)
    for _ in range(pause):
        first.advance()
    second = start(first.write_document(), plan)
    for _ in range(30 - pause):
        second.advance()
    assert write(second.write_document()) == write(whole.write_document())


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_steps_taken_together_are_steps_taken_one_by_one(plan: Plan) -> None:
    together, single = start(make_document(SPEC), plan), start(make_document(SPEC), plan)
    together.advance(40)
    for _ in range(40):
        single.advance()
    assert write(together.write_document()) == write(single.write_document())


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_step_is_that_of_the_batch_it_names(plan: Plan) -> None:
    samples, training = draw(), start(make_document(SPEC), plan)
    document = make_document(SPEC)
    for _ in range(12):
        rows, rate = training.find_batch(), training.learning_rate
        program = Program(build_graph(SPEC), leaf_shapes(SPEC, len(rows)))
        program.forward({**samples.take(rows).leaves, **document.parameters})
        grads = program.backward().grads
        options = replace(plan.options, learning_rate=rate)
        document, _ = apply_step(document, plan.optimizer, options, grads, plan.adjustment)
        training.advance()
        assert write(training.write_document()) == write(document)


def test_an_epoch_takes_every_sample_once_in_its_own_order() -> None:
    training = start(make_document(SPEC), plan("sgd", 5))
    epochs = []
    for _ in range(3):
        batches = []
        for _ in range(training.order.steps):
            batches.append(training.find_batch().tolist())
            training.advance()
        assert [len(batch) for batch in batches] == [5, 5, 5, 5, 3]
        epochs.append([row for batch in batches for row in batch])
    assert training.epoch == 3
    assert [sorted(epoch) for epoch in epochs] == [list(range(23))] * 3
    assert epochs[0] != epochs[1] != epochs[2]
    other = start(make_document(SPEC), plan("sgd", 5, shuffle_seed=1))
    assert other.find_batch().tolist() != epochs[0][:5]


def test_validation_samples_are_never_learned_from() -> None:
    training = start(make_document(SPEC), plan("sgd", 4, validation_fraction=0.25))
    held = set(training.validation_rows.tolist())
    assert len(held) == 6
    assert held.isdisjoint(training.rows.tolist())
    assert len(held) + len(training.rows) == 23
    for _ in range(20):
        assert held.isdisjoint(training.find_batch().tolist())
        training.advance()


def test_what_is_not_trainable_stays_whatever_the_optimizer_does() -> None:
    document = make_document(SPEC, trainable={"layer1.bias": False, "layer2.weight": False})
    optimizer = OPTIMIZERS["adam"]
    decay = Plan(optimizer, optimizer.options(weight_decay=0.1), 5, adjustment=Adjustment(l2=0.1))
    training = start(document, decay)
    for _ in range(10):
        training.advance()
    found = training.write_document()
    for name, value in document.parameters.items():
        moved = found.parameters[name].tobytes() != value.tobytes()
        assert moved == document.trainable[name], name
    assert found.optimizer_state is not None
    assert set(found.optimizer_state.slots["m"]) == {
        name for name, trainable in document.trainable.items() if trainable
    }


def test_watching_changes_nothing() -> None:
    watched, alone = start(make_document(SPEC), plan()), start(make_document(SPEC), plan())
    for _ in range(9):
        before = watched.write_document()
        rows = watched.find_batch()
        told = watched.watch()
        alone.advance()
        assert told is not None
        program = Program(build_graph(SPEC), leaf_shapes(SPEC, len(rows)))
        program.forward({**draw().take(rows).leaves, **before.parameters})
        tape = program.backward()
        assert told.batch_loss == float(tape.values["loss"])
        norm = np.sqrt(sum(np.sum(tape.grads[f"layer2.{p}"] ** 2) for p in ("weight", "bias")))
        assert told.gradient_norms["layer2"] == pytest.approx(norm, rel=1e-12)
        after = watched.write_document()
        moved = np.sqrt(
            sum(
                np.sum((after.parameters[name] - before.parameters[name]) ** 2)
                for name in ("layer2.weight", "layer2.bias")
            )
        )
        size = np.sqrt(
            sum(np.sum(before.parameters[n] ** 2) for n in ("layer2.weight", "layer2.bias"))
        )
        assert told.update_ratio["layer2"] == pytest.approx(moved / size, rel=1e-12)
    assert write(watched.write_document()) == write(alone.write_document())


def test_evaluating_changes_nothing() -> None:
    looked, alone = (start(make_document(SPEC), plan("sgd", None)) for _ in range(2))
    for _ in range(5):
        looked.evaluate(draw(11))
        looked.evaluate(looked.samples)
        looked.advance()
        alone.advance()
    assert write(looked.write_document()) == write(alone.write_document())


def test_the_state_of_another_optimizer_is_refused() -> None:
    training = start(make_document(SPEC), plan("adam"))
    training.advance()
    with pytest.raises(NetworkError, match="kept by another optimizer"):
        start(training.write_document(), plan("sgd"))


def run_away(watch_every: int) -> Training:
    optimizer = OPTIMIZERS["sgd"]
    training = start(
        make_document(RUNAWAY), Plan(optimizer, optimizer.options(learning_rate=RATE), 5)
    )
    for step in range(1, 10 * CHECK):
        if watch_every and step % watch_every == 0:
            training.watch()
        else:
            training.advance()
        if training.diverged:
            return training
    raise AssertionError("expected to diverge")


def test_divergence_is_the_same_step_however_often_one_looks() -> None:
    found = [run_away(every) for every in (0, 1, 7)]
    steps = {training.step for training in found}
    assert len(steps) == 1
    documents = [training.write_document() for training in found]
    assert write(documents[0]) == write(documents[1]) == write(documents[2])
    for value in documents[0].parameters.values():
        assert np.isfinite(value).all()


def test_steps_taken_together_end_where_one_cannot_be_taken() -> None:
    optimizer = OPTIMIZERS["sgd"]
    plan = Plan(optimizer, optimizer.options(learning_rate=RATE), 5)
    together = start(make_document(RUNAWAY), plan)
    together.advance(10 * CHECK)
    assert together.diverged
    assert write(together.write_document()) == write(run_away(0).write_document())


def test_large_losses_are_not_divergence_while_each_is_finite() -> None:
    spec = DenseSpec(1, (Layer(1),))
    sgd = OPTIMIZERS["sgd"]
    samples = Samples({"x": np.array([[1.0]]), "y": np.array([[9e153]])}, 1)
    training = start(make_document(spec), Plan(sgd, sgd.options(learning_rate=0.0)), samples)
    for _ in range(1000):
        training.advance()
    assert not training.diverged
    assert training.step == 1000
    # Their total is not finite.
    assert training.evaluate(samples)[0] * 1000 == np.inf


def test_the_step_after_the_last_finite_document_cannot_be_taken() -> None:
    training = run_away(0)
    document, spec = training.write_document(), RUNAWAY
    rows = training.find_batch()
    program = Program(build_graph(spec), leaf_shapes(spec, len(rows)))
    program.forward({**draw().take(rows).leaves, **document.parameters})
    tape = program.backward()
    sgd = OPTIMIZERS["sgd"]
    following, _ = apply_step(document, sgd, sgd.options(learning_rate=RATE), tape.grads)
    values = [tape.values["loss"], *tape.grads.values(), *following.parameters.values()]
    assert not all(np.isfinite(value).all() for value in values)


DROPPING = DenseSpec(2, (Layer(6, TANH, dropout=0.5), Layer(5, dropout=0.25), Layer(1)), seed=3)


@pytest.mark.parametrize("batch", [None, 5])
def test_what_is_dropped_follows_the_seed_and_the_step(batch: int | None) -> None:
    chosen = plan("adam", batch, validation_fraction=0.2)
    whole = start(make_document(DROPPING), chosen)
    for _ in range(12):
        whole.advance()
        whole.evaluate(whole.samples)
    first = start(make_document(DROPPING), chosen)
    for _ in range(7):
        first.advance()
    second = start(first.write_document(), chosen)
    for _ in range(5):
        second.advance()
    assert write(second.write_document()) == write(whole.write_document())
    other = start(make_document(DROPPING), plan("adam", batch, shuffle_seed=1))
    for _ in range(12):
        other.advance()
    assert write(other.write_document()) != write(whole.write_document())


def test_masks_drop_the_share_they_should_and_keep_the_mean() -> None:
    training = start(make_document(DROPPING), plan("sgd", None))
    masks = []
    for _ in range(60):
        values = training.repeat().tape.values
        np.testing.assert_array_equal(
            values["layer1.dropped"], values["layer1.a"] * values["layer1.mask"]
        )
        masks.append(np.array(values["layer1.mask"]))
        assert set(np.unique(values["layer2.mask"])) <= {0.0, 1 / 0.75}
        training.advance()
    assert set(np.unique(masks)) == {0.0, 2.0}
    # 60 x 23 x 6 draws: a standard deviation of the mean is 0.011.
    assert np.mean(masks) == pytest.approx(1.0, abs=0.05)
    assert not np.array_equal(masks[0], masks[1])


def test_nothing_is_dropped_where_the_network_is_looked_at() -> None:
    plain = DenseSpec(2, (Layer(6, TANH), Layer(5), Layer(1)), seed=3)
    training = start(make_document(DROPPING), plan("sgd", 5))
    training.advance()
    loss, program = training.evaluate(training.samples)
    assert "layer1.mask" not in program.shapes
    other = Program(build_graph(plain), leaf_shapes(plain, 23))
    other.forward({**training.samples.leaves, **training.read_parameters()})
    assert loss == float(other.tape.values["loss"])


def test_outputs_are_not_dropped() -> None:
    with pytest.raises(NetworkError, match="cannot be left out"):
        DenseSpec(1, (Layer(2), Layer(1, dropout=0.5)))
