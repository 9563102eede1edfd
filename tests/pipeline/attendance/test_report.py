"""Attendance by shifts: who was there, who was not, and who nobody can tell of."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipeline.attendance.rows import DayStatus, Visit
from pipeline.attendance.rules.settings import (
    AttendanceSettings,
    HolidaySettings,
    HoursBy,
    LeaveSettings,
    ShiftSettings,
)
from tests.pipeline.attendance.builders import (
    ADA,
    BERLIN,
    BOB,
    MONDAY,
    STRICT,
    at,
    camera,
    make_report,
    make_rules,
    visit,
)

KOLKATA = ZoneInfo("Asia/Kolkata")
NIGHT = ShiftSettings(start="22:00", end="06:00")


def test_nobody_enrolled_and_nobody_seen_is_an_empty_report() -> None:
    assert make_report(make_rules(), members=()) == []


def test_day_without_shift_and_visits_has_no_row() -> None:
    assert make_report(AttendanceSettings()) == []


@pytest.mark.parametrize(
    ("start", "end", "status", "late_min", "early_min"),
    [
        ("09:00", "17:00", DayStatus.PRESENT, 0, 0),
        ("09:10", "16:45", DayStatus.PRESENT, 0, 0),  # exactly the grace
        ("09:11", "16:44", DayStatus.PRESENT, 11, 16),  # then all of it counts
        ("08:15", "17:45", DayStatus.PRESENT, 0, 0),
        ("09:00", "15:00", DayStatus.PRESENT, 0, 120),  # six hours are no half day
        ("09:00", "14:59", DayStatus.HALF_DAY, 0, 121),
        ("13:00", "15:00", DayStatus.HALF_DAY, 240, 120),
        ("15:01", "17:00", DayStatus.ABSENT, 361, 0),  # below two hours
    ],
)
def test_days_are_judged_by_hours_and_grace(
    start: str, end: str, status: DayStatus, late_min: int, early_min: int
) -> None:
    [row] = make_report(make_rules(STRICT), [visit(start, end)])

    assert (row.status, row.late_s / 60, row.early_s / 60) == (status, late_min, early_min)


def test_parts_of_a_second_make_nobody_late() -> None:
    """HRMS cuts check-ins to whole seconds, and so does whoever reads the report."""
    whole = visit("09:10", "17:00")
    begun = Visit(
        whole.person_id, whole.person_name, "door", whole.start_ts + timedelta(seconds=0.9), whole.end_ts, 1.0
    )

    [row] = make_report(make_rules(STRICT), [begun])

    assert (row.late_s, row.first_in) == (0, at("09:10").astimezone(BERLIN))


def test_hours_that_read_six_are_not_below_six() -> None:
    [row] = make_report(make_rules(STRICT), [visit("09:00", "14:59:50")])

    assert (row.status, round(row.working_s / 3600, 2)) == (DayStatus.PRESENT, 6.0)


def test_who_never_came_is_absent_where_it_was_watched() -> None:
    [row] = make_report(make_rules())

    assert (row.status, row.coverage, row.first_in, row.working_s) == (DayStatus.ABSENT, 1.0, None, 0)


def test_who_never_came_while_the_camera_was_down_is_not_called_absent() -> None:
    door = camera((at("08:00"), at("09:10")), (at("11:00"), at("18:00")))

    [row] = make_report(make_rules(), cameras=[door])

    assert (row.status, row.coverage) == (DayStatus.NO_DATA, pytest.approx(1 - 110 / 480))
    assert row.note == "door did not watch from 09:10 to 11:00"


def test_without_anything_recorded_nobody_is_absent() -> None:
    [row] = make_report(make_rules(), cameras=[])

    assert (row.status, row.coverage) == (DayStatus.NO_DATA, None)


def test_camera_that_never_ran_counts_as_down() -> None:
    [row] = make_report(make_rules(), cameras=[camera(), camera((at("00:00"), at("23:00")), label="yard")])

    assert (row.status, row.coverage) == (DayStatus.NO_DATA, 0.5)


def test_few_hours_are_not_held_against_somebody_whom_the_camera_may_have_missed() -> None:
    door = camera((at("08:00"), at("10:00")))

    [row] = make_report(make_rules(STRICT), [visit("09:00", "10:00")], cameras=[door])

    assert (row.status, row.early_s, row.is_early_doubtful) == (DayStatus.NO_DATA, 0, True)


def test_late_entry_is_doubtful_when_nobody_watched_the_door_before() -> None:
    door = camera((at("09:50"), at("18:00")))

    [row] = make_report(make_rules(least_coverage=0.8), [visit("10:00", "17:00")], cameras=[door])

    assert (row.late_s, row.is_late_doubtful, row.is_early_doubtful) == (0, True, False)


def test_half_days_of_people_who_were_seen_long_enough_stand_whatever_the_coverage() -> None:
    door = camera((at("09:00"), at("09:10")), (at("16:50"), at("17:00")))

    [row] = make_report(make_rules(STRICT), [visit("09:00", "09:05"), visit("16:55", "17:00")], cameras=[door])

    assert (row.status, row.working_s / 3600) == (DayStatus.PRESENT, 8)


def test_weekend_is_weekly_off_also_for_who_came() -> None:
    saturday = date(2026, 3, 7)

    absent, came = make_report(
        make_rules(), [visit("10:00", "11:00", who=BOB, day=saturday)], members=(ADA, BOB), days=[saturday]
    )

    assert [absent.status, came.status] == [DayStatus.WEEKLY_OFF] * 2
    assert came.working_s == 3600


def test_days_off_count_when_the_shift_says_so() -> None:
    rules = make_rules(
        ShiftSettings(start="09:00", end="17:00", counts_days_off=True),
        holidays=(HolidaySettings(day=MONDAY, name="Founders' Day"),),
    )

    came, stayed = make_report(rules, [visit("09:00", "17:00")], members=(ADA, BOB))

    assert (came.status, stayed.status, stayed.note) == (DayStatus.PRESENT, DayStatus.HOLIDAY, "Founders' Day")


def test_leave_is_by_name_or_id() -> None:
    leave = tuple(
        LeaveSettings(person=who, first_day=MONDAY, last_day=MONDAY, name="Parental leave") for who in ("Ada", "p_bob")
    )

    rows = make_report(make_rules(leave=leave), members=(ADA, BOB))

    assert [(row.status, row.note) for row in rows] == [(DayStatus.LEAVE, "Parental leave")] * 2


def test_shift_that_is_not_over_holds_nothing_against_anybody() -> None:
    came, not_yet = make_report(make_rules(STRICT), [visit("09:00", "09:30")], members=(ADA, BOB), now=at("10:00"))

    assert (came.status, came.early_s, not_yet.status) == (DayStatus.PRESENT, 0, DayStatus.PENDING)


def test_day_to_come_has_no_row() -> None:
    assert make_report(make_rules(), now=at("10:00") - timedelta(days=1)) == []


def test_overnight_shift_belongs_to_the_day_on_which_it_begins() -> None:
    tuesday = MONDAY + timedelta(days=1)
    came = visit("21:50", "06:10", end_day=tuesday)

    monday, next_day = make_report(
        make_rules(ShiftSettings(start="22:00", end="06:00")), [came], days=[MONDAY, tuesday]
    )

    assert (monday.day, monday.status, monday.working_s) == (MONDAY, DayStatus.PRESENT, 8 * 3600 + 1200)
    assert (next_day.status, next_day.n_sightings) == (DayStatus.ABSENT, 0)


def test_morning_after_the_last_night_is_not_seen_on_the_day_off() -> None:
    friday, saturday = date(2026, 3, 6), date(2026, 3, 7)

    night, day_off = make_report(
        make_rules(NIGHT), [visit("21:50", "06:10", day=friday, end_day=saturday)], days=[friday, saturday]
    )

    assert (night.working_s, day_off.status, day_off.n_sightings) == (30000, DayStatus.WEEKLY_OFF, 0)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 7), (date(2026, 3, 21), 8)],  # clocks go forward in the night to the 29th
)
def test_night_in_which_clocks_change_is_as_long_as_it_is(day: date, hours: int) -> None:
    every_day = ShiftSettings(start="22:00", end="06:00", days=("sat",))  # type: ignore[arg-type]

    [row] = make_report(
        make_rules(every_day), [visit("22:00", "06:00", day=day, end_day=day + timedelta(days=1))], days=[day]
    )

    assert (row.working_s / 3600, row.late_s, row.early_s, row.coverage) == (hours, 0, 0, 1.0)


def test_zones_with_half_hours() -> None:
    [row] = make_report(make_rules(), [visit("09:00", "17:00", zone=KOLKATA)], zone=KOLKATA)

    assert (row.late_s, row.early_s) == (0, 0)
    assert row.first_in is not None
    assert row.first_in.isoformat() == "2026-03-02T09:00:00+05:30"


def test_what_lies_outside_the_window_is_not_taken_for_the_shift() -> None:
    [row] = make_report(make_rules(), [visit("07:00", "07:30"), visit("09:00", "17:00"), visit("18:30", "19:00")])

    assert (row.n_sightings, row.working_s / 3600) == (1, 8)


def test_sighting_over_the_edge_of_the_window_is_cut_there_and_its_presence_shared_out() -> None:
    long = visit("07:00", "11:00")
    half_seen = Visit(long.person_id, long.person_name, "door", long.start_ts, long.end_ts, 7200.0)

    [row] = make_report(make_rules(), [half_seen])

    assert row.first_in is not None
    assert (row.first_in.hour, row.presence_s) == (8, 5400)


def test_break_is_taken_off_who_was_there_for_longer() -> None:
    shift = ShiftSettings(start="09:00", end="17:00", break_min=30)

    long, short = make_report(
        make_rules(shift), [visit("09:00", "17:00"), visit("09:00", "09:20", who=BOB)], members=(ADA, BOB)
    )

    assert (long.working_s / 3600, short.working_s / 60) == (7.5, 20)


def test_presence_counts_only_what_was_seen() -> None:
    shift = ShiftSettings(start="09:00", end="17:00", hours=HoursBy.PRESENCE)

    [row] = make_report(make_rules(shift), [visit("09:00", "10:00"), visit("16:00", "17:00")])

    assert (row.working_s, row.presence_s) == (7200, 7200)


def test_what_two_cameras_saw_at_once_is_present_once() -> None:
    [row] = make_report(make_rules(), [visit("09:00", "10:00"), visit("09:30", "10:30", source="yard")])

    assert row.presence_s == 5400
