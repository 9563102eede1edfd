"""Rates: told over ten seconds or more, and down to nought when nobody counts."""

from __future__ import annotations

from workers.metrics.rates import Rates


def test_first_look_tells_no_rate() -> None:
    assert Rates().update(0.0, {"door": 5.0}) == {}


def test_rate_is_told_since_a_look_that_is_old_enough() -> None:
    rates = Rates(over_s=10)
    for second in range(10):
        assert rates.update(float(second), {"door": 5.0 * second}) == {}

    assert rates.update(10.0, {"door": 50.0}) == {"door": 5.0}
    assert rates.update(25.0, {"door": 50.0}) == {"door": 0.0}


def test_count_that_began_anew_begins_at_nought() -> None:
    rates = Rates(over_s=10)
    rates.update(0.0, {"door": 1000.0})

    assert rates.update(10.0, {"door": 20.0, "yard": 10.0}) == {"door": 2.0, "yard": 1.0}
