"""From the record to what a report shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from pipeline.control.database import Control
from pipeline.control.work.runs import RunRecord, Runs
from pipeline.control.work.sources import SourceRecord
from pipeline.reports.html.people import wanted_thumbs
from pipeline.reports.html.values import ReportInput, ReportSource
from pipeline.sightings.filtering import SightingFilter
from pipeline.sightings.reading import Reading, read_current_coverage, read_sightings
from pipeline.sightings.recording.labels import run_policy


def gather_report(control: Control, wanted: SightingFilter, zone: tzinfo) -> ReportInput:
    """All that the page shows, with times in `zone`; raises `StoreDamaged` for a file that cannot be read."""
    reading = read_sightings(control, wanted)
    sources = _shown_sources(control, reading, wanted)
    return ReportInput(
        title=sources[0].label if len(sources) == 1 else "Who was seen when",
        made_at=datetime.now(UTC),
        zone=zone,
        sources=sources,
        sightings=reading.sightings,
        coverage=tuple(read_current_coverage(control.data_dir, reading, wanted)),
        people=reading.people,
        thumbs=_read_thumbs(control.data_dir, wanted_thumbs(reading.sightings)),
    )


def _shown_sources(control: Control, reading: Reading, wanted: SightingFilter) -> tuple[ReportSource, ...]:
    """The sources asked for; with a span of time only those that overlap it."""
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


def _read_thumbs(data_dir: Path, refs: Iterable[str]) -> dict[str, bytes]:
    """The JPEGs of these `thumb_ref`s; one that has been superseded meanwhile is left out."""
    paths = {ref: data_dir / ref for ref in refs}
    return {ref: path.read_bytes() for ref, path in paths.items() if path.is_file()}
