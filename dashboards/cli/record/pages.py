"""From the record to a report page on the disk."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.record.filters import SightingFilter
from dashboards.cli.record.reading import Reading, read_current_coverage, read_sightings
from dashboards.cli.record.thumbs import read_thumbs
from dashboards.cli.session import Session
from pipeline.errors import SettingsError, StoreFull
from pipeline.reports.html import render_report
from pipeline.reports.html_people import wanted_thumbs
from pipeline.reports.html_values import ReportInput, ReportSource

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.control.runs import RunRecord, Runs
    from pipeline.control.sources import SourceRecord

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def default_path(data_dir: Path, source_ids: frozenset[str] | None) -> Path:
    """Where a report goes that is not told: one file for one source, and one for all or several."""
    only = next(iter(source_ids)) if source_ids and len(source_ids) == 1 else "report"
    return data_dir / "reports" / f"{only}.html"


def write_report(session: Session, control: Control, wanted: SightingFilter, path: Path) -> int:
    """Write the page of the sightings wanted; returns how many these are.

    Raises `SettingsError` for a path that cannot be written, and `StoreFull`.
    """
    page = gather_report(session, control, wanted)
    _write_whole(path, render_report(page))
    return len(page.sightings)


def _write_whole(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    unfinished = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        if error.errno in NO_ROOM:
            raise StoreFull(f"no room to write the report {path}") from error
        raise SettingsError(f"the report {path} cannot be written: {error.strerror}") from error


def gather_report(session: Session, control: Control, wanted: SightingFilter) -> ReportInput:
    """All that the page shows."""
    reading = read_sightings(session, control, wanted)
    sources = _shown_sources(control, reading, wanted)
    return ReportInput(
        title=sources[0].label if len(sources) == 1 else "Who was seen when",
        made_at=datetime.now(UTC),
        zone=session.zone,
        sources=sources,
        sightings=reading.sightings,
        coverage=tuple(read_current_coverage(session, reading, wanted)),
        people=reading.people,
        thumbs=read_thumbs(session.data_dir, wanted_thumbs(reading.sightings)),
    )


def _shown_sources(control: Control, reading: Reading, wanted: SightingFilter) -> tuple[ReportSource, ...]:
    """The sources asked for; with a span of time only those that overlap it."""
    from pipeline.control.runs import Runs

    runs = Runs(control)
    latest = {run.run.source_id: run for run in runs.list()}
    by_id = {run.run.run_id: run for run in runs.list()}
    shown = [source for source in reading.sources.values() if wanted.passes_source(source.source_id)]
    seen = {row.source_id for row in reading.sightings}
    has_span = wanted.start is not None or wanted.end is not None
    return tuple(
        _report_source(control, source, by_id.get(source.current_run_id or "") or latest[source.source_id], reading)
        for source in shown
        if source.source_id in latest and (source.source_id in seen or not has_span)
    )


def _report_source(control: Control, source: SourceRecord, run: RunRecord, reading: Reading) -> ReportSource:
    from pipeline.control.runs import Runs
    from pipeline.sightings.recording_labels import run_policy

    policy, runs = run_policy(control, run), Runs(control)
    return ReportSource(
        source_id=source.source_id,
        label=source.label,
        duration_s=source.duration_s,
        start_ts=source.start_ts,
        clock=source.clock,
        state=run.state.value,
        problem=describe_problem(runs, run),
        encoder=run.encoder,
        gallery_version=run.gallery_version,
        threshold=policy.threshold if reading.people else None,
        threshold_origin=policy.source,
    )


def describe_problem(runs: Runs, run: RunRecord) -> str | None:
    """What is missing from a run's result, in words; None when nothing is."""
    failed = runs.failed_chunks(run.run)
    reasons = dict.fromkeys(f"{chunk.stage}: {chunk.reason}" for chunk in failed)
    parts = [run.problem] if run.problem else []
    if failed and not run.problem:
        parts.append(f"{len(failed)} of {run.n_chunks or '?'} chunks failed ({'; '.join(reasons)}).")
    if run.state.is_active:
        parts.append("The run is still going on.")
    return " ".join(parts) or None
