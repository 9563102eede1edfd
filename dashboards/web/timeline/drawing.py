"""Lines as the script of the page draws them: short JSON, times in milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from dashboards.web.timeline.lines import Bar, Line, Lines, LinesAsked
from dashboards.web.timeline.window import Mark, Window, marks
from dashboards.web.words import clock, duration

MARK_PX = 64
"""Room that one mark of the axis takes, in pixels."""


OFFSET_STEP = timedelta(hours=1)
"""Daylight saving begins and ends at full hours; a title that is off by less is not noticed."""


def drawn(
    found: Lines, asked: LinesAsked, sources: Mapping[str, str], zone: tzinfo, *, is_reading: bool
) -> dict[str, Any]:
    """The picture: `since`, `until`, `bins`, `more`, `reading`, `marks` [at, label, is_major], `lines`, and
    `offsets` [since, milliseconds to add for the site's wall clock].
    """
    axis = marks(asked.window, zone, asked.lane_px // MARK_PX)
    return {
        "since": _ms(asked.window.since),
        "until": _ms(asked.window.until),
        "bins": found.n_bins,
        "more": found.n_more,
        "reading": is_reading,
        "offsets": offsets(asked.window, zone),
        "marks": [_mark(one) for one in axis],
        "lines": [_line(line, sources, zone) for line in found.lines],
    }


def offsets(window: Window, zone: tzinfo) -> list[list[int]]:
    """How far the zone's clock is from UTC, from when on: another pair for every change within the window."""
    found: list[list[int]] = []
    at = window.since
    while at < window.until:
        offset_ms = round((at.astimezone(zone).utcoffset() or timedelta()).total_seconds() * 1000)
        if not found or found[-1][1] != offset_ms:
            found.append([_ms(at), offset_ms])
        at += OFFSET_STEP
    return found


def _line(line: Line, sources: Mapping[str, str], zone: tzinfo) -> dict[str, Any]:
    return {
        "key": line.key,
        "title": line.title,
        "status": line.subject.status.value,
        "person": line.subject.person_id,
        "face": line.subject.person_id or line.subject.candidate_id,
        "count": line.n_sightings,
        "bars": [_bar(bar, sources, zone) for bar in line.bars],
        "dense": [[one.first, one.n, one.count] for one in line.densities],
    }


def _bar(bar: Bar, sources: Mapping[str, str], zone: tzinfo) -> list[Any]:
    length = duration((bar.end - bar.start).total_seconds())
    told = f"{sources.get(bar.source_id, bar.source_id)}, {clock(bar.start, zone)}, {length}"
    return [_ms(bar.start), _ms(bar.end), bar.sighting_id, told]


def _mark(mark: Mark) -> list[Any]:
    return [_ms(mark.at), mark.label, mark.is_major]


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
