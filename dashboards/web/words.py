"""Times, lengths, scores and counts in the words of the pages. Pure."""

from __future__ import annotations

from datetime import datetime, tzinfo

NOTHING = "–"
"""What stands where there is no value."""

STRETCH_S = 600
"""Within a stretch so short, in seconds, the seconds matter."""


def moment(at: datetime | None, zone: tzinfo) -> str:
    """`2026-05-01 09:30:05` in `zone`."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if at else NOTHING


def clock(at: datetime | None, zone: tzinfo) -> str:
    """`09:30:05` in `zone`."""
    return at.astimezone(zone).strftime("%H:%M:%S") if at else NOTHING


def day(at: datetime | None, zone: tzinfo) -> str:
    """`Fri 1 May 2026` in `zone`."""
    return f"{at.astimezone(zone):%a} {at.astimezone(zone).day} {at.astimezone(zone):%b %Y}" if at else NOTHING


def stretch(first: datetime, last: datetime, zone: tzinfo) -> str:
    """`Fri 1 May 2026, 09:30 to 10:05`; both days when they differ, and seconds within ten minutes."""
    form = "%H:%M:%S" if (last - first).total_seconds() < STRETCH_S else "%H:%M"
    begin, end = first.astimezone(zone), last.astimezone(zone)
    from_clock, to_clock = f"{begin:{form}}", f"{end:{form}}"
    if begin.date() != end.date():
        return f"{day(first, zone)}, {from_clock} to {day(last, zone)}, {to_clock}"
    return f"{day(first, zone)}, {from_clock}" + (f" to {to_clock}" if to_clock != from_clock else "")


def when(at: datetime, now: datetime, zone: tzinfo) -> str:
    """`09:30:05` today, `Fri 1 May, 09:30` on another day."""
    local = at.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return f"{local:%H:%M:%S}"
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def ago(at: datetime | None, now: datetime) -> str:
    """`just now`, `5 min ago`, `3 h ago`, `2 days ago`."""
    if at is None:
        return NOTHING
    seconds = (now - at).total_seconds()
    steps = ((60, "just now", 1), (3600, "{} min ago", 60), (86400, "{} h ago", 3600))
    for limit, form, unit in steps:
        if seconds < limit:
            return form.format(int(seconds // unit))
    days = int(seconds // 86400)
    return "yesterday" if days == 1 else f"{days} days ago"


def duration(seconds: float | None) -> str:
    """`4.2 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def score(value: float | None) -> str:
    """A cosine similarity, two digits."""
    return NOTHING if value is None else f"{value:.2f}"


def count(value: int | None) -> str:
    """`1,234`."""
    return NOTHING if value is None else f"{value:,}"


def size(n_bytes: float | None) -> str:
    """`3.2 MB`; units of a thousand."""
    if n_bytes is None:
        return NOTHING
    for unit in ("B", "kB", "MB", "GB"):
        if n_bytes < 1000:
            return f"{n_bytes:.0f} {unit}" if unit == "B" or n_bytes >= 100 else f"{n_bytes:.1f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.1f} TB"
