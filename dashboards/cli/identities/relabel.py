"""`facetrail relabel`: let the past know who is enrolled now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag, SourceFlag
from dashboards.cli.output import answers, emit_json, table
from dashboards.cli.policies import thresholds_of
from dashboards.cli.session import Session, adopt_encoder, open_database, open_existing

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.control.sources import SourceRecord

EXAMPLES = examples(
    ("facetrail enroll people/ && facetrail relabel", "unknown sightings of the past become theirs"),
    ("facetrail relabel --source party.mp4", "one source"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabelled:
    """One source whose sightings were named anew."""

    source_id: str
    label: str
    n_sightings: int
    n_changed: int
    """Sightings that are another person's now, or have another status."""


def register(app: typer.Typer, panel: str) -> None:
    """Add `relabel`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(relabel)


def relabel(source: SourceFlag = None, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Name all sightings anew by the gallery of today, without looking at a single frame again.

    Sightings of footage analysed before somebody was enrolled become theirs; those of people who were removed become
    unknown. Settings of `identity`, such as another threshold, and a calibration made or cleared since count as well.
    With nothing changed nothing changes.
    """
    from dashboards.cli.record.filters import find_sources
    from pipeline.control.people import People
    from pipeline.control.sources import Sources

    session = open_existing(data=data)
    with open_database(session) as control:
        sources = Sources(control).list()
        wanted = find_sources(sources, source)
        version, thresholds = People(control).gallery_version(), thresholds_of(adopt_encoder(session, control), control)
        meant = [each for each in sources if wanted is None or each.source_id in wanted]
        done = [relabel_source(session, control, each, version) for each in meant if each.current_run_id]
    if as_json:
        emit_json({"gallery_version": version, "thresholds": thresholds, "sources": done})
        return
    made = table("source", "sightings", "changed", right=("sightings", "changed"))
    for each in done:
        made.add_row(each.label, str(each.n_sightings), str(each.n_changed))
    answers().print(made if done else "nothing has been analysed yet")
    answers().print(str(thresholds), markup=False)


def relabel_source(session: Session, control: Control, source: SourceRecord, gallery_version: int) -> Relabelled:
    """Name one source's sightings by that gallery; raises `InputError` while it is being worked on."""
    from dashboards.cli import owner

    before = _verdicts(session, source.source_id)
    n_sightings = owner.refresh_sightings(session, control, source.source_id, gallery_version)
    changed = before ^ _verdicts(session, source.source_id)
    return Relabelled(
        source_id=source.source_id,
        label=source.label,
        n_sightings=n_sightings,
        n_changed=len({sighting_id for sighting_id, *_ in changed}),
    )


def _verdicts(session: Session, source_id: str) -> set[tuple[str | None, ...]]:
    from pipeline.sightings.store import RowFilter, Store

    rows = Store(session.data_dir).read_sightings(RowFilter(source_id=source_id))
    return {(row.sighting_id, row.person_id, row.person_name, row.status) for row in rows}
