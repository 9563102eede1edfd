"""The pages of attendance, asked directly."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from httpx import Response
from openpyxl import load_workbook

from dashboards.web.access import Role
from dashboards.web.site import Site
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.people import People
from pipeline.schemas import RunKey
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import Clock
from tests.builders import make_coverage_row, make_sighting
from tests.dashboards.web.conftest import Browse

pytestmark = pytest.mark.slow

RUN = RunKey("f_0123456789abcdef", "r_0123456789abcdef")
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
SHIFT = {"name": "office", "start": "08:00", "end": "16:00", "days": ["mon", "tue"], "late_grace_min": "5"}


def write_record(site: Site, *, clock: Clock = Clock.ARGUMENT) -> None:
    """On Monday Ada worked and Bob came half an hour late; on Tuesday nobody did, and the camera stopped at noon."""
    site.control.encoder("dlib-resnet")
    People(site.control).enrol_all({"Ada": [], "=Bob": []})
    ids = {person.name: person.person_id for person in People(site.control).list_people()}
    spans = [("Ada", MONDAY, 8.0), ("=Bob", MONDAY + timedelta(minutes=30), 7.5)]
    rows = [
        replace(make_sighting(f"s_{n}", person=who, start=start, seconds=hours * 3600, clock=clock), person_id=ids[who])
        for n, (who, start, hours) in enumerate(spans)
    ]
    store = Store(site.data_dir)
    with store.staging() as staging:
        store.stage_sightings(staging, rows, RowFilter(source_id=RUN.source_id))
        store.stage_coverage(staging, [make_coverage_row(n) for n in (*range(8 * 60), *range(24 * 60, 28 * 60))])
        staging.publish()


@pytest.fixture
def kept(site: Site) -> Site:
    """A site with a record and no shifts."""
    write_record(site)
    return site


@pytest.fixture
def with_shift(kept: Site, browse: Browse) -> Site:
    """Everybody works eight hours from eight, on Mondays and Tuesdays; set on the page."""
    page = browse(Role.ADMIN)
    assert page.post("/attendance/settings/shifts", data=SHIFT).status_code == 200
    assert (
        page.post("/attendance/settings/roster", data={"shift": "office", "first_day": "2026-03-01"}).status_code == 200
    )
    return kept


def table(answer: Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_empty_record_says_what_to_do_next(browse: Browse) -> None:
    page = browse(Role.ADMIN).get("/attendance").text

    assert "Nobody known was seen" in page
    assert 'href="/attendance/settings"' in page


def test_nobody_sees_anything_without_signing_in(browse: Browse) -> None:
    assert browse(None).get("/attendance/table.csv").status_code == 401


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST])
def test_only_admins_set_shifts(browse: Browse, role: Role) -> None:
    page = browse(role)

    assert page.get("/attendance/settings").status_code == 403
    assert page.post("/attendance/settings/shifts", data=SHIFT).status_code == 403


def test_without_shifts_the_page_says_who_was_seen(kept: Site, browse: Browse) -> None:
    page = browse().get("/attendance?view=day&day=2026-03-02").text

    assert "Ada" in page
    assert "no shift" in page


def test_month_is_a_grid_of_letters(with_shift: Site, browse: Browse) -> None:
    page = browse(Role.VIEWER).get("/attendance?day=2026-03-02").text

    assert 'class="att-cell att-present" title="Mon 2 Mar: present · office · in 08:30, out 16:00 · 30 min late' in page
    assert "?" in page


def test_csv_is_the_table_of_the_page(with_shift: Site, browse: Browse) -> None:
    bob, ada = table(browse().get("/attendance/table.csv?view=week&day=2026-03-02"))

    assert (ada["person"], ada["2026-03-02"], ada["2026-03-03"]) == ("Ada", "P 08:00-16:00", "?")
    assert (bob["person"], bob["2026-03-02"], bob["days_late"]) == ("'=Bob", "P 08:30-16:00", "1")


def test_filters_of_the_page_are_those_of_the_file(with_shift: Site, browse: Browse) -> None:
    asked = "view=day&day=2026-03-02&what=late"

    [row] = table(browse().get(f"/attendance/table.csv?{asked}"))
    page = browse().get(f"/attendance?{asked}").text

    assert (row["person"], row["late_min"], row["status"]) == ("'=Bob", "30.0", "present")
    assert "=Bob" in page
    assert "Ada" not in page


def test_workbook_holds_the_same_as_text_and_numbers(with_shift: Site, browse: Browse) -> None:
    answer = browse().get("/attendance/table.xlsx?view=day&day=2026-03-02")

    header, first, _ = load_workbook(io.BytesIO(answer.content)).active.values
    row = dict(zip(header, first, strict=True))
    assert (row["person"], row["working_hours"], row["first_in"]) == ("=Bob", 7.5, datetime(2026, 3, 2, 8, 30))  # noqa: DTZ001 # XLSX has no zones


def test_check_ins_have_the_columns_of_hrms(with_shift: Site, browse: Browse) -> None:
    person = next(p.person_id for p in People(with_shift.control).list_people() if p.name == "Ada")
    browse().post("/attendance/settings/codes", data={"person": person, "code": "HR-EMP-00001"})

    rows = table(browse().get("/attendance/table.csv?day=2026-03-02&shape=hrms&q=ada&bom=1"))

    assert "1 person has no code" in browse().get("/attendance?day=2026-03-02").text
    assert [tuple(row.values())[1:3] for row in rows] == [("2026-03-02 08:00:00", "IN"), ("2026-03-02 16:00:00", "OUT")]
    assert list(rows[0]) == ["\ufeffEmployee", "Time", "Log Type", "Location / Device ID"]
    assert {row["\ufeffEmployee"] for row in rows} == {"HR-EMP-00001"}


def test_person_has_a_page_and_looking_is_noted(with_shift: Site, browse: Browse) -> None:
    person = People(with_shift.control).person("Ada")

    page = browse().get(f"/attendance/people/{person.person_id}?day=2026-03-02").text

    [entry] = [e for e in AuditLog(with_shift.control).read() if e.action == "attendance"]
    assert '8.0</b><span class="soft">working hours' in page
    assert (entry.who, entry.about, entry.detail) == ("ada", person.person_id, "March 2026")


def test_downloads_are_noted(with_shift: Site, browse: Browse) -> None:
    browse().get("/attendance/table.csv?day=2026-03-02&shape=punches")

    newest = AuditLog(with_shift.control).read()[0]
    assert (newest.action, newest.detail) == ("export attendance", "punches 2026-03-01 to 2026-03-31")


def test_guessed_times_are_left_out_and_named(site: Site, browse: Browse) -> None:
    write_record(site, clock=Clock.MTIME)

    page = browse().get("/attendance?day=2026-03-02").text

    assert "Nobody vouches for the time" in page
    assert 'href="/footage/f_0123456789abcdef#set-start"' in page


@pytest.mark.parametrize(
    ("asked", "words"),
    [("view=year", "view"), ("day=soon", "no day"), ("day=0001-01", "lies in the year 1"), ("what=tired", "tired")],
)
def test_wrong_addresses_are_told_in_words(browse: Browse, asked: str, words: str) -> None:
    answer = browse().get(f"/attendance?{asked}")

    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize(
    ("section", "form", "words"),
    [
        ("roster", {"shift": "nobody's"}, "a shift that there is"),
        ("choices", {"entries": ["front"], "exits": ["front"]}, "entry and exit"),
    ],
)
def test_what_does_not_go_together_changes_nothing(
    site: Site, browse: Browse, section: str, form: dict[str, str], words: str
) -> None:
    before = site.attendance.rules()

    answer = browse().post(f"/attendance/settings/{section}", data=form, headers={"HX-Request": "true"})

    assert (answer.status_code, words in answer.text) == (400, True)
    assert site.attendance.rules() == before


def test_holiday_leave_and_choices_are_kept_and_taken_away(with_shift: Site, browse: Browse) -> None:
    page = browse()
    page.post("/attendance/settings/holidays", data={"day": "2026-03-03", "name": "Carnival"})
    page.post("/attendance/settings/choices", data={"least_coverage_percent": "40", "take_mtime": "on"})
    rules = with_shift.attendance.rules()

    gone = page.delete("/attendance/settings/holidays/2026-03-03")

    assert (rules.holidays[0].name, rules.least_coverage, rules.take_mtime) == ("Carnival", 0.4, True)
    assert "Carnival" not in gone.text
    assert page.delete("/attendance/settings/holidays/2026-03-03").status_code == 404


def test_shift_with_a_roster_stays(with_shift: Site, browse: Browse) -> None:
    answer = browse().delete("/attendance/settings/shifts/office")

    assert answer.status_code == 400
    assert "office" in with_shift.attendance.rules().shifts


def test_new_sightings_show_at_once(with_shift: Site, browse: Browse) -> None:
    page = browse()
    before = page.get("/attendance?view=day&day=2026-03-03").text
    late = make_sighting("s_9", person="Ada", start=MONDAY + timedelta(days=1), seconds=60)
    store, ada = Store(with_shift.data_dir), People(with_shift.control).person("Ada")
    with store.staging() as staging:
        day = date(2026, 3, 3)
        wanted = RowFilter(source_id=RUN.source_id, first_day=day, last_day=day)
        store.stage_sightings(staging, [replace(late, person_id=ada.person_id)], wanted)
        staging.publish()

    after = page.get("/attendance?view=day&day=2026-03-03").text

    assert ("08:00</td>" in before, "08:00</td>" in after) == (False, True)
