"""Forms of attendance's settings, as values or as words that say what is wrong."""

from __future__ import annotations

from datetime import date

import pytest
from starlette.datastructures import FormData

from dashboards.web.attendance.forms import entry_of
from pipeline.attendance.rules.settings import HolidaySettings, RosterSettings, ShiftSettings, Weekday
from pipeline.control.attendance import Choices, Section
from pipeline.errors import InputError

SHIFT = [("name", "Night"), ("start", "22:00"), ("end", "06:00"), ("days", "mon"), ("days", "fri")]


def entry(section: str, *fields: tuple[str, str]) -> tuple[str, object]:
    return entry_of(Section(section), FormData(fields))


def test_empty_form_is_no_shift() -> None:
    with pytest.raises(InputError, match="cannot be a shift's name"):
        entry("shifts")


def test_shift_is_read_with_all_its_days() -> None:
    name, shift = entry("shifts", *SHIFT, ("half_day_below_h", "4.5"), ("break_min", "30"))

    assert name == "Night"
    assert shift == ShiftSettings(
        start="22:00", end="06:00", days=(Weekday.MON, Weekday.FRI), half_day_below_h=4.5, break_min=30
    )


def test_roster_of_nobody_in_particular_is_everybodys() -> None:
    assert entry("roster", ("shift", "Night"), ("first_day", ""))[1] == RosterSettings(shift="Night")


def test_holiday_is_kept_by_its_day() -> None:
    key, holiday = entry("holidays", ("day", "2026-05-14"), ("name", " Ascension Day "))

    assert (key, holiday) == ("2026-05-14", HolidaySettings(day=date(2026, 5, 14), name="Ascension Day"))


def test_percent_become_a_share_and_missing_boxes_are_off() -> None:
    choices = entry("choices", ("least_coverage_percent", "75"), ("sources", "front"))[1]

    assert choices == Choices(sources=("front",), least_coverage=0.75, take_mtime=False)


@pytest.mark.parametrize(
    ("section", "fields", "words"),
    [
        ("shifts", [*SHIFT[:2], ("end", "22:00"), *SHIFT[3:]], "has no length"),
        ("shifts", [("name", "<b>"), *SHIFT[1:]], "cannot be a shift's name"),
        ("shifts", [*SHIFT, ("late_grace_min", "much")], "late_grace_min"),
        ("shifts", [*SHIFT, ("late_grace_min", "721")], "late_grace_min is 721"),
        ("shifts", [*SHIFT[:1], ("start", "25:00"), *SHIFT[2:]], "no time of day"),
        ("shifts", SHIFT[:3], "day of the week"),
        ("holidays", [("day", "someday"), ("name", "x")], "cannot be saved"),
        ("leave", [("person", "p"), ("first_day", "2026-03-02"), ("last_day", "2026-03-01")], "lies before"),
        ("choices", [("least_coverage_percent", "most")], "no number of percent"),
        ("choices", [("punches", "guessing")], "not known"),
        ("codes", [("person", "p_ada")], "the code itself"),
    ],
)
def test_what_is_wrong_is_said(section: str, fields: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        entry(section, *fields)
