"""The chart of one source: a row of bars for each person, and a strip that says what was watched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from pipeline.reports.durations import format_duration, format_media_span
from pipeline.reports.html.axis import Tick, axis_ticks
from pipeline.reports.html.grouping import Group, group_sightings, name_of
from pipeline.reports.html.values import ReportSource
from pipeline.sightings.rows import CoverageRow, SightingRow, Status

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One sighting, as a part of the axis."""

    sighting_id: str
    left_pct: float
    width_pct: float
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the chart."""

    group: Group
    presence: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class WatchedMinute:
    """One minute of the strip below the rows."""

    left_pct: float
    width_pct: float
    watched_pct: float
    """Samples that were looked at or unchanged, of those expected."""
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Who was seen when, in one source."""

    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    minutes: tuple[WatchedMinute, ...]


def chart_of(
    source: ReportSource,
    sightings: Sequence[SightingRow],
    coverage: Sequence[CoverageRow],
    people: Mapping[str, str],
    zone: tzinfo,
) -> Chart:
    """The chart of `source`, from its own sightings and its own coverage."""
    length_s = shown_length_s(source, sightings, coverage)
    return Chart(
        ticks=axis_ticks(length_s, source.start_ts, zone),
        lanes=tuple(_lane(group, length_s, people) for group in group_sightings(sightings)),
        minutes=tuple(_minute(row, length_s) for row in _of_the_media(coverage)),
    )


def shown_length_s(source: ReportSource, sightings: Iterable[SightingRow], coverage: Iterable[CoverageRow]) -> float:
    """Length of the axis: the footage's, or as far as anything is known of it."""
    if source.duration_s:
        return source.duration_s
    ends = [sighting.media_end_s for sighting in sightings]
    ends += [MINUTE_S * (row.minute + 1) for row in coverage]
    return max(ends, default=0.0)


def _lane(group: Group, length_s: float, people: Mapping[str, str]) -> Lane:
    bars = tuple(_bar(sighting, length_s, people) for sighting in group.sightings)
    return Lane(group=group, presence=format_duration(group.presence_s), bars=bars)


def _bar(sighting: SightingRow, length_s: float, people: Mapping[str, str]) -> Bar:
    span_s = sighting.media_end_s - sighting.media_start_s
    has_score = sighting.best_score is not None and sighting.status is not Status.UNKNOWN
    score = f", score {sighting.best_score:.3f}" if has_score else ""
    return Bar(
        sighting_id=sighting.sighting_id,
        left_pct=_percent(sighting.media_start_s, length_s),
        width_pct=_percent(span_s, length_s),
        title=f"{name_of(sighting, people)}: {format_media_span(sighting.media_start_s, sighting.media_end_s)}, "
        f"seen for {format_duration(sighting.presence_s)}{score}",
    )


def _of_the_media(coverage: Sequence[CoverageRow]) -> list[CoverageRow]:
    """The minutes in order, without those in which a camera was away before."""
    return sorted((row for row in coverage if row.minute >= 0), key=lambda row: row.minute)


def _minute(row: CoverageRow, length_s: float) -> WatchedMinute:
    watched = row.decoded + row.gated
    start_s = MINUTE_S * row.minute
    return WatchedMinute(
        left_pct=_percent(start_s, length_s),
        width_pct=_percent(min(MINUTE_S, max(0.0, length_s - start_s)), length_s),
        watched_pct=_percent(watched, row.expected),
        title=f"minute {row.minute}: {row.expected} samples, {row.decoded} searched, {row.gated} unchanged, "
        f"{row.failed} failed, {row.dropped} dropped",
    )


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0
