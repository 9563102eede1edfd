"""When a footage file's recording began: by argument, metadata, file name, or at worst its modification time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

EARLIEST_YEAR = 1995
"""Earlier recordings are clocks that were never set."""

MOMENT = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_.]?(?P<month>\d\d)[-_.]?(?P<day>\d\d)"
    r"[-_. T]*(?:at[-_. ]*)?"
    r"(?P<hour>\d\d)[-_.:hH]?(?P<minute>\d\d)[-_.:mM]?(?P<second>\d\d)(?:[.,]?\d{3})?s?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?(?!\d)"
)
"""A date and a time of day to the second: 20240131_235959, 2024-01-31T23.59.59Z, PXL_20240131_235959123, ..."""

EPOCH = re.compile(r"(?<!\d)(?P<seconds>1\d{9})(?P<millis>\d{3})?(?!\d)")
"""Seconds or milliseconds since 1970, from 2001 on."""


def wall_clock_start(
    name: str,
    created_at: datetime | None,
    argument: datetime | None,
    zone: tzinfo,
    *,
    at_worst: datetime,
    now: datetime | None = None,
) -> tuple[datetime, str]:
    """When the recording called `name` began (aware, UTC), and by which clock: argument, metadata, filename or mtime.

    Times without a zone are in `zone`. A time more than a day after `now` is not believed unless it is the argument.
    When nothing else tells, it is `at_worst`, which the file's modification says.
    """
    if argument is not None:
        return _to_utc(argument, zone), "argument"
    latest = (now or datetime.now(UTC)) + timedelta(days=1)
    if created_at is not None and _is_plausible(_to_utc(created_at, zone), latest):
        return _to_utc(created_at, zone), "metadata"
    named = parse_file_name(name, zone)
    if named is not None and _is_plausible(named, latest):
        return named, "filename"
    return at_worst, "mtime"


def begin_by_modification(path: Path, duration_s: float | None) -> datetime:
    """When a recording of this length began (UTC), if its file's modification was its end."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) - timedelta(seconds=duration_s or 0)


def parse_file_name(name: str, zone: tzinfo) -> datetime | None:
    """The moment (aware, UTC) that a file name tells to the second; None when it tells none."""
    for match in MOMENT.finditer(name):
        moment = _moment(match, zone)
        if moment is not None:
            return moment
    epoch = EPOCH.search(name)
    if epoch is None:
        return None
    return datetime.fromtimestamp(int(epoch["seconds"]) + int(epoch["millis"] or 0) / 1000, UTC)


def _moment(match: re.Match[str], zone: tzinfo) -> datetime | None:
    date, time = "-".join(match.group("year", "month", "day")), ":".join(match.group("hour", "minute", "second"))
    try:
        moment = datetime.fromisoformat(f"{date}T{time}{match['zone'] or ''}")
    except ValueError:  # digits which are no date, like a serial number
        return None
    return _to_utc(moment, zone)


def _to_utc(moment: datetime, zone: tzinfo) -> datetime:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC)


def _is_plausible(moment: datetime, latest: datetime) -> bool:
    return moment.year >= EARLIEST_YEAR and moment <= latest
