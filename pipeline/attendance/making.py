"""Attendance of a data folder: rules, people, cameras and the record brought together into reports of any days.

A report is the sum of its days, and a day is the same in whichever report it stands: it is made of its own files alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cache

import msgspec

from pipeline.attendance.days import DayBasis, FootageFacts, KeptDays, MadeDay
from pipeline.attendance.evidence.gathering import evidence_of, guessed_sources
from pipeline.attendance.evidence.record import COVERAGE, SIGHTINGS, AttendanceRecord, FileVersion, RecordedRun
from pipeline.attendance.evidence.world import World, read_world
from pipeline.attendance.report import needed_files, report
from pipeline.attendance.rows import AttendanceDay, Evidence
from pipeline.attendance.rules.combining import combined
from pipeline.attendance.rules.roster import strangers
from pipeline.attendance.rules.settings import AttendanceSettings
from pipeline.attendance.rules.windows import midnight, reach_of
from pipeline.control.attendance import StoredAttendance
from pipeline.control.database import Control
from pipeline.errors import ReportRefused
from pipeline.sightings.rows import SourceKind


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
    """Ids of the footage that was left out, since nobody vouches for its time."""
    strangers: tuple[str, ...]
    """Names in rosters, leave and codes that nobody has (any more)."""

    @property
    def guessed_labels(self) -> tuple[str, ...]:
        """What the footage that was left out is called."""
        return tuple(self.labels.get(source_id, source_id) for source_id in self.guessed)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a report is asked of: rules and the world at one moment, and the record's files, each looked up once."""

    rules: AttendanceSettings
    world: World
    now: datetime
    digest: str
    """Of the rules, the people and the cameras."""
    files: Callable[[str, date], tuple[FileVersion, ...]]


class Attendance:
    """Makes the reports of one data folder; for all threads of a process."""

    def __init__(
        self, control: Control, from_file: AttendanceSettings, zone: tzinfo, cameras: Iterable[str] = ()
    ) -> None:
        """`cameras`: those that the settings file enables; the database knows the others."""
        self._control, self._from_file, self._zone = control, from_file, zone
        self._cameras = frozenset(cameras)
        self._record = AttendanceRecord(control.data_dir)
        self._kept = KeptDays()

    def rules(self) -> AttendanceSettings:
        """What the settings file and the page say together; raises `SettingsError` when they contradict each other."""
        return combined(self._from_file, StoredAttendance(self._control).settings())

    def world(self) -> World:
        """People, cameras and footage as they are now."""
        return read_world(self._control, self._record, self._cameras, self._zone)

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
        asked = _Asked(rules, world, now, _digest(rules, world), cache(self._record.files))
        made = [self._day(asked, day) for day in days]
        return AttendanceReport(
            days=tuple(days),
            rows=tuple(row for day in made for row in day.rows),
            rules=rules,
            labels=world.labels,
            guessed=tuple(sorted(frozenset().union(*(day.guessed for day in made)))),
            strangers=strangers(rules, world.members),
        )

    def _day(self, asked: _Asked, day: date) -> MadeDay:
        reach = reach_of(day, asked.rules.shifts.values(), self._zone)
        utc_days = needed_files(reach)
        sightings, coverage = (
            [file for utc_day in utc_days for file in asked.files(part, utc_day)] for part in (SIGHTINGS, COVERAGE)
        )
        until = min(max(asked.now.replace(second=0, microsecond=0), reach.opens), reach.closes)
        basis = DayBasis((*sightings, *coverage), _footage_facts(asked.world, (*sightings, *coverage)), until)

        def make() -> MadeDay:
            runs, minutes = self._record.runs(sightings), self._record.minutes(coverage)
            evidence = evidence_of(asked.rules, asked.world, runs, minutes, reach.opens)
            return self._make(asked, day, runs, evidence)

        return self._kept.day(day, asked.digest, basis, make)

    def _make(self, asked: _Asked, day: date, runs: Sequence[RecordedRun], evidence: Evidence) -> MadeDay:
        rules, world = asked.rules, asked.world
        rows = report(rules, world.members, evidence, days=[day], zone=self._zone, now=asked.now)
        begin, end = (midnight(each, self._zone) for each in (day, day + timedelta(days=1)))
        return MadeDay(tuple(rows), guessed_sources(rules, world, runs, begin, end))


def _digest(rules: AttendanceSettings, world: World) -> str:
    """Of all that every day depends on."""
    connected = [(s.source_id, s.label, s.created_at) for s in world.sources.values() if s.kind is SourceKind.LIVE]
    parts = (rules, world.members, connected, sorted(world.cameras.items()), sorted(world.ended.items()))
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _footage_facts(world: World, files: Iterable[FileVersion]) -> tuple[FootageFacts, ...]:
    found = (world.sources.get(source_id) for source_id in sorted({file.source_id for file in files}))
    return tuple(
        FootageFacts(source.source_id, source.current_run_id, source.start_ts, source.duration_s)
        for source in found
        if source is not None and source.kind is not SourceKind.LIVE
    )


def refuse_guesses(made: AttendanceReport) -> None:
    """Raise `ReportRefused` when footage was left out because nobody vouches for its time."""
    if made.guessed:
        raise ReportRefused(
            f"nobody vouches for the time of {', '.join(made.guessed_labels)}: it is the file's modification time, "
            "which copying changes. Set the start with `facetrail source set-start SOURCE TIME`, or accept it with "
            "--allow-mtime"
        )
