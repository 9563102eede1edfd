"""Sightings as a table, and as scripts see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from dashboards.cli.moments import show_moment
from dashboards.cli.output import table
from pipeline.reports.durations import format_duration, format_time_code
from pipeline.reports.html_grouping import name_of
from pipeline.sightings.rows import SightingRow, Status

if TYPE_CHECKING:
    from rich.table import Table

STATUS_STYLES = {Status.KNOWN: "green", Status.UNCERTAIN: "yellow", Status.UNKNOWN: "dim"}


def sightings_table(
    rows: Iterable[SightingRow], zone: tzinfo, *, labels: Mapping[str, str], people: Mapping[str, str]
) -> Table:
    """One line a sighting; the source has a column when there are several."""
    several = len(labels) > 1
    columns = ["person", "status", "from", "to", "presence", "score", "faces", "begins"]
    made = table(*columns, *(["source"] if several else []), right=("from", "to", "presence", "score", "faces"))
    for row in rows:
        made.add_row(*_cells(row, zone, people), *([labels.get(row.source_id, row.source_id)] if several else []))
    return made


def sighting_payloads(rows: Iterable[SightingRow], labels: Mapping[str, str]) -> list[dict[str, object]]:
    """Sightings with the names of their columns, and the source's label."""
    import dataclasses

    return [
        {
            **{field.name: getattr(row, field.name) for field in dataclasses.fields(row)},
            "source": labels.get(row.source_id),
        }
        for row in rows
    ]


def _cells(row: SightingRow, zone: tzinfo, people: Mapping[str, str]) -> Sequence[str]:
    from rich.markup import escape

    style = STATUS_STYLES[row.status]
    return (
        f"[bold]{escape(name_of(row, people))}[/]" if row.status is Status.KNOWN else escape(name_of(row, people)),
        f"[{style}]{row.status}[/]",
        format_time_code(row.media_start_s),
        format_time_code(row.media_end_s),
        format_duration(row.presence_s),
        "" if row.best_score is None else f"{row.best_score:.3f}",
        str(row.n_faces),
        show_moment(row.start_ts, zone),
    )
