import pytest

from pipeline.video.files.losses import LossLedger


@pytest.fixture
def ledger() -> LossLedger:
    """A ledger whose first frame, of time stamp 0, was shown."""
    ledger = LossLedger()
    ledger.claim(0, is_overdue=False)
    return ledger


def test_nothing_lost_nothing_claimed(ledger: LossLedger) -> None:
    assert ledger.claim(1, is_overdue=False) == 0
    assert ledger.n_lost == 0


def test_losses_are_claimed_by_the_next_frame_that_is_shown_after_them(ledger: LossLedger) -> None:
    ledger.note(30)
    ledger.note(50)

    assert [ledger.claim(pts, is_overdue=False) for pts in (20, 40, 60, 80)] == [0, 1, 1, 0]
    assert ledger.n_lost == 2


def test_overdue_frame_has_lost_at_least_one(ledger: LossLedger) -> None:
    assert ledger.claim(90, is_overdue=True) == 1


def test_losses_before_the_first_frame_are_not_counted() -> None:
    ledger = LossLedger()
    ledger.note(1)
    ledger.note(2)

    assert ledger.n_lost == 2
    assert ledger.claim(3, is_overdue=False) == 0
    assert ledger.n_lost == 0


def test_loss_without_a_time_stamp_goes_to_the_next_frame(ledger: LossLedger) -> None:
    ledger.note(None)

    assert not ledger.has_lost(None)
    assert ledger.claim(1, is_overdue=False) == 1
