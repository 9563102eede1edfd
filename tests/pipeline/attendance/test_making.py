"""Attendance from a data folder: files, people, cameras and rules together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.attendance.making import Attendance, refuse_guesses
from pipeline.attendance.report import days_between
from pipeline.attendance.rules.settings import WEEK, AttendanceSettings, RosterSettings, ShiftSettings
from pipeline.control.database import Control, open_control
from pipeline.control.gallery.people import People
from pipeline.control.live.cameras import Cameras, StoredCamera
from pipeline.control.work.sources import NewSource, Sources
from pipeline.errors import ReportRefused, SettingsError
from pipeline.schemas import RunKey
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import Clock, SightingRow, SourceKind
from pipeline.video.live.connecting.address import RtspTransport
from tests.builders import START, make_coverage_row, make_sighting

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 2)
LATER = datetime(2026, 6, 1, tzinfo=UTC)
DOOR = RunKey("door", "r_door")
RULES = AttendanceSettings(
    shifts={"early": ShiftSettings(start="08:00", end="12:00")},
    roster=(RosterSettings(shift="early", people=("Ada",)),),
)
EVERY_DAY = replace(RULES, shifts={"early": ShiftSettings(start="08:00", end="12:00", days=WEEK)})


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    """A data folder in which Ada is enrolled."""
    made = open_control(tmp_path)
    made.encoder("dlib-resnet")
    People(made).enrol("Ada", [])
    yield made
    made.close()


def add_source(control: Control, source_id: str, kind: SourceKind) -> None:
    Sources(control).upsert(
        NewSource(
            source_id=source_id,
            kind=kind,
            label=source_id,
            path=None,
            duration_s=None,
            start_ts=START,
            clock=Clock.LIVE,
        )
    )


def watch(control: Control, hours: float, run: RunKey = DOOR, *, day: int = 0) -> None:
    """Let a source watch from eight on, so many days after the first."""
    store, first = Store(control.data_dir), day * 24 * 60
    with store.staging() as staging:
        minutes = range(first, first + round(hours * 60))
        store.stage_coverage(staging, [make_coverage_row(minute, run=run) for minute in minutes])
        staging.publish()


def see(control: Control, *rows: SightingRow, run: RunKey = DOOR) -> None:
    """Let a source have seen Ada, by her id."""
    ada, store = People(control).person("Ada").person_id, Store(control.data_dir)
    with store.staging() as staging:
        known = [replace(row, person_id=ada, source_id=run.source_id, run_id=run.run_id) for row in rows]
        store.stage_sightings(staging, known, RowFilter(source_id=run.source_id))
        staging.publish()


def status(control: Control, rules: AttendanceSettings = RULES, *, cameras: tuple[str, ...] = ()) -> str:
    [row] = Attendance(control, rules, UTC, cameras).report([DAY], LATER).rows
    return row.status.value


def test_empty_folder_knows_nothing_of_anybody(control: Control) -> None:
    assert status(control) == "no_data"


def test_nobody_came_while_the_camera_watched(control: Control) -> None:
    add_source(control, "door", SourceKind.LIVE)
    watch(control, 4)

    assert status(control) == "absent"


def test_camera_that_the_settings_name_and_that_never_ran_was_down(control: Control) -> None:
    add_source(control, "door", SourceKind.LIVE)
    watch(control, 4)

    assert status(control, replace(RULES, sources=("door", "yard")), cameras=("yard",)) == "no_data"


def test_camera_that_is_known_and_was_never_read_was_down(control: Control) -> None:
    add_source(control, "door", SourceKind.LIVE)
    watch(control, 4)

    assert status(control, cameras=("yard",)) == "no_data"


def test_camera_that_was_entered_later_had_not_to_watch_before(control: Control) -> None:
    add_source(control, "door", SourceKind.LIVE)
    watch(control, 4)
    yard = StoredCamera(
        name="yard", url="rtsp://localhost/yard", enabled=True, rtsp_transport=RtspTransport.TCP, added_at=LATER
    )
    Cameras(control).add(yard)

    assert status(control) == "absent"


def test_camera_that_nobody_knows_is_named(control: Control) -> None:
    with pytest.raises(SettingsError, match="no camera or footage 'hall'"):
        status(control, replace(RULES, sources=("hall",)))


def test_footage_of_an_older_run_does_not_count(control: Control) -> None:
    add_source(control, "f_0123456789abcdef", SourceKind.FILE)
    old = RunKey("f_0123456789abcdef", "r_old")
    watch(control, 4, old)
    see(control, make_sighting(seconds=4 * 3600), run=old)
    before = status(control)

    with control.writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE sources SET current_run_id = 'r_new'")

    assert (before, status(control)) == ("present", "no_data")


def test_guessed_times_count_only_when_told(control: Control) -> None:
    add_source(control, "door", SourceKind.FILE)
    see(control, make_sighting(seconds=4 * 3600, clock=Clock.MTIME))
    office = Attendance(control, RULES, UTC)

    refused = office.report([DAY], LATER)
    taken = office.report_by(replace(RULES, take_mtime=True), [DAY], LATER)

    assert (refused.guessed_labels, taken.guessed, taken.rows[0].status.value) == (("door",), (), "present")
    with pytest.raises(ReportRefused, match=r"door.*set-start.*--allow-mtime"):
        refuse_guesses(refused)


def test_guessed_times_of_other_days_are_no_hindrance(control: Control) -> None:
    see(control, make_sighting(seconds=60, clock=Clock.MTIME))

    assert Attendance(control, RULES, UTC).report([DAY + timedelta(days=1)], LATER).guessed == ()


def test_days_are_kept_until_anything_changes(control: Control) -> None:
    office = Attendance(control, RULES, UTC)
    first = office.report([DAY], LATER)
    again = office.report([DAY], LATER + timedelta(days=1))

    People(control).rename("Ada", "Ada Lovelace")
    renamed = office.report([DAY], LATER)

    assert again.rows[0] is first.rows[0]
    assert (renamed.rows, renamed.strangers) == ((), ("Ada",))  # the roster names somebody who is called otherwise now


def test_new_rows_of_one_day_leave_the_days_before_as_they_were_made(control: Control) -> None:
    """The day after is looked at again, since a visit may last into it."""
    add_source(control, "door", SourceKind.LIVE)
    office, week = Attendance(control, RULES, UTC), days_between(DAY, DAY + timedelta(days=4))
    before = office.report(week, LATER).rows

    see(control, make_sighting(start=START + timedelta(days=3), seconds=4 * 3600))
    after = office.report(week, LATER).rows

    assert [old is new for old, new in zip(before, after, strict=True)] == [True, True, True, False, False]
    assert after[3].n_sightings == 1


def test_day_that_was_looked_at_too_early_is_judged_when_it_is_over(control: Control) -> None:
    office = Attendance(control, RULES, UTC)

    early, late = (office.report([DAY], now).rows for now in (START - timedelta(days=9), LATER))

    assert (early, [row.status.value for row in late]) == ((), ["no_data"])


def test_camera_that_was_taken_away_had_to_watch_until_its_last_picture(control: Control) -> None:
    """From the second day on it was down; it was back on the fifth, and then taken away. Views agree on each day."""
    add_source(control, "door", SourceKind.LIVE)
    add_source(control, "gone", SourceKind.LIVE)
    with control.writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE sources SET created_at = '2026-03-01 12:00:00.000000'")
    for day in range(8):
        watch(control, 4, day=day)
    watch(control, 4, RunKey("gone", "r_1"), day=0)
    watch(control, 4, RunKey("gone", "r_2"), day=4)
    office, week = Attendance(control, EVERY_DAY, UTC, cameras=("door",)), days_between(DAY, DAY + timedelta(days=7))

    alone = [office.report([day], LATER).rows[0].coverage for day in week]
    together = [row.coverage for row in Attendance(control, EVERY_DAY, UTC, ("door",)).report(week, LATER).rows]

    assert alone == together == [1.0, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0]


def test_visit_over_midnight_is_found_in_the_file_of_the_day_before(control: Control) -> None:
    start = datetime(2026, 3, 1, 22, tzinfo=UTC)
    see(control, make_sighting(start=start, seconds=12 * 3600))

    [row] = Attendance(control, RULES, UTC).report([DAY], LATER).rows

    assert (row.first_in, row.working_s) == (datetime(2026, 3, 2, 7, tzinfo=UTC), 3 * 3600)


def test_only_the_sources_asked_for_count(control: Control) -> None:
    add_source(control, "door", SourceKind.LIVE)
    see(control, make_sighting(seconds=4 * 3600))

    rows = Attendance(control, RULES, UTC).report([DAY], LATER, sources=["yard"]).rows

    assert [row.n_sightings for row in rows] == [0]
