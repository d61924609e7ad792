"""The limits as they come, by arithmetic alone: nothing here is ever allocated."""

from typing import Any

import pytest

from app.networks.dense import parameter_shapes
from app.schemas.specs import DenseSpec
from app.services.documents import read_spec
from app.services.sizes import LimitError, check_run, check_spec, count_parameters
from app.settings import Limits

LIMITS = Limits()


def spec(inputs: int, *units: int, **layer: Any) -> DenseSpec:
    layers = [{"units": count, **layer} for count in units]
    return DenseSpec.model_validate({"inputs": inputs, "layers": layers})


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
        "work": 2_500_000_000,
        "run_numbers": 5_000_000,
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
    check_run(small, 4_096, "backward", "nodes", LIMITS, pointer="")
    with pytest.raises(LimitError, match="4096 samples"):
        check_run(small, 4_097, "backward", "nodes", LIMITS, pointer="")
    million = spec(1_000, 800, 248, 2, 18)
    check_run(million, 1, "backward", "nodes", LIMITS, pointer="")
    with pytest.raises(LimitError, match="2500000000 weights"):
        check_run(million, 2_501, "backward", "nodes", LIMITS, pointer="")
    check_run(spec(99, 100), 1, "trace", "units", LIMITS, pointer="")
    with pytest.raises(LimitError, match="in the units view"):
        check_run(spec(100, 100), 1, "trace", "units", LIMITS, pointer="")


def test_a_longer_answer_has_room_for_fewer_parameters() -> None:
    # 14 times 356,067 parameters is just below five million numbers.
    check_run(spec(1_000, 355, 2), 1, "trace", "nodes", LIMITS, pointer="/network")
    large = spec(1_000, 800, 248, 2, 18)
    for operation in ("step", "trace"):
        with pytest.raises(LimitError, match="5000000 values") as caught:
            check_run(large, 1, operation, "nodes", LIMITS, pointer="/network")
        assert caught.value.pointer == "/network/layers"


@pytest.mark.parametrize("layer", [{}, {"use_bias": False}, {"shared_bias": True}])
def test_parameters_are_counted_as_they_are_made(layer: dict[str, Any]) -> None:
    network = spec(3, 5, 4, 2, **layer)
    shapes = parameter_shapes(read_spec(network, "")).values()
    assert count_parameters(network) == sum(
        shape[0] * (shape[1] if len(shape) > 1 else 1) for shape in shapes
    )
