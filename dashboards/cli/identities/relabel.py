"""`facetrail relabel`: let the past know who is enrolled now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag, SourceFlag
from dashboards.cli.output import answers, emit_json, table
from dashboards.cli.policies import thresholds_of
from dashboards.cli.progress import counting
from dashboards.cli.session import Session, adopt_encoder, open_database, open_existing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.control.correcting.relabelling import RelabelProgress
    from pipeline.control.database import Control
    from pipeline.control.work.sources import SourceRecord

EXAMPLES = examples(
    ("facetrail enroll people/ && facetrail relabel", "unknown sightings of the past become theirs"),
    ("facetrail relabel --source party.mp4", "one source"),
)

BAR_STEPS = 1000
"""What the bar counts: runs differ in number, sources count the same."""


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
    unknown. Settings of `identity`, such as another threshold, a calibration made or cleared since, and what people
    corrected count as well. Cameras that are being read and footage in work are named by whoever works on them, between
    two batches; this command waits for it. Killed halfway, it is carried on. With nothing changed nothing changes.
    """
    from pipeline.control.work.sources import Sources
    from pipeline.sightings.filtering import find_sources

    session = open_existing(data=data)
    with open_database(session) as control:
        sources = Sources(control).list()
        wanted = find_sources(sources, source)
        thresholds = thresholds_of(adopt_encoder(session, control), control)
        meant = [each.source_id for each in sources if wanted is None or each.source_id in wanted]
        progress = relabel_past(session, control, meant)
    done = _by_source(progress, sources)
    if as_json:
        emit_json({"gallery_version": progress.gallery_version, "thresholds": thresholds, "sources": done})
        return
    made = table("source", "sightings", "changed", right=("sightings", "changed"))
    for each in done:
        made.add_row(each.label, str(each.n_sightings), str(each.n_changed))
    answers().print(made if done else "nothing has been analysed yet")
    answers().print(str(thresholds), markup=False)


def relabel_past(session: Session, control: Control, source_ids: Sequence[str] | None = None) -> RelabelProgress:
    """Name these sources anew, or all of them, by today's gallery and the session's identity settings; with a bar.

    Raises `SettingsError` when people cannot be identified so, and `StoreDamaged` when a source cannot be named.
    """
    from pipeline.control.audit import current_user
    from pipeline.control.correcting.relabelling import Relabellings
    from pipeline.errors import StoreDamaged
    from pipeline.sightings.record.store import Store
    from pipeline.sightings.recording.recorder import Recorder
    from workers.recording.relabelling import ask_relabelling, carry_out

    wanted = None if source_ids is None else dict.fromkeys(source_ids)
    request_id = ask_relabelling(control, current_user(), session.settings.identity, wanted)
    with counting("naming the past", BAR_STEPS) as advance_to:
        for progress in carry_out(control, Recorder(control, Store(session.data_dir)), request_id):
            advance_to(round(progress.part * BAR_STEPS))
    done = Relabellings(control).progress(request_id)
    problems = [f"{each.source_id}: {each.problem}" for each in done.sources if each.problem]
    if problems:
        raise StoreDamaged("; ".join(problems))
    return done


def _by_source(progress: RelabelProgress, sources: Sequence[SourceRecord]) -> list[Relabelled]:
    """Those in which there is anything, in the order of `sources`."""
    of_id = {each.source_id: each for each in progress.sources}
    return [
        Relabelled(
            source_id=source.source_id,
            label=source.label,
            n_sightings=of_id[source.source_id].n_sightings,
            n_changed=of_id[source.source_id].n_changed,
        )
        for source in sources
        if source.source_id in of_id and of_id[source.source_id].n_runs
    ]
