"""The limits as they come, by arithmetic alone: nothing here is ever allocated."""

from typing import Any

import numpy as np
import pytest

from app.networks.cells import CELLS
from app.networks.data import shapes_of
from app.networks.errors import NetworkError
from app.networks.kinds import kind_of
from app.networks.tokens import FormulaError
from app.schemas.specs import DenseSpec, ExpressionSpec, RecurrentSpec
from app.services.documents import read_spec
from app.services.programs import Programs
from app.services.sizes import LimitError, check_run, check_spec, count_parameters
from app.settings import Limits

LIMITS = Limits()


def spec(inputs: int, *units: int, **layer: Any) -> DenseSpec:
    layers = [{"units": count, **layer} for count in units]
    return DenseSpec.model_validate({"inputs": inputs, "layers": layers})


def rows(count: int) -> list[list[float]]:
    return [[]] * count


def test_the_defaults() -> None:
    assert LIMITS.model_dump() == {
        "body_bytes": 256 * 1024,
        "data_bytes": 4 * 1024 * 1024,
        "json_depth": 32,
        "layers": 100,
        "units_per_layer": 1_024,
        "units": 10_000,
        "inputs": 1_024,
        "outputs": 256,
        "parameters": 1_000_000,
        "parameters_in_units_view": 10_000,
        "batch": 4_096,
        "time_steps": 200,
        "points": 10_000,
        "expression_characters": 2_000,
        "expression_nodes": 500,
        "expression_depth": 50,
        "expression_names": 64,
        "work": 2_500_000_000,
        "told_nodes": 1_000,
        "terms": 1_000,
        "paths": 1_000,
        "checked_entries": 10_000,
        "check_work": 10_000_000_000,
        "seeds": 100,
        "experiment_numbers": 30_000_000,
        "trials": 5_000,
        "trial_work": 500_000_000,
        "listed_layers": 50_000,
        "sweep_seconds": 900,
        "singular_value_work": 1_000_000_000,
        "dataset_rows": 10_000,
        "dataset_columns": 64,
        "csv_bytes": 1_048_576,
        "race_steps": 2_000,
        "training_steps": 1_000_000,
        "stream_seconds": 900,
        "frames_per_second": 30,
        "frame_bytes": 65_536,
        "streams": 32,
        "run_numbers": 5_000_000,
        "snapshot_bytes": 1024 * 1024,
        "store_bytes": 2 * 1024**3,
        "url_bytes": 8 * 1024,
        "header_bytes": 16 * 1024,
        "header_seconds": 10,
        "body_seconds": 15,
        "write_seconds": 10,
        "connections": 4_096,
        "waiting": 32,
        "queue_seconds": 5,
        "compute_seconds": 5,
        "buffered_bytes": 64 * 1024 * 1024,
        "unread_bytes": 64 * 1024 * 1024,
        "memory_bytes": 400 * 1024 * 1024,
        "reads_per_second": 50,
        "computations_per_second": 20,
        "snapshots_per_minute": 20,
        "streams_per_minute": 30,
        "streams_per_client": 4,
        "sweeps_per_client": 1,
        "clients_per_address": 50,
    }


@pytest.mark.parametrize(
    ("limit", "pointer", "good", "bad"),
    [
        ("layers", "/layers", spec(1, *[1] * 100), spec(1, *[1] * 101)),
        ("units_per_layer", "/layers/0/units", spec(1, 1_024, 1), spec(1, 1_025, 1)),
        ("inputs", "/inputs", spec(1_024, 1), spec(1_025, 1)),
        ("outputs", "/layers/0/units", spec(1, 256), spec(1, 257)),
        ("units", "/layers", spec(1, *[200, 1] * 49, 151), spec(1, *[200, 1] * 49, 152)),
        # 800,800 + 198,648 + 498 + 54 is a million.
        ("parameters", "/layers", spec(1_000, 800, 248, 2, 18), spec(1_000, 800, 248, 2, 19)),
    ],
)
def test_a_network_at_the_limit_and_past_it(
    limit: str, pointer: str, good: DenseSpec, bad: DenseSpec
) -> None:
    check_spec(good, LIMITS, "/network")
    with pytest.raises(LimitError) as caught:
        check_spec(bad, LIMITS, "/network")
    assert caught.value.pointer == f"/network{pointer}"
    assert caught.value.limit == limit


def test_a_run_at_the_limit_and_past_it() -> None:
    small = spec(2, 4, 2, 1)
    check_run(small, rows(4_096), "backward", "nodes", LIMITS, pointer="")
    with pytest.raises(LimitError, match="4096 samples"):
        check_run(small, rows(4_097), "backward", "nodes", LIMITS, pointer="")
    million = spec(1_000, 800, 248, 2, 18)
    check_run(million, rows(1), "backward", "nodes", LIMITS, pointer="")
    with pytest.raises(LimitError, match="2500000000 weights"):
        check_run(million, rows(2_501), "backward", "nodes", LIMITS, pointer="")
    check_run(spec(99, 100), rows(1), "trace", "units", LIMITS, pointer="")
    with pytest.raises(LimitError, match="in the units view"):
        check_run(spec(100, 100), rows(1), "trace", "units", LIMITS, pointer="")


