"""The sections of a report: each person with the evidence of every sighting."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from pipeline.reports.durations import format_duration, format_media_span
from pipeline.reports.html.grouping import Group, group_sightings, name_of
from pipeline.reports.html.values import ReportInput
from pipeline.sightings.rows import SightingRow, Status

MOST_CARDS = 60
"""Sightings shown of one person; a page of thousands helps nobody, and `facetrail sightings` lists them all."""


@dataclass(frozen=True, slots=True)
class Card:
    """One sighting with its picture."""

    sighting_id: str
    picture: str
    """A data URI; empty without a picture."""
    who: str
    source: str
    media: str
    clock: str
    presence: str
    score: str
    details: str


@dataclass(frozen=True, slots=True)
class Section:
    """One person, or all who are uncertain."""

    group: Group
    portrait: str
    presence: str
    first: str
    last: str
    best_score: str
    n_sightings: int
    cards: tuple[Card, ...]
    n_left_out: int


def sections_of(report: ReportInput) -> tuple[Section, ...]:
    """One section for each person seen, known people first."""
    labels = {source.source_id: source.label for source in report.sources}
    return tuple(_section(group, report, labels) for group in group_sightings(report.sightings))


def wanted_thumbs(sightings: Iterable[SightingRow]) -> tuple[str, ...]:
    """The `thumb_ref`s that a report of these sightings shows, each once."""
    shown = [_portrait_ref(group.sightings) for group in group_sightings(sightings)]
    shown += [row.thumb_ref for group in group_sightings(sightings) for row in group.sightings[:MOST_CARDS]]
    return tuple(dict.fromkeys(ref for ref in shown if ref))


def _section(group: Group, report: ReportInput, labels: Mapping[str, str]) -> Section:
    rows = group.sightings
    scores = [row.best_score for row in rows if row.best_score is not None and row.status is not Status.UNKNOWN]
    return Section(
        group=group,
        portrait=_data_uri(_portrait_ref(rows), report.thumbs),
        presence=format_duration(group.presence_s),
        first=_day_and_clock(min(rows, key=lambda row: row.start_ts), report.zone),
        last=_day_and_clock(max(rows, key=lambda row: row.end_ts), report.zone, at_end=True),
        best_score=f"{max(scores):.3f}" if scores else "",
        n_sightings=len(rows),
        cards=tuple(_card(row, report, labels) for row in rows[:MOST_CARDS]),
        n_left_out=max(0, len(rows) - MOST_CARDS),
    )


def _card(row: SightingRow, report: ReportInput, labels: Mapping[str, str]) -> Card:
    return Card(
        sighting_id=row.sighting_id,
        picture=_data_uri(row.thumb_ref, report.thumbs),
        who=name_of(row, report.people),
        source=labels.get(row.source_id, row.source_id) if len(labels) > 1 else "",
        media=format_media_span(row.media_start_s, row.media_end_s),
        clock=_clock_span(row, report.zone),
        presence=format_duration(row.presence_s),
        score="" if row.best_score is None or row.status is Status.UNKNOWN else f"{row.best_score:.3f}",
        details=_details(row),
    )


def _details(row: SightingRow) -> str:
    parts = [f"{row.n_faces} faces in {len(row.track_ids)} track{'s' if len(row.track_ids) != 1 else ''}"]
    if row.mean_score is not None:
        parts.append(f"mean score {row.mean_score:.3f}")
    if row.margin is not None:
        parts.append(f"lead over the next person {row.margin:.3f}")
    if row.threshold is not None:
        parts.append(f"threshold {row.threshold:.3f}")
    return ", ".join(parts)


def _portrait_ref(rows: Sequence[SightingRow]) -> str | None:
    with_picture = [row for row in rows if row.thumb_ref]
    best = max(with_picture, key=_worth_showing, default=None)
    return best.thumb_ref if best else None


def _worth_showing(row: SightingRow) -> tuple[float, int]:
    """Somebody known is shown as in the best match, somebody unknown as in the longest look."""
    score = row.best_score if row.status is not Status.UNKNOWN else None
    return score or 0.0, row.n_faces


def _data_uri(thumb_ref: str | None, thumbs: Mapping[str, bytes]) -> str:
    jpeg = thumbs.get(thumb_ref or "")
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}" if jpeg else ""


def _clock_span(row: SightingRow, zone: tzinfo) -> str:
    start, end = row.start_ts.astimezone(zone), row.end_ts.astimezone(zone)
    return f"{start:%H:%M:%S} – {end:%H:%M:%S}"


def _day_and_clock(row: SightingRow, zone: tzinfo, *, at_end: bool = False) -> str:
    moment = row.end_ts if at_end else row.start_ts
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
