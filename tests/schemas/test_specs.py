"""What a request may say about a network."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.schemas.specs import DenseSpec, Document, LayerSpec, Network, Parameter

NETWORK: TypeAdapter[Any] = TypeAdapter(Network)
PARAMETER: TypeAdapter[Any] = TypeAdapter(Parameter)
SPEC: dict[str, Any] = {"inputs": 1, "layers": [{"units": 1}]}


def test_a_network_is_a_spec_or_a_document() -> None:
    assert isinstance(NETWORK.validate_python(SPEC), DenseSpec)
    assert isinstance(NETWORK.validate_python({"spec": SPEC}), Document)


def test_a_name_stands_for_a_choice_without_options() -> None:
    short = {"inputs": 1, "layers": [{"units": 1, "activation": "tanh"}]}
    long = {"inputs": 1, "layers": [{"units": 1, "activation": {"name": "tanh"}}]}
    assert DenseSpec.model_validate(short) == DenseSpec.model_validate(long)


def test_options_are_what_stands_beside_the_name() -> None:
    layer = {"units": 1, "activation": {"name": "elu", "alpha": 0.5}}
    spec = DenseSpec.model_validate({"inputs": 1, "layers": [layer]})
    assert spec.layers[0].activation.options == {"alpha": 0.5}


@pytest.mark.parametrize("value", [1, [], [1, 2.5], [[1], [2]]])
def test_a_parameter_is_a_number_a_row_or_a_matrix(value: Any) -> None:
    assert PARAMETER.validate_python(value) == value


@pytest.mark.parametrize(
    "value", ["1", None, ["1"], [True], [[[1]]], [[1], 2], [1, [2]], [float("nan")], {"a": 1}]
)
def test_nothing_else_is_a_parameter(value: Any) -> None:
    with pytest.raises(ValidationError):
        PARAMETER.validate_python(value)


def test_only_the_first_fault_of_an_array_is_listed() -> None:
    with pytest.raises(ValidationError) as caught:
        PARAMETER.validate_python([["x"] * 100] * 100)
    assert caught.value.error_count() == 1


def test_layers_written_alike_are_one() -> None:
    layer = {"units": 2, "initializer": {"name": "normal", "std": 0.4}}
    layers = [layer, {"units": 3}, dict(layer), layer]
    spec = DenseSpec.model_validate({"inputs": 1, "layers": layers})
    assert [one.units for one in spec.layers] == [2, 3, 2, 2]
    assert spec.layers[0] is spec.layers[2] is spec.layers[3]
    apart = [LayerSpec.model_validate(one) for one in layers]
    assert spec.layers == apart
    assert DenseSpec(inputs=1, layers=apart).layers == apart


@pytest.mark.parametrize("wrong", [True, 1.5, "1", None, 0])
def test_a_wrong_layer_among_many_alike_keeps_its_place(wrong: Any) -> None:
    layers = [{"units": 1}, {"units": 1}, {"units": wrong}, {"units": 1}, {"units": wrong}]
    with pytest.raises(ValidationError) as caught:
        DenseSpec.model_validate({"inputs": 1, "layers": layers})
    assert caught.value.errors()[0]["loc"] == ("layers", 2, "units")


def test_whole_numbers_may_be_written_with_a_point() -> None:
    spec = DenseSpec.model_validate({"inputs": 2.0, "layers": [{"units": 3.0}], "seed": 1e3})
    assert spec == DenseSpec.model_validate({"inputs": 2, "layers": [{"units": 3}], "seed": 1000})
    assert [type(value) for value in (spec.inputs, spec.layers[0].units, spec.seed)] == [int] * 3
    with pytest.raises(ValidationError, match="less than or equal to 9007199254740991"):
        DenseSpec.model_validate({"inputs": 1e300, "layers": [{"units": 1}]})
