"""Classes are read off outputs as targets name them."""

import numpy as np
import pytest

from app.training.metrics import MOST_CLASSES, find_scorer


def test_one_output_is_on_this_or_that_side() -> None:
    targets = np.array([[0.0], [1.0], [1.0], [0.0]])
    scorer = find_scorer(targets, None)
    assert scorer is not None
    score = scorer.score(np.array([[0.4], [0.6], [0.5], [0.9]]), targets)
    assert score.accuracy == 0.5
    assert score.confusion == [[1, 1], [1, 1]]
    logits = find_scorer(targets, 0.0)
    assert logits is not None
    assert logits.score(np.array([[-0.1], [0.1], [2.0], [-3.0]]), targets).accuracy == 1.0


def test_signs_part_at_0() -> None:
    targets = np.array([[-1.0], [1.0]])
    scorer = find_scorer(targets, None)
    assert scorer is not None
    assert scorer.score(np.array([[-0.2], [0.2]]), targets).confusion == [[1, 0], [0, 1]]


def test_the_largest_of_several_counts_at_every_time_step() -> None:
    targets = np.eye(3)[[[0, 1], [2, 2]]]
    scorer = find_scorer(targets, None)
    assert scorer is not None
    outputs = np.array([[[3.0, 1, 0], [0, 2, 1]], [[0, 1, 2], [5, 1, 2]]])
    score = scorer.score(outputs, targets)
    assert score.accuracy == 0.75
    assert score.confusion == [[1, 0, 0], [0, 1, 0], [1, 0, 1]]


@pytest.mark.parametrize(
    "targets",
    [[[0.5], [1.0]], [[2.0], [3.0]], [[1.0, 1.0], [0.0, 1.0]], [[0.3, 0.7], [1.0, 0.0]], [[0.0]]],
)
def test_other_targets_name_no_classes(targets: list[list[float]]) -> None:
    assert find_scorer(np.array(targets), None) is None


def test_many_classes_are_not_listed_pair_by_pair() -> None:
    targets = np.eye(MOST_CLASSES + 1)
    scorer = find_scorer(targets, None)
    assert scorer is not None
    assert scorer.score(targets, targets).confusion is None
