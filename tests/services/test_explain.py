"""How much of an explanation and of a check is listed, and what refuses them."""

from typing import Any

import pytest

from app.schemas.explain import ExplainRequest, GradientCheckRequest
from app.services.explain import check_run_gradients, explain_entry
from app.services.programs import Resources, make_resources
from app.services.sizes import LimitError
from app.settings import Limits, Settings

BODY: dict[str, Any] = {
    "network": {
        "kind": "dense",
        "inputs": 2,
        "layers": [{"units": 3, "activation": "tanh"}, {"units": 2}],
    },
    "inputs": [[0.5, -1.0], [1.0, 2.0]],
    "targets": [[1.0, 0.0], [-1.0, 0.5]],
}


def limit(**limits: int) -> Resources:
    return make_resources(Settings(limits=Limits(**limits)))


def ask(resources: Resources, node: str = "x", **body: Any) -> dict[str, Any]:
    of = {"node": node, "index": [0] if node == "x" else [0, 0]}
    return explain_entry(ExplainRequest.model_validate({**BODY, "of": of, **body}), resources)


def check(resources: Resources, **body: Any) -> dict[str, Any]:
    request = GradientCheckRequest.model_validate({**BODY, **body})
    return check_run_gradients(request, resources)


@pytest.mark.parametrize(("paths", "cut"), [(6, False), (5, True)])
def test_paths_are_cut_past_the_limit(paths: int, cut: bool) -> None:
    told = ask(limit(paths=paths))
    assert (len(told["paths"]), told["paths_cut"], told["path_count"]) == (paths, cut, 6)
    whole = told["paths_sum"] == pytest.approx(told["grad"], rel=1e-12)
    assert whole != cut


@pytest.mark.parametrize(("terms", "cut"), [(2, False), (1, True)])
def test_terms_are_cut_past_the_limit(terms: int, cut: bool) -> None:
    told = ask(limit(terms=terms), "layer1.weight")
    assert (len(told["terms"]), told["terms_cut"], told["term_count"]) == (terms, cut, 2)


@pytest.mark.parametrize(("entries", "checked"), [(17, 17), (16, 13)])
def test_entries_are_chosen_past_the_limit(entries: int, checked: int) -> None:
    answer = check(limit(checked_entries=entries))
    assert (answer["checked"], answer["total"], answer["passed"]) == (checked, 17, True)


def test_a_check_is_refused_where_not_every_parameter_can_have_a_turn() -> None:
    cost = _find_cost()
    assert check(limit(check_work=16 * cost))["passed"]
    with pytest.raises(LimitError, match="16 times"):
        check(limit(check_work=16 * cost - 1))
    curve = {"node": "layer1.bias", "index": [0]}
    assert check(limit(check_work=66 * cost), curve=curve)["curve"]
    with pytest.raises(LimitError, match="66 times"):
        check(limit(check_work=66 * cost - 1), curve=curve)


def _find_cost() -> int:
    low, high = 1, 10_000_000
    while low < high:
        middle = (low + high) // 2
        try:
            check(limit(check_work=16 * middle))
            high = middle
        except LimitError:
            low = middle + 1
    return low
