"""The whole of a report page as values, ready for the template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from pipeline.reports.durations import format_duration
from pipeline.reports.html.chart import Chart, chart_of, shown_length_s
from pipeline.reports.html.grouping import group_sightings, hues_of
from pipeline.reports.html.people import Section, sections_of
from pipeline.reports.html.values import ReportInput, ReportSource
from pipeline.sightings.rows import Clock, CoverageRow, Status

LONG_VALUE = 70
"""Characters that fit beside other facts."""
CLOCK_WORDS = {
    Clock.LIVE: "live",
    Clock.ARGUMENT: "as given",
    Clock.METADATA: "from the file's metadata",
    Clock.FILENAME: "from the file's name",
    Clock.MTIME: "a guess, from the file's modification time",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the header: what it is, and its value."""

    name: str
    value: str
    is_doubtful: bool = False

    @property
    def is_long(self) -> bool:
        """Whether it needs a line of its own."""
        return len(self.value) > LONG_VALUE


@dataclass(frozen=True, slots=True)
class Share:
    """One part of what became of the samples."""

    kind: str
    label: str
    count: int
    pct: float


@dataclass(frozen=True, slots=True)
class SourcePart:
    """One source: its facts, its chart, and what became of its samples."""

    label: str
    facts: tuple[Fact, ...]
    problem: str
    chart: Chart
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What the template shows."""

    title: str
    made_at: str
    zone: str
    counts: tuple[Fact, ...]
    parts: tuple[SourcePart, ...]
    sections: tuple[Section, ...]
    hues: Mapping[str, int]
    """The colour of each group, by its key: the same in every chart."""
    unseen: tuple[str, ...]
    """People who are enrolled and were not seen."""


def page_of(report: ReportInput) -> Page:
    """Arrange a report; looks nothing up."""
    made_at = report.made_at.astimezone(report.zone)
    return Page(
        title=report.title,
        made_at=f"{made_at:%Y-%m-%d %H:%M}",
        zone=f"{report.zone.tzname(report.made_at) or report.zone} (UTC{made_at:%z})",
        counts=_counts(report),
        parts=tuple(_part(source, report) for source in report.sources),
        sections=sections_of(report),
        hues=hues_of(group_sightings(report.sightings)),
        unseen=_unseen(report),
    )


def _counts(report: ReportInput) -> tuple[Fact, ...]:
    known = {row.person_id for row in report.sightings if row.status is Status.KNOWN}
    unknown = {row.person_id for row in report.sightings if row.status is Status.UNKNOWN and row.person_id}
    uncertain = sum(row.status is Status.UNCERTAIN for row in report.sightings)
    watched = sum(source.duration_s or 0.0 for source in report.sources)
    return (
        Fact("known people seen", str(len(known))),
        Fact("unknown people seen", str(len(unknown))),
        Fact("sightings", str(len(report.sightings))),
        Fact("of them uncertain", str(uncertain)),
        Fact("of footage", format_duration(watched)),
    )


def _part(source: ReportSource, report: ReportInput) -> SourcePart:
    sightings = [row for row in report.sightings if row.source_id == source.source_id]
    coverage = [row for row in report.coverage if row.source_id == source.source_id]
    return SourcePart(
        label=source.label,
        facts=_facts(source, shown_length_s(source, sightings, coverage), report.zone),
        problem=source.problem or "",
        chart=chart_of(source, sightings, coverage, report.people, report.zone),
        shares=_shares(coverage),
    )


def _facts(source: ReportSource, length_s: float, zone: tzinfo) -> tuple[Fact, ...]:
    started = "unknown" if source.start_ts is None else f"{source.start_ts.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"
    clock = f" ({CLOCK_WORDS[source.clock]})" if source.clock else ""
    threshold = "none: nobody is enrolled" if source.threshold is None else f"{source.threshold:.3f}"
    origin = f" ({source.threshold_origin})" if source.threshold is not None and source.threshold_origin else ""
    return (
        Fact("Length", format_duration(length_s)),
        Fact("Starts", started + clock, is_doubtful=source.clock is Clock.MTIME),
        Fact("State", source.state, is_doubtful=source.state != "done"),
        Fact("Encoder", source.encoder),
        Fact("Gallery", f"version {source.gallery_version}"),
        Fact("Source", source.source_id),
        Fact("Threshold", threshold + origin),
    )


def _shares(coverage: Iterable[CoverageRow]) -> tuple[Share, ...]:
    rows = list(coverage)
    counts = {
        "searched": ("searched for faces", sum(row.decoded for row in rows)),
        "gated": ("unchanged, nothing moved", sum(row.gated for row in rows)),
        "failed": ("failed", sum(row.failed for row in rows)),
        "dropped": ("dropped", sum(row.dropped for row in rows)),
    }
    expected = max(sum(row.expected for row in rows), 1)
    return tuple(
        Share(kind=kind, label=label, count=count, pct=100 * count / expected)
        for kind, (label, count) in counts.items()
        if count or (kind == "searched" and rows)
    )


def _unseen(report: ReportInput) -> tuple[str, ...]:
    seen = {row.person_id for row in report.sightings}
    return tuple(sorted(name for person_id, name in report.people.items() if person_id not in seen))
