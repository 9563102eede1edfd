"""What the pages of attendance show."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboards.web.attendance.views import axis_of, counts_of, day_lines, grid_of, own_lines, people_of
from pipeline.attendance.rows import Member
from tests.pipeline.attendance.builders import ADA, BOB, MONDAY, at, camera, make_report, make_rules, visit


def test_nothing_to_report_is_nothing_to_show() -> None:
    assert (counts_of([]), people_of([], 1), grid_of([], [MONDAY], with_times=False)) == ([], ([], 0), [])
    assert (axis_of([]), day_lines([])) == (None, (None, []))


def test_counts_leave_out_what_there_is_none_of() -> None:
    rows = make_report(make_rules(), [visit("09:20", "17:00")], members=(ADA, BOB))

    assert [(count.word, count.number) for count in counts_of(rows)] == [("present", 1), ("absent", 1), ("late", 1)]


def test_people_come_page_by_page_in_order_of_names() -> None:
    crowd = [Member(person_id=f"p_{n:03}", name=f"Person {n:03}", since=MONDAY) for n in range(60)]

    rows, n_people = people_of(make_report(make_rules(), members=crowd), 2)

    assert (n_people, rows[0].person_name, len(rows)) == (60, "Person 050", 10)


def test_bars_lie_on_one_axis_of_full_hours() -> None:
    door = camera((at("08:00"), at("12:00")))
    rows = make_report(make_rules(), [visit("09:00", "10:00")], cameras=[door])

    axis, [line] = day_lines(rows)

    assert axis is not None
    assert (f"{axis.begin:%H:%M}", f"{axis.end:%H:%M}") == ("08:00", "18:00")
    assert line.shift is not None
    assert (line.shift.left, line.shift.width) == (10.0, 80.0)
    assert [(bar.left, bar.width) for bar in line.visits] == [(10.0, 10.0)]
    assert [(bar.left, bar.width) for bar in line.gaps] == [(40.0, 50.0)]


def test_moments_stay_visible() -> None:
    _, [line] = day_lines(make_report(make_rules(), [visit("09:00", "09:00:01")]))

    assert line.visits[0].width == pytest.approx(0.4)


def test_day_off_without_anybody_has_a_line_without_bars() -> None:
    saturday = MONDAY + timedelta(days=5)

    [line] = own_lines(make_report(make_rules(), days=[saturday]))

    assert (line.shift, line.visits, line.row.status.words) == (None, (), "weekly off")


def test_grid_says_a_day_in_words() -> None:
    [line] = grid_of(make_report(make_rules(), [visit("09:20", "17:00")]), [MONDAY], with_times=True)

    [cell] = line.cells
    assert cell is not None
    assert (cell.text, cell.kind, line.totals.present, line.totals.late) == ("P 09:20-17:00", "present", 1.0, 1)
    assert cell.title == "Mon 2 Mar: present · office · in 09:20, out 17:00 · 20 min late · 100% watched"
