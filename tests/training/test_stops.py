"""When to stop."""

from app.training.stops import Stopper, StopRule


def test_without_a_rule_there_is_nothing_to_look_for() -> None:
    assert Stopper(StopRule()).idle


def test_a_loss_low_enough_stops() -> None:
    stopper = Stopper(StopRule(loss=0.1))
    assert [stopper.judge(loss, None) for loss in (0.3, 0.11, 0.1)] == [None, None, "loss"]


def test_patience_runs_out_after_so_many_epochs_without_a_lower_loss() -> None:
    stopper = Stopper(StopRule(patience=2))
    found = [stopper.judge(0.0, held) for held in (0.5, 0.6, 0.4, 0.4, 0.45)]
    assert found == [None, None, None, None, "patience"]


def test_too_small_a_gain_does_not_count() -> None:
    stopper = Stopper(StopRule(patience=2, min_delta=0.1))
    assert [stopper.judge(loss, None) for loss in (0.5, 0.45, 0.41)] == [None, None, "patience"]
