"""Attendance of a data folder: record, people and rules brought together, and the reports that were made last kept."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

import msgspec

from pipeline.attendance.evidence.gathering import counting_visits, evidence_of
from pipeline.attendance.evidence.record import COVERAGE, SIGHTINGS, AttendanceRecord, FileVersion, RecordedVisit
from pipeline.attendance.evidence.world import World, read_world
from pipeline.attendance.report import needed_span, report
from pipeline.attendance.rows import AttendanceDay
from pipeline.attendance.rules.combining import combined
from pipeline.attendance.rules.roster import strangers
from pipeline.attendance.rules.settings import AttendanceSettings
from pipeline.attendance.rules.windows import midnight
from pipeline.control.attendance import StoredAttendance
from pipeline.control.database import Control
from pipeline.errors import ReportRefused
from pipeline.sightings.rows import Clock

REPORTS_KEPT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceReport:
    """Rows of some days, and what is needed to show them."""

    days: tuple[date, ...]
    rows: tuple[AttendanceDay, ...]
    """By day, name and id."""
    rules: AttendanceSettings
    """With the ids of cameras and footage in the place of their labels."""
    labels: Mapping[str, str]
    """Source id -> label."""
    guessed: tuple[str, ...]
    """Labels of the footage that was left out, since nobody vouches for its time."""
    strangers: tuple[str, ...]
    """Names in rosters, leave and codes that nobody has (any more)."""


@dataclass(frozen=True, slots=True)
class _Basis:
    """All that a report depends on."""

    days: tuple[date, ...]
    now: datetime
    rules: AttendanceSettings
    world: World
    sightings: list[FileVersion]
    coverage: list[FileVersion]

    def key(self, last_begins: date) -> str:
        """A digest; the moment is part of it only while the days asked for are not over."""
        moment = self.now.replace(second=0, microsecond=0) if self.days[-1] >= last_begins else None
        sources = [(s.source_id, s.label, s.current_run_id, s.created_at) for s in self.world.sources.values()]
        parts = (self.days, moment, self.rules, self.world.members, sources, sorted(self.world.cameras))
        files = [(str(file.path), file.mtime_ns, file.size, file.inode) for file in (*self.sightings, *self.coverage)]
        return hashlib.sha256(msgspec.json.encode((parts, files))).hexdigest()


class Attendance:
    """Makes the reports of one data folder; for all threads of a process."""

    def __init__(
        self, control: Control, from_file: AttendanceSettings, zone: tzinfo, cameras: Iterable[str] = ()
    ) -> None:
        """`cameras`: those that the settings file enables; the database knows the others."""
        self._control, self._from_file, self._zone = control, from_file, zone
        self._cameras = frozenset(cameras)
        self._record = AttendanceRecord(control.data_dir)
        self._made: OrderedDict[str, AttendanceReport] = OrderedDict()
        self._lock = threading.Lock()

    def rules(self) -> AttendanceSettings:
        """What the settings file and the page say together; raises `SettingsError` when they contradict each other."""
        return combined(self._from_file, StoredAttendance(self._control).settings())

    def world(self) -> World:
        """People, cameras and footage as they are now."""
        return read_world(self._control, self._cameras, self._zone)

    def report(self, days: Sequence[date], now: datetime, sources: Sequence[str] = ()) -> AttendanceReport:
        """The report of consecutive days, by these sources (ids) alone if any are named.

        Footage whose time is a file's modification time is left out and named, unless the rules take it. Raises
        `StoreDamaged`, and `SettingsError` for rules that contradict each other.
        """
        return self.report_by(self.rules(), days, now, sources)

    def report_by(
        self, rules: AttendanceSettings, days: Sequence[date], now: datetime, sources: Sequence[str] = ()
    ) -> AttendanceReport:
        """The report by other rules than the stored ones."""
        world = self.world()
        rules = world.resolved(rules)
        rules = replace(rules, sources=tuple(sources) or rules.sources)
        first, last = needed_span(days, self._zone)
        files = (self._record.files(part, first, last) for part in (SIGHTINGS, COVERAGE))
        basis = _Basis(tuple(days), now, rules, world, *files)
        key = basis.key(first_open_day(now, self._zone))
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = self._make(basis)
        with self._lock:
            self._made[key] = made
            while len(self._made) > REPORTS_KEPT:
                self._made.popitem(last=False)
        return made

    def _make(self, basis: _Basis) -> AttendanceReport:
        visits, minutes = self._record.visits(basis.sightings), self._record.minutes(basis.coverage)
        evidence = evidence_of(basis.rules, basis.world, visits, minutes)
        rows = report(basis.rules, basis.world.members, evidence, days=basis.days, zone=self._zone, now=basis.now)
        guessed = () if basis.rules.take_mtime else self._guessed(basis, visits)
        labels = basis.world.labels
        return AttendanceReport(
            days=basis.days,
            rows=tuple(rows),
            rules=basis.rules,
            labels=labels,
            guessed=tuple(labels.get(source_id, source_id) for source_id in guessed),
            strangers=strangers(basis.rules, basis.world.members),
        )

    def _guessed(self, basis: _Basis, visits: Iterable[RecordedVisit]) -> tuple[str, ...]:
        """Ids of the footage with sightings on these days whose time is a guess."""
        begin, end = (midnight(day, self._zone) for day in (basis.days[0], basis.days[-1] + timedelta(days=1)))
        counting = counting_visits(basis.rules, basis.world, visits)
        guesses = (recorded.visit for recorded in counting if recorded.clock is Clock.MTIME)
        return tuple(sorted({visit.source_id for visit in guesses if visit.end_ts >= begin and visit.start_ts < end}))


def first_open_day(now: datetime, zone: tzinfo) -> date:
    """The first day whose report may change by the mere passing of time: a shift of yesterday may last until today."""
    return date.fromordinal(now.astimezone(zone).date().toordinal() - 2)


def refuse_guesses(made: AttendanceReport) -> None:
    """Raise `ReportRefused` when footage was left out because nobody vouches for its time."""
    if made.guessed:
        raise ReportRefused(
            f"nobody vouches for the time of {', '.join(made.guessed)}: it is the file's modification time, which "
            "copying changes. Set the start with `facetrail source set-start SOURCE TIME`, or accept it with "
            "--allow-mtime"
        )