def test_a_longer_answer_has_room_for_fewer_parameters() -> None:
    # 14 times 356,067 parameters is just below five million numbers.
    check_run(spec(1_000, 355, 2), rows(1), "trace", "nodes", LIMITS, pointer="/network")
    large = spec(1_000, 800, 248, 2, 18)
    for operation in ("step", "trace"):
        with pytest.raises(LimitError, match="5000000 values") as caught:
            check_run(large, rows(1), operation, "nodes", LIMITS, pointer="/network")
        assert caught.value.pointer == "/network/layers"


RECURRENT = {"kind": "recurrent", "inputs": 1, "units": 1, "outputs": 1}


@pytest.mark.parametrize(
    ("limit", "pointer", "size"),
    [
        ("inputs", "/inputs", {"inputs": 1_024}),
        ("units_per_layer", "/units", {"units": 1_024, "cell": "none"}),
        ("outputs", "/outputs", {"outputs": 256}),
    ],
)
def test_a_cell_at_the_limit_and_past_it(limit: str, pointer: str, size: dict[str, Any]) -> None:
    room = Limits(parameters=10_000_000)
    check_spec(RecurrentSpec.model_validate(RECURRENT | size), room, "/network")
    name = next(iter(size))
    more = RECURRENT | size | {name: size[name] + 1}
    with pytest.raises(LimitError) as caught:
        check_spec(RecurrentSpec.model_validate(more), room, "/network")
    assert (caught.value.limit, caught.value.pointer) == (limit, f"/network{pointer}")


@pytest.mark.parametrize("cell", CELLS)
def test_the_parameters_of_a_cell_are_counted_as_they_are_made(cell: str) -> None:
    network = RecurrentSpec.model_validate(RECURRENT | {"cell": cell, "inputs": 3, "units": 4})
    shapes = kind_of(read_spec(network, "")).parameter_shapes(read_spec(network, ""))
    assert count_parameters(network) == sum(int(np.prod(shape)) for shape in shapes.values())
    tight = Limits(parameters=count_parameters(network) - 1)
    with pytest.raises(LimitError, match="weights and biases"):
        check_spec(network, tight, "")


@pytest.mark.parametrize("cell", CELLS)
def test_a_run_through_time_holds_no_more_than_was_reckoned(cell: str) -> None:
    """What a run allocates is below the numbers that the limit is compared with."""
    network = RecurrentSpec.model_validate(
        RECURRENT | {"cell": cell, "inputs": 2, "units": 5, "outputs": 2, "loss_at": "every"}
    )
    spec_, batch, steps = read_spec(network, ""), 3, 7
    rows = data_of(batch, steps)
    data = kind_of(spec_).read_batch(spec_, rows, rows, None)
    program = Programs(1, 0).find(spec_, shapes_of(data.leaves))
    tape = program.tape
    held = sum(a.size for part in (tape.values, tape.grads, tape.messages) for a in part.values())
    most = Limits(run_numbers=held)
    with pytest.raises(LimitError) as caught:
        check_run(network, data_of(batch, steps), "trace", "nodes", most, pointer="")
    assert caught.value.limit == "run_numbers"


def data_of(batch: int, steps: int) -> list[list[list[float]]]:
    return [[[0.0] * 2] * steps] * batch


def test_time_steps_and_points_at_the_limit_and_past_it() -> None:
    network = RecurrentSpec.model_validate(RECURRENT)
    check_run(network, data_of(1, 200), "backward", "time", LIMITS, pointer="")
    with pytest.raises(LimitError, match="200 time steps"):
        check_run(network, data_of(1, 201), "backward", "time", LIMITS, pointer="")
    formula = ExpressionSpec.model_validate({"kind": "expression", "expression": "x * x"})
    check_run(formula, {"x": [0.0] * 10_000}, "forward", "nodes", LIMITS, pointer="")
    with pytest.raises(LimitError, match="10000 points"):
        check_run(formula, {"x": [0.0] * 10_001}, "forward", "nodes", LIMITS, pointer="")


@pytest.mark.parametrize(
    ("limit", "good", "bad"),
    [
        ("expression_characters", "x" + " " * 1_999, "x" + " " * 2_000),
        ("expression_nodes", "-" + "+".join(["x"] * 250), "+".join(["x"] * 251)),
        (
            "expression_names",
            "+".join(f"x{i}" for i in range(64)),
            "+".join(f"x{i}" for i in range(65)),
        ),
        ("limit_exceeded", "(" * 50 + "x" + ")" * 50, "(" * 51 + "x" + ")" * 51),
    ],
)
def test_a_formula_at_the_limit_and_past_it(limit: str, good: str, bad: str) -> None:
    def check(text: str) -> None:
        check_spec(ExpressionSpec(kind="expression", expression=text), LIMITS, "/network")

    check(good)
    with pytest.raises(NetworkError) as caught:
        check(bad)
    error = caught.value
    assert isinstance(error, LimitError | FormulaError)
    assert getattr(error, "limit", error.code) == limit
    assert error.pointer == "/network/expression"
    assert error.place is not None
    assert 0 <= error.place[0] < len(bad)
    assert error.place[1] >= 1


@pytest.mark.parametrize("layer", [{}, {"use_bias": False}, {"shared_bias": True}])
def test_parameters_are_counted_as_they_are_made(layer: dict[str, Any]) -> None:
    network = spec(3, 5, 4, 2, **layer)
    engine_spec = read_spec(network, "")
    shapes = kind_of(engine_spec).parameter_shapes(engine_spec).values()
    assert count_parameters(network) == sum(
        shape[0] * (shape[1] if len(shape) > 1 else 1) for shape in shapes
    )
