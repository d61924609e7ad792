"""Own samples, given back with features."""

from typing import Any

import orjson
import pytest

from app.networks.errors import NetworkError
from app.schemas.datasets import DataAnswer, GivenData
from app.services.programs import make_resources
from app.services.samples import tell_given
from app.services.sizes import LimitError
from app.settings import Limits, Settings

RESOURCES = make_resources(Settings())
ROWS: dict[str, Any] = {"inputs": [[1.0, 2.0], [3.0, -4.0]], "targets": [[0.0], [1.0]]}


def tell(**changes: Any) -> dict[str, Any]:
    answer = tell_given(GivenData.model_validate({**ROWS, **changes}), RESOURCES)
    written = orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)
    return DataAnswer.model_validate_json(written).model_dump()


def test_own_samples_come_back_as_they_are() -> None:
    answer = tell()
    assert answer["inputs"] == ROWS["inputs"]
    assert answer["targets"] == ROWS["targets"]
    assert answer["columns"] == ["x1", "x2"]


def test_features_are_made_of_them() -> None:
    answer = tell(features=["x2", "x1_x2", "x1_squared"])
    assert answer["inputs"] == [[2.0, 2.0, 1.0], [-4.0, -12.0, 9.0]]
    assert answer["columns"] == ["x2", "x1_x2", "x1_squared"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"targets": [[0.0]]}, "/targets"),
        ({"inputs": [[1.0], [2.0]], "features": ["x2"]}, "/features/0"),
        ({"inputs": [[1.0, 2.0], [3.0]]}, "/inputs/1"),
    ],
)
def test_what_does_not_fit_is_told_where_it_is(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(NetworkError) as caught:
        tell(**changes)
    assert caught.value.pointer == pointer


def test_there_is_a_limit() -> None:
    resources = make_resources(Settings(limits=Limits(dataset_rows=1)))
    with pytest.raises(LimitError):
        tell_given(GivenData.model_validate(ROWS), resources)
