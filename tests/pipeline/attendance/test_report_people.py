"""Attendance by shifts: check-ins by doors, and whose attendance is judged from when on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.attendance.report import days_between
from pipeline.attendance.rows import DayStatus, Member
from pipeline.attendance.rules.settings import (
    AttendanceSettings,
    HoursBy,
    PunchesBy,
    RosterSettings,
    ShiftSettings,
)
from pipeline.errors import SettingsError
from tests.pipeline.attendance.builders import (
    ADA,
    BERLIN,
    BOB,
    MONDAY,
    STRICT,
    at,
    make_report,
    make_rules,
    visit,
)


def test_doors_check_in_and_out() -> None:
    rules = make_rules(punches=PunchesBy.DOORS, entries=("front",), exits=("back",))
    seen = [
        visit("08:50", "08:51", source="back"),  # who leaves before coming is passed over
        visit("09:05", "09:06", source="front"),
        visit("12:00", "12:01", source="back"),
        visit("13:00", "13:01", source="front"),
        visit("17:00", "17:02", source="back"),
    ]

    [row] = make_report(rules, seen)

    assert (row.in_source, row.out_source, row.late_s / 60) == ("front", "back", 5)
    assert row.working_s / 60 == 7 * 60 + 57


def test_every_pair_of_doors_counts_for_itself() -> None:
    shift = ShiftSettings(start="09:00", end="17:00", hours=HoursBy.EVERY)
    rules = make_rules(shift, punches=PunchesBy.DOORS, entries=("front",), exits=("back",))
    seen = [
        visit("09:00", "09:00:10", source="front"),
        visit("12:00", "12:00:10", source="back"),
        visit("13:00", "13:00:10", source="front"),
        visit("17:00", "17:00:10", source="back"),
    ]

    [row] = make_report(rules, seen)

    assert row.working_s == 7 * 3600 + 20


def test_check_out_without_a_check_in_is_no_end_where_pairs_count() -> None:
    """As HRMS has it: who came back unseen left at noon."""
    shift = ShiftSettings(start="09:00", end="17:00", hours=HoursBy.EVERY)
    rules = make_rules(shift, punches=PunchesBy.DOORS, entries=("front",), exits=("back",))
    seen = [
        visit("09:00", "09:00:10", source="front"),
        visit("12:00", "12:00:10", source="back"),
        visit("17:00", "17:00:10", source="back"),
    ]

    [row] = make_report(rules, seen)

    assert (row.last_out, row.working_s) == (at("12:00:10").astimezone(BERLIN), 3 * 3600 + 10)


def test_alternating_visits_are_in_and_out() -> None:
    shift = ShiftSettings(start="09:00", end="17:00", hours=HoursBy.EVERY)
    seen = [visit(clock, f"{clock[:5]}:40") for clock in ("09:00", "12:00", "13:00", "17:00")]
    again = visit("09:00:50", "09:00:55")  # within a minute: the same visit

    [row] = make_report(make_rules(shift, punches=PunchesBy.ALTERNATING), [seen[0], again, *seen[1:]])

    assert [punch.direction.value for punch in row.punches] == ["IN", "OUT", "IN", "OUT"]
    assert row.working_s == 7 * 3600


def test_single_entry_of_alternating_ones_has_no_check_out() -> None:
    [row] = make_report(make_rules(STRICT, punches=PunchesBy.ALTERNATING), [visit("09:00", "09:00:04")])

    assert (row.last_out, row.working_s, row.status) == (None, 0, DayStatus.ABSENT)


def test_named_roster_goes_before_everybodys() -> None:
    rules = make_rules(
        shifts={"office": ShiftSettings(start="09:00", end="17:00"), "late": ShiftSettings(start="14:00", end="22:00")},
        roster=(
            RosterSettings(shift="late", people=("Ada",), first_day=MONDAY, last_day=MONDAY),
            RosterSettings(shift="office"),
        ),
    )

    rows = make_report(rules, members=(ADA, BOB), days=days_between(MONDAY, MONDAY + timedelta(days=1)))

    assert [(row.person_name, row.shift) for row in rows] == [
        ("Ada", "late"),
        ("Bob", "office"),
        ("Ada", "office"),
        ("Bob", "office"),
    ]


def test_who_was_enrolled_later_is_not_absent_before() -> None:
    new = Member(person_id="p_new", name="Zoe", since=MONDAY + timedelta(days=1))

    rows = make_report(make_rules(), members=(new,), days=days_between(MONDAY, MONDAY + timedelta(days=1)))

    assert [row.day.day for row in rows] == [3]


def test_who_was_seen_before_the_enrolment_is_judged_on_those_days_alone() -> None:
    new = Member(person_id="p_new", name="Zoe", since=MONDAY + timedelta(days=2))
    days = days_between(MONDAY, MONDAY + timedelta(days=2))

    rows = make_report(make_rules(STRICT), [visit("09:30", "17:00", who=new)], members=(new,), days=days)

    assert [(row.day.day, row.status.value, row.late_s) for row in rows] == [(2, "present", 1800), (4, "absent", 0)]


def test_roster_with_a_first_day_holds_whenever_people_were_enrolled() -> None:
    new = Member(person_id="p_new", name="Zoe", since=MONDAY + timedelta(days=2))

    [row] = make_report(make_rules(roster=(RosterSettings(shift="office", first_day=MONDAY),)), members=(new,))

    assert row.status is DayStatus.ABSENT


def test_who_is_no_longer_enrolled_stays_where_seen() -> None:
    gone = Member(person_id="p_gone", name="Gone", since=MONDAY)

    [row] = make_report(make_rules(), [visit("09:00", "17:00", who=gone)], members=())

    assert (row.person_name, row.status) == ("Gone", DayStatus.PRESENT)


def test_who_is_no_longer_enrolled_is_absent_nowhere() -> None:
    gone = Member(person_id="p_gone", name="Gone", since=MONDAY)
    rules = make_rules(roster=(RosterSettings(shift="office", first_day=MONDAY),))

    rows = make_report(
        rules, [visit("09:00", "17:00", who=gone)], members=(), days=[MONDAY, MONDAY + timedelta(days=1)]
    )

    assert [(row.day, row.status) for row in rows] == [(MONDAY, DayStatus.PRESENT)]


def test_renamed_person_has_todays_name() -> None:
    old = Member(person_id="p_ada", name="Ada before", since=MONDAY)

    [row] = make_report(make_rules(), [visit("09:00", "17:00", who=old)])

    assert row.person_name == "Ada"


def test_codes_are_by_name_or_id() -> None:
    rows = make_report(make_rules(codes={"Ada": "HR-EMP-00001", "p_bob": "HR-EMP-00002"}), members=(ADA, BOB))

    assert [row.code for row in rows] == ["HR-EMP-00001", "HR-EMP-00002"]


def test_two_close_shifts_share_no_moment() -> None:
    tuesday = MONDAY + timedelta(days=1)
    rules = make_rules(
        shifts={
            "night": ShiftSettings(start="22:00", end="06:00", closes_min=240),
            "early": ShiftSettings(start="06:30", end="14:00"),
        },
        roster=(
            RosterSettings(shift="night", first_day=MONDAY, last_day=MONDAY),
            RosterSettings(shift="early", first_day=tuesday),
        ),
    )
    seen = [visit("22:00", "06:00", end_day=tuesday), visit("06:10", "14:00", day=tuesday)]

    first, second = make_report(rules, seen, days=[MONDAY, tuesday])

    assert (first.working_s / 3600, second.working_s / 60) == (8, 7 * 60 + 50)


def test_roster_of_a_shift_that_there_is_not_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"no shift 'nightly'.*office"):
        make_report(make_rules(roster=(RosterSettings(shift="nightly"),)))


def test_without_shifts_whoever_was_seen_is_present() -> None:
    [row] = make_report(AttendanceSettings(), [visit("07:00", "07:30"), visit("23:30", "23:59")])

    assert (row.status, row.shift, row.n_sightings, row.coverage) == (DayStatus.PRESENT, None, 2, 1.0)
    assert (row.first_in, row.last_out) == (at("07:00").astimezone(BERLIN), at("23:59").astimezone(BERLIN))


def test_month_of_many_is_exact() -> None:
    days = days_between(date(2026, 3, 1), date(2026, 3, 31))
    people = [Member(person_id=f"p_{n:03}", name=f"Person {n:03}", since=days[0]) for n in range(20)]
    seen = [
        visit(f"{9 + n % 3}:00", "17:00", who=who, day=day)
        for n, who in enumerate(people)
        for day in days
        if day.weekday() < 5 and (day.day + n) % 5
    ]

    rows = make_report(make_rules(STRICT), seen, members=people, days=days)

    workdays = [day for day in days if day.weekday() < 5]
    expected = {
        (day, who.person_id): (
            "absent" if (day.day + n) % 5 == 0 else "present",
            (n % 3) * 3600 if (day.day + n) % 5 else 0,
        )
        for n, who in enumerate(people)
        for day in workdays
    }
    assert {(r.day, r.person_id): (r.status.value, r.late_s) for r in rows if r.day in workdays} == expected
    assert len(rows) == 20 * 31
    assert {row.status.value for row in rows if row.day not in workdays} == {"weekly_off"}
