"""Days and moments as people type and read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pipeline.errors import InputError

YEARS = range(1900, 2200)
"""What can be the year of footage; at the ends of the calendar a zone or a length would lead beyond it."""


def parse_moment(text: str, flag: str, zone: tzinfo) -> datetime:
    """An ISO date and time, in `zone` unless it carries an offset, as UTC. Raises `InputError` naming `flag`."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(
            f"{flag} {text!r} is no date and time; 2026-05-01T09:30 or 2026-05-01T09:30+02:00 is"
        ) from error
    _check_year(text, flag, moment.year)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC)


def parse_day(text: str, flag: str, today: date) -> date:
    """A day: 2026-05-01, today or yesterday. Raises `InputError` naming `flag`."""
    word = text.strip().lower()
    if word in {"today", "yesterday"}:
        return today - timedelta(days=word == "yesterday")
    try:
        day = date.fromisoformat(word)
    except ValueError as error:
        raise InputError(f"{flag} {text!r} is no day; 2026-05-01, today and yesterday are") from error
    _check_year(text, flag, day.year)
    return day


def parse_month(text: str, flag: str) -> tuple[date, date]:
    """The first and the last day of a month: 2026-05. Raises `InputError` naming `flag`."""
    try:
        first = date.fromisoformat(f"{text.strip()}-01")
    except ValueError as error:
        raise InputError(f"{flag} {text!r} is no month; 2026-05 is") from error
    _check_year(text, flag, first.year)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def parse_from(text: str | None, zone: tzinfo, now: datetime) -> datetime | None:
    """The first moment of `--from`, in UTC; a day begins at its local midnight."""
    return _bound(text, "--from", zone, now, extra_days=0)


def parse_to(text: str | None, zone: tzinfo, now: datetime) -> datetime | None:
    """The first moment after `--to`, in UTC; a day ends at the next local midnight."""
    return _bound(text, "--to", zone, now, extra_days=1)


def show_moment(moment: datetime, zone: tzinfo) -> str:
    """A wall-clock time in `zone` with its offset: 2026-05-01 09:30:05+02:00."""
    return moment.astimezone(zone).isoformat(sep=" ", timespec="seconds")


def _check_year(text: str, flag: str, year: int) -> None:
    if year not in YEARS:
        raise InputError(f"{flag} {text!r} lies in the year {year}; a year from {YEARS[0]} to {YEARS[-1]} can be")


def _bound(text: str | None, flag: str, zone: tzinfo, now: datetime, *, extra_days: int) -> datetime | None:
    if text is None:
        return None
    if "T" in text or " " in text.strip():
        return parse_moment(text, flag, zone)
    day = parse_day(text, flag, now.astimezone(zone).date())
    return datetime.combine(day + timedelta(days=extra_days), time(), zone).astimezone(UTC)
