"""Attendance as tables for other programs."""

from __future__ import annotations

from pipeline.attendance.exporting import Shape, Table, cell_times, exported, seen_table, without_code
from pipeline.attendance.rows import AttendanceDay, DayStatus
from pipeline.attendance.rules.settings import PunchesBy, ShiftSettings
from pipeline.attendance.selecting import Selection, selection_of
from pipeline.reports.spreadsheet import cell_text
from tests.pipeline.attendance.builders import ADA, BOB, MONDAY, STRICT, make_report, make_rules, visit

LABELS = {"door": "Front door"}
SHIFT = ShiftSettings(start="09:00", end="17:00", late_grace_min=5)
RULES = make_rules(SHIFT, codes={"Ada": "HR-EMP-00001"})


def rows_of() -> list[AttendanceDay]:
    """Ada came twelve minutes late, Bob did not come."""
    return make_report(RULES, [visit("09:12", "17:00:30")], members=(ADA, BOB))


def table(shape: Shape, rows: list[AttendanceDay]) -> Table:
    return exported(rows, shape, days=[MONDAY], labels=LABELS)


def test_no_rows_are_a_header() -> None:
    assert [table(shape, []).rows for shape in Shape] == [()] * len(Shape)


def test_daily_report_has_a_row_for_everybody() -> None:
    found = table(Shape.DAILY, rows_of())

    ada, bob = (dict(zip(found.header, row, strict=True)) for row in found.rows)
    assert (ada["code"], ada["status"], ada["late_min"], ada["working_hours"]) == ("HR-EMP-00001", "present", 12, 7.81)
    assert (ada["in_source"], ada["coverage"]) == ("Front door", 1.0)
    assert (bob["status"], bob["first_in"], bob["sightings"]) == ("absent", None, 0)


def test_check_ins_for_hrms_are_local_times_to_the_second() -> None:
    found = table(Shape.HRMS, rows_of())

    assert found.header == ("Employee", "Time", "Log Type", "Location / Device ID")
    assert found.rows == (
        ("HR-EMP-00001", "2026-03-02 09:12:00", "IN", "Front door"),
        ("HR-EMP-00001", "2026-03-02 17:00:30", "OUT", "Front door"),
    )


def test_the_same_check_in_is_not_given_twice() -> None:
    rules = make_rules(SHIFT, punches=PunchesBy.DOORS, entries=("door", "side"), exits=("back",))
    seen = [visit("09:00", "09:01"), visit("09:00", "09:02", source="side")]

    rows = exported(make_report(rules, seen), Shape.HRMS, days=[MONDAY], labels={}).rows

    assert [row[1:] for row in rows] == [("2026-03-02 09:00:00", "IN", "door")]


def test_punches_carry_their_offset() -> None:
    first, _ = table(Shape.PUNCHES, rows_of()).rows

    assert [str(cell) for cell in first] == ["Ada", "HR-EMP-00001", "2026-03-02 09:12:00+01:00", "IN", "Front door"]


def test_month_is_a_row_a_person() -> None:
    found = table(Shape.MONTH, rows_of())

    ada, bob = (dict(zip(found.header, row, strict=True)) for row in found.rows)
    assert (ada["2026-03-02"], ada["days_present"], ada["days_late"]) == ("P +12", 1, 1)
    assert (bob["2026-03-02"], bob["days_absent"], bob["working_hours"]) == ("A", 1, 0)


def test_half_day_is_half_a_day_present() -> None:
    rows = make_report(make_rules(STRICT), [visit("09:00", "13:00")])

    found = table(Shape.MONTH, rows)

    assert dict(zip(found.header, found.rows[0], strict=True))["days_present"] == 0.5


def test_grids_are_plain_ascii_and_no_formulas() -> None:
    letters = [status.letter for status in DayStatus]

    assert "".join(letters).isascii()
    assert [cell_text(letter) for letter in letters] == letters
    assert cell_times(rows_of()[0]) == "P 09:12-17:00"


def test_who_was_seen_leaves_out_who_was_not() -> None:
    assert [row[1] for row in seen_table(rows_of()).rows] == ["Ada"]


def test_names_without_a_code_are_known() -> None:
    rows = make_report(RULES, [visit("09:00", "17:00"), visit("09:00", "17:00", who=BOB)], members=(ADA, BOB))

    assert without_code(rows) == ["Bob"]


def test_selections_pick_rows() -> None:
    rows = rows_of()

    assert selection_of().rows(rows) == rows
    assert [row.person_name for row in selection_of(what=["absent"]).rows(rows)] == ["Bob"]
    assert [row.person_name for row in selection_of(what=["late"], shift="office").rows(rows)] == ["Ada"]
    assert [row.person_name for row in selection_of(text="emp-00001").rows(rows)] == ["Ada"]
    assert [row.person_name for row in Selection(person_id="p_bob").rows(rows)] == ["Bob"]
    assert selection_of(shift="-").rows(rows) == []
