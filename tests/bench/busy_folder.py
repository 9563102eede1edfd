"""A data folder with a million sightings, as a site of a month has it: whatever pages read, short of pictures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Table, insert, update

from pipeline.attendance.rules.settings import RosterSettings, ShiftSettings
from pipeline.control.attendance import Section, StoredAttendance
from pipeline.control.database import Control, open_control
from pipeline.control.live.cameras import Cameras, StoredCamera
from pipeline.control.tables import audit, folder, person_names, person_references, persons, runs, sources, unknowns
from pipeline.control.work.run_records import NewRun, RunState
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import NewSource, Sources
from pipeline.options import AnalysisOptions
from pipeline.schemas import RunKey
from pipeline.sightings.record.columns import COVERAGE_COLUMNS
from pipeline.sightings.record.files import Part, to_bytes
from pipeline.sightings.rows import Clock, SourceKind
from pipeline.video.live.connecting.address import RtspTransport
from tests.builders_catalogue import BusySite, write_busy_site
from tests.builders_templates import make_templates

ENCODER = "sface"
PICTURES_EACH = 3
"""Reference pictures of a person."""
MINUTES_A_DAY = 24 * 60
MINUTES_A_FILE = 60
SAMPLES_A_MINUTE = 300
N_AUDIT_ROWS = 100_000
WHO = "ada"


def make_busy_folder(data_dir: Path, site: BusySite) -> None:
    """Write the record of a site, and a control database that knows everybody and everything in it."""
    write_busy_site(data_dir, site)
    _write_coverage(data_dir, site)
    control = open_control(data_dir)
    control.encoder(ENCODER)
    _add_people(control, site)
    _add_unknowns(control, site)
    _add_cameras(control, site)
    _add_footage(control, site)
    _add_shift(control, site)
    _add_audit_rows(control, site)
    control.close()


def person_id(number: int) -> str:
    """The id of the person of that number."""
    return f"p_{number:012x}"


def _add_people(control: Control, site: BusySite) -> None:
    ids = [person_id(number) for number in range(site.n_people)]
    named = [{"person_id": each, "name": _name(each), "added_version": 1, "removed_version": None} for each in ids]
    _insert(control, persons, ({"person_id": each, "created_at": site.first_day} for each in ids))
    _insert(control, person_names, named)
    _insert(control, person_references, _references(ids, site.first_day))
    with control.writing() as transaction:
        transaction.connection.execute(update(folder).values(gallery_version=1))


def _references(ids: list[str], at: datetime) -> Iterator[dict[str, object]]:
    """Pictures of each person that are alike, without being the same."""
    looks = make_templates(len(ids))
    noise = make_templates(len(ids) * PICTURES_EACH, seed=1)
    for place, vector in enumerate(noise):
        owner = place // PICTURES_EACH
        embedding = looks[owner] + 0.5 * vector
        digest = f"{place:064x}"
        yield {
            "person_id": ids[owner],
            "encoder": ENCODER,
            "image_sha256": digest,
            "image_ref": f"people/{ids[owner]}/{digest}.jpg",
            "quality": 0.8,
            "embedding": (embedding / np.linalg.norm(embedding)).astype("<f4").tobytes(),
            "added_at": at,
            "added_version": 1,
            "removed_version": None,
        }


def _add_unknowns(control: Control, site: BusySite) -> None:
    templates = make_templates(site.n_unknowns, seed=2)
    known = (
        {
            "unknown_id": f"unknown-{number:04d}",
            "encoder": ENCODER,
            "number": number,
            "n_templates": 5,
            "template": template.astype("<f4").tobytes(),
            "alias_of": None,
        }
        for number, template in enumerate(templates, start=1)
    )
    _insert(control, unknowns, known)
    with control.writing() as transaction:
        transaction.connection.execute(update(folder).values(unknowns_version=1))


def _add_cameras(control: Control, site: BusySite) -> None:
    for place, name in enumerate(site.cameras):
        address = f"rtsp://192.0.2.{place + 1}/stream1"
        camera = StoredCamera(
            name=name, url=address, enabled=True, rtsp_transport=RtspTransport.TCP, added_at=site.first_day
        )
        Cameras(control).add(camera)
        _add_source(control, name, SourceKind.LIVE, site.first_day)
    _add_runs(control, [(name, begin) for name in site.cameras for begin in site.days], site)


def _add_footage(control: Control, site: BusySite) -> None:
    for source, begin in site.files:
        _add_source(control, source, SourceKind.FILE, begin)
    _add_runs(control, site.files, site)


def _add_source(control: Control, source: str, kind: SourceKind, begin: datetime) -> None:
    is_file = kind is SourceKind.FILE
    new = NewSource(
        source_id=source,
        kind=kind,
        label=f"{source}.mp4" if is_file else source,
        path=f"/srv/recordings/{source}.mp4" if is_file else None,
        duration_s=3600.0 if is_file else None,
        start_ts=begin,
        clock=Clock.ARGUMENT if is_file else Clock.LIVE,
    )
    Sources(control).upsert(new)


def _add_runs(control: Control, of_days: list[tuple[str, datetime]], site: BusySite) -> None:
    """Runs that are done; the latest of a source is the one that stands in the record."""
    options = AnalysisOptions().to_json()
    for source, begin in of_days:
        run = RunKey(source, site.run_of(source, begin))
        Runs(control).submit(NewRun(run=run, options_json=options, encoder=ENCODER, gallery_version=1, start_ts=begin))
        _finish(control, run)


def _finish(control: Control, run: RunKey) -> None:
    done = {"state": RunState.DONE.value, "next_chunk": 1125, "n_chunks": 1125, "n_samples": 18000}
    with control.writing() as transaction:
        connection = transaction.connection
        connection.execute(update(runs).where(runs.c.run_id == run.run_id).values(done))
        mine = sources.c.source_id == run.source_id
        connection.execute(update(sources).where(mine).values(current_run_id=run.run_id))


def _add_shift(control: Control, site: BusySite) -> None:
    rules = StoredAttendance(control)
    rules.put(Section.SHIFTS, "office", ShiftSettings(start="09:00", end="17:00", late_grace_min=10), by=WHO)
    rules.put(Section.ROSTER, "", RosterSettings(shift="office", first_day=site.first_day.date()), by=WHO)


def _add_audit_rows(control: Control, site: BusySite) -> None:
    rows = (
        {
            "at": site.first_day + timedelta(seconds=20 * number),
            "who": WHO,
            "action": "timeline",
            "about": person_id(number % site.n_people),
            "image_sha256": None,
            "detail": "",
        }
        for number in range(N_AUDIT_ROWS)
    )
    _insert(control, audit, rows)


def _insert(control: Control, table: Table, rows: Any) -> None:
    with control.writing() as transaction:
        transaction.connection.execute(insert(table), list(rows))


def _write_coverage(data_dir: Path, site: BusySite) -> None:
    """Every minute of every camera, up to now, and of the footage; all was looked at."""
    now = datetime.now(UTC)
    for begin in site.days:
        n_minutes = min(MINUTES_A_DAY, max(0, int((now - begin).total_seconds() // 60)))
        for source in site.cameras:
            _write_minutes(data_dir, RunKey(source, site.run_of(source, begin)), begin, n_minutes)
    for source, begin in site.files:
        _write_minutes(data_dir, RunKey(source, site.run_of(source, begin)), begin, MINUTES_A_FILE)


def _write_minutes(data_dir: Path, run: RunKey, begin: datetime, n_minutes: int) -> None:
    minutes = np.arange(n_minutes)
    given = {
        "source_id": [run.source_id] * n_minutes,
        "run_id": [run.run_id] * n_minutes,
        "minute": minutes,
        "minute_ts": int(begin.timestamp() * 1_000_000) + minutes * 60_000_000,
        "expected": np.full(n_minutes, SAMPLES_A_MINUTE),
        "decoded": np.full(n_minutes, SAMPLES_A_MINUTE),
        "camera_down_s": np.zeros(n_minutes),
    }
    nothing = np.zeros(n_minutes, np.int64)
    schema = COVERAGE_COLUMNS.schema
    arrays = [_array(given.get(field.name, nothing), field.type) for field in schema]
    path = Part(data_dir / "coverage").day_file(run.source_id, begin)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(to_bytes(pa.Table.from_arrays(arrays, schema=schema)))


def _array(values: Any, kind: Any) -> Any:
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)


def _name(of: str) -> str:
    return of.replace("p_", "Person ")
