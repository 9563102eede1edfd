"""Attendance: per day and known person the first and last moment, the presence, and how much of the day was watched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pipeline.errors import ReportRefused, SettingsError
from pipeline.reports.presence import Portion, portions_within, presence_of
from pipeline.sightings.rows import Clock, CoverageRow, SightingRow, Status

ATTENDANCE_COLUMNS = ("day", "person", "first_seen", "last_seen", "presence_s", "sightings", "coverage")


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One person on one day."""

    day: date
    person_id: str
    person_name: str
    first_seen: datetime
    last_seen: datetime
    """Both in the report's time zone; midnight at the latest, where a sighting goes on into the next day."""
    presence_s: float
    """Seconds; moments that two sources saw count once."""
    n_sightings: int
    coverage: float | None
    """Share of the samples due on that day that were watched, over the sources that saw the person, 0..1; None when
    nothing is recorded about them."""

    def cells(self) -> tuple[date | datetime | str | float | int | None, ...]:
        """The values under `ATTENDANCE_COLUMNS`."""
        coverage = None if self.coverage is None else round(self.coverage, 4)
        seen = (self.first_seen.replace(microsecond=0), self.last_seen.replace(microsecond=0))
        return (self.day, self.person_name, *seen, round(self.presence_s, 1), self.n_sightings, coverage)


@dataclass(frozen=True, slots=True)
class _Watch:
    """Samples due and samples watched."""

    expected: int = 0
    watched: int = 0

    def plus(self, row: CoverageRow) -> _Watch:
        return _Watch(self.expected + row.expected, self.watched + row.decoded + row.gated)


def attendance_rows(
    sightings: Iterable[SightingRow],
    coverage: Iterable[CoverageRow],
    zone: tzinfo,
    first_day: date,
    last_day: date,
    allow_mtime: bool = False,
) -> list[AttendanceRow]:
    """One row per day and known person seen on it, sorted by day and name.

    Days are those of `zone`; a sighting across midnight counts on both. Raises `SettingsError` when the days are the
    wrong way round, and `ReportRefused` when a sighting's time comes from a file's modification time and
    `allow_mtime` is not set.
    """
    if first_day > last_day:
        raise SettingsError(f"the first day {first_day} lies after the last day {last_day}")
    begin, end = _midnight(first_day, zone), _midnight(last_day + timedelta(days=1), zone)
    known = [portion for portion in portions_within(sightings, begin, end) if portion.sighting.status is Status.KNOWN]
    if not allow_mtime:
        _refuse_mtime(known)
    watches = _watches(coverage, zone)
    grouped = _by_day_and_person(known, zone)
    rows = [_row(day, portions, watches, zone) for (day, _), portions in grouped.items()]
    return sorted(rows, key=lambda row: (row.day, row.person_name, row.person_id))


def _refuse_mtime(portions: Sequence[Portion]) -> None:
    sources = sorted({portion.sighting.source_id for portion in portions if portion.sighting.clock is Clock.MTIME})
    if sources:
        raise ReportRefused(
            f"nobody vouches for the time of {', '.join(sources)}: it is the file's modification time, which copying "
            "changes. Set the start with `facetrail source set-start SOURCE TIME`, or accept it with --allow-mtime"
        )


def _midnight(day: date, zone: tzinfo) -> datetime:
    """The instant at which `day` begins in `zone`, in UTC; where midnight is skipped, the instant of the skip."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _by_day_and_person(portions: Iterable[Portion], zone: tzinfo) -> Mapping[tuple[date, str], list[Portion]]:
    grouped: dict[tuple[date, str], list[Portion]] = defaultdict(list)
    for portion in portions:
        for day in _days(portion, zone):
            begin, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
            for part in portions_within([portion.sighting], begin, end):
                grouped[day, portion.sighting.person_id or ""].append(part)
    return grouped


def _days(portion: Portion, zone: tzinfo) -> list[date]:
    first, last = portion.start_ts.astimezone(zone).date(), portion.end_ts.astimezone(zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _watches(coverage: Iterable[CoverageRow], zone: tzinfo) -> Mapping[tuple[date, str], _Watch]:
    watches: dict[tuple[date, str], _Watch] = defaultdict(_Watch)
    for row in coverage:
        key = (row.minute_ts.astimezone(zone).date(), row.source_id)
        watches[key] = watches[key].plus(row)
    return watches


def _row(
    day: date, portions: Sequence[Portion], watches: Mapping[tuple[date, str], _Watch], zone: tzinfo
) -> AttendanceRow:
    latest = max(portions, key=lambda portion: portion.start_ts).sighting
    sources = {portion.sighting.source_id for portion in portions}
    seen_by = [watches[day, source_id] for source_id in sources if (day, source_id) in watches]
    expected = sum(watch.expected for watch in seen_by)
    return AttendanceRow(
        day=day,
        person_id=latest.person_id or "",
        person_name=latest.person_name or latest.person_id or "",
        first_seen=min(portion.start_ts for portion in portions).astimezone(zone),
        last_seen=max(portion.end_ts for portion in portions).astimezone(zone),
        presence_s=presence_of(portions),
        n_sightings=len(portions),
        coverage=sum(watch.watched for watch in seen_by) / expected if expected else None,
    )
