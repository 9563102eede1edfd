"""Days that were made are kept, and forgotten."""

from __future__ import annotations

from datetime import date, timedelta

from pipeline.attendance.days import DayBasis, KeptDays, MadeDay
from tests.pipeline.attendance.builders import LATER, MONDAY, make_report, make_rules

[ROW] = make_report(make_rules())
BASIS = DayBasis((), (), LATER)


class Maker:
    """Makes days of two rows, and counts them."""

    def __init__(self) -> None:
        self.n_made = 0

    def __call__(self) -> MadeDay:
        self.n_made += 1
        return MadeDay((ROW, ROW), frozenset())


def ask(kept: KeptDays, make: Maker, day: date = MONDAY, basis: DayBasis = BASIS, rules: str = "r") -> int:
    """How many days were made until now."""
    kept.day(day, rules, basis, make)
    return make.n_made


def test_day_is_made_once_for_the_same_basis() -> None:
    kept, make = KeptDays(), Maker()

    assert [ask(kept, make), ask(kept, make)] == [1, 1]


def test_other_rules_and_another_basis_make_another_day() -> None:
    kept, make = KeptDays(), Maker()

    assert [ask(kept, make), ask(kept, make, rules="other"), ask(kept, make)] == [1, 2, 2]
    assert ask(kept, make, basis=DayBasis((), (), LATER + timedelta(minutes=1))) == 3


def test_days_that_nobody_asked_for_lately_are_forgotten() -> None:
    kept, make = KeptDays(most_rows=4), Maker()

    for day in (0, 1, 0, 2):
        ask(kept, make, MONDAY + timedelta(days=day))

    assert make.n_made == 3
    assert [ask(kept, make, MONDAY + timedelta(days=day)) for day in (0, 2, 1)] == [3, 3, 4]
