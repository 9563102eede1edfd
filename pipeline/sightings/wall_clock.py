"""From media time to the time on the wall."""

from __future__ import annotations

from datetime import datetime, timedelta


def wall_time(start_ts: datetime, media_s: float) -> datetime:
    """The moment that is `media_s` after the start of the media, to the nearest microsecond."""
    return start_ts + timedelta(microseconds=round(media_s * 1e6))
