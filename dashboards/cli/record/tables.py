"""Sightings as a table, and as scripts see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from dashboards.cli.output import answers, table
from dashboards.moments import show_moment
from pipeline.reports.durations import format_duration, format_time_code
from pipeline.reports.html.grouping import name_of
from pipeline.sightings.rows import SightingRow, Status

if TYPE_CHECKING:
    from rich.table import Table

WIDE = 104
"""Columns of a terminal from which on there is room for everything."""
STATUS_STYLES = {Status.KNOWN: "green", Status.UNCERTAIN: "yellow", Status.UNKNOWN: "dim"}


def sightings_table(
    rows: Iterable[SightingRow],
    zone: tzinfo,
    *,
    people: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
) -> Table:
    """One line a sighting; with `labels`, the names of sources by their ids, there is a column for the source."""
    is_narrow = answers().width < WIDE
    columns = ["person", "status", "from", "to", "presence", "score", *([] if is_narrow else ["faces"]), "begins"]
    right = ("from", "to", "presence", "score", "faces")
    made = table(*columns, *(["source"] if labels else []), right=right, title=title)
    for row in rows:
        source = [labels.get(row.source_id, row.source_id)] if labels else []
        made.add_row(*_cells(row, zone, people, is_narrow=is_narrow), *source)
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


def _cells(row: SightingRow, zone: tzinfo, people: Mapping[str, str], *, is_narrow: bool) -> Sequence[str]:
    from rich.markup import escape

    style, name = STATUS_STYLES[row.status], escape(name_of(row, people))
    begins = f"{row.start_ts.astimezone(zone):%m-%d %H:%M}" if is_narrow else show_moment(row.start_ts, zone)
    return (
        f"[bold]{name}[/]" if row.status is Status.KNOWN else name,
        f"[{style}]{row.status}[/]",
        format_time_code(row.media_start_s),
        format_time_code(row.media_end_s),
        format_duration(row.presence_s),
        "" if row.best_score is None else f"{row.best_score:.3f}",
        *([] if is_narrow else [str(row.n_faces)]),
        begins,
    )
