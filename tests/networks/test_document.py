"""Network documents."""

import numpy as np
import pytest

from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer, initial_parameters
from app.networks.document import make_document
from app.networks.errors import NetworkError

SPEC = DenseSpec(2, (Layer(3, Choice("tanh")), Layer(1)), seed=4)


def test_a_bare_spec_stands_for_its_initial_parameters() -> None:
    document = make_document(SPEC)
    for name, value in initial_parameters(SPEC).items():
        assert document.parameters[name].tobytes() == value.tobytes()
    assert document.trainable == dict.fromkeys(document.parameters, True)
    assert document.step == 0


def test_some_parameters_may_be_given() -> None:
    document = make_document(SPEC, {"layer2.weight": [[1, 2, 3]]}, {"layer1.bias": False})
    assert document.parameters["layer2.weight"].tolist() == [[1.0, 2.0, 3.0]]
    assert document.parameters["layer1.weight"].any()
    assert not document.trainable["layer1.bias"]
    assert document.trainable["layer2.bias"]


@pytest.mark.parametrize(
    ("parameters", "trainable", "pointer", "detail"),
    [
        ({"layer3.weight": [[1]]}, {}, "/parameters", "layer1.weight"),
        ({"layer1.bias": [1, 2]}, {}, "/parameters/layer1.bias", r"expected shape [3], got [2]"),
        ({"layer1.weight": [[1, 2], [3]]}, {}, "/parameters/layer1.weight", "rows of one length"),
        ({}, {"bias": True}, "/trainable", "layer1.bias"),
    ],
)
def test_what_is_wrong_is_named(
    parameters: dict[str, object], trainable: dict[str, bool], pointer: str, detail: str
) -> None:
    with pytest.raises(NetworkError) as caught:
        make_document(SPEC, parameters, trainable)
    assert caught.value.pointer.startswith(pointer)
    assert detail in caught.value.detail


def test_initial_parameters_are_left_alone_by_what_is_given() -> None:
    given = np.ones((1, 3))
    make_document(SPEC, {"layer2.weight": given})
    assert given.tolist() == [[1.0, 1.0, 1.0]]
