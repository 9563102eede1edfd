"""How long a month of attendance takes: 500 people, 31 days, eight cameras, from Parquet files to rows, and to a page.

python -m tests.bench.attendance [FOLDER]      the folder is made when it is not there, and kept
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from starlette.testclient import TestClient

from dashboards.web.app import create_app
from dashboards.web.site import Site
from pipeline.attendance.making import Attendance
from pipeline.attendance.report import days_between
from pipeline.attendance.rules.settings import AttendanceSettings, RosterSettings, ShiftSettings
from pipeline.config import load_settings
from pipeline.control.database import Control, open_control
from pipeline.control.gallery.people import People
from pipeline.control.work.sources import NewSource, Sources
from pipeline.schemas import RunKey
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import Clock, CoverageRow, SightingRow, SourceKind
from tests.builders import make_coverage_row, make_sighting
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor

N_PEOPLE, N_CAMERAS = 500, 8
FIRST, LAST = date(2026, 5, 1), date(2026, 5, 31)
VISITS_A_DAY = 10
NOW = datetime(2026, 7, 1, tzinfo=UTC)
RULES = AttendanceSettings(
    shifts={
        "office": ShiftSettings(start="09:00", end="17:00", late_grace_min=10, half_day_below_h=4, absent_below_h=1)
    },
    roster=(RosterSettings(shift="office", first_day=FIRST),),
)


def main() -> None:
    """Print what was measured."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    if not (folder / "facetrail.db").exists():
        make_month(folder)
    control, days = open_control(folder), days_between(FIRST, LAST)
    office = Attendance(control, RULES, UTC)
    say("cold, from Parquet to rows", lambda: office.report(days, NOW))
    say("the same again, kept", lambda: office.report(days, NOW))
    change_last_day(folder)
    say("after new rows on the last day", lambda: office.report(days, NOW))
    settings = load_settings(data=folder, time_zone="UTC", attendance=RULES)
    app = create_app(Site(settings, control, "redis://localhost"), FixedDoorkeeper(make_visitor()))
    with TestClient(app, base_url="https://testserver") as browser:
        browser.get(f"/attendance?view=month&day={LAST}")
        for view in ("month", "week", "day"):
            page = partial(browser.get, f"/attendance?view={view}&day={LAST}")
            say(f"the page of a {view}", page)
            change_last_day(folder)
            say("the same after new rows", page)
    control.close()


def say(name: str, work: Callable[[], object]) -> None:
    """Print how long it took."""
    begun, begun_cpu = perf_counter(), process_time()
    work()
    wall_s, cpu_s = perf_counter() - begun, process_time() - begun_cpu
    sys.stdout.write(f"{name}: {wall_s:.2f} s, of the processor {cpu_s:.2f} s\n")


def change_last_day(folder: Path) -> None:
    """Put another file, which says the same, in the place of what each camera saw on the last day."""
    for path in sorted(folder.glob(f"*/date={LAST}/source=camera_*/*.parquet")):
        other = path.with_name(f".{path.name}")
        other.write_bytes(path.read_bytes())
        other.replace(path)


def make_month(folder: Path) -> None:
    """A data folder in which everybody came to most days of a month and was seen ten times on each."""
    control = open_control(folder)
    control.encoder("dlib-resnet")
    People(control).enrol_all({f"Person {number:03}": [] for number in range(N_PEOPLE)})
    for camera in range(N_CAMERAS):
        _add_camera(control, f"camera_{camera}")
    people = [(person.person_id, person.name) for person in People(control).list_people()]
    store, chance = Store(folder), random.Random(1)
    for day in days_between(FIRST, LAST):
        for camera in range(N_CAMERAS):
            _write_day(
                store, RunKey(f"camera_{camera}", f"r_{day:%d}_{camera}"), day, people[camera::N_CAMERAS], chance
            )
    control.close()


def _add_camera(control: Control, name: str) -> None:
    start = datetime(2026, 4, 1, tzinfo=UTC)
    new = NewSource(
        source_id=name, kind=SourceKind.LIVE, label=name, path=None, duration_s=None, start_ts=start, clock=Clock.LIVE
    )
    Sources(control).upsert(new)


def _write_day(store: Store, run: RunKey, day: date, people: list[tuple[str, str]], chance: random.Random) -> None:
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    rows = [row for who in people if chance.random() > 0.07 for row in _visits(run, begin, who, chance)]
    minutes: list[CoverageRow] = [
        replace(make_coverage_row(minute, run=run), minute_ts=begin + timedelta(minutes=minute))
        for minute in range(1440)
    ]
    with store.staging() as staging:
        store.stage_sightings(staging, rows, RowFilter(source_id=run.source_id, first_day=day, last_day=day))
        store.stage_coverage(staging, minutes)
        staging.publish()


def _visits(run: RunKey, begin: datetime, who: tuple[str, str], chance: random.Random) -> list[SightingRow]:
    moments = sorted(begin + timedelta(hours=chance.uniform(8.7, 17.3)) for _ in range(VISITS_A_DAY - 2))
    moments = [
        begin + timedelta(hours=chance.uniform(8.8, 9.4)),
        *moments,
        begin + timedelta(hours=chance.uniform(16.7, 17.4)),
    ]
    return [
        replace(
            make_sighting(f"s_{run.run_id}_{who[0]}_{number}", start=moment, seconds=chance.uniform(2, 90), run=run),
            person_id=who[0],
            person_name=who[1],
            source_kind=SourceKind.LIVE,
        )
        for number, moment in enumerate(moments)
    ]


if __name__ == "__main__":
    main()
