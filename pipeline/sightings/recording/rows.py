"""Turn what the fold hands over, in media time, into the rows of the record, in wall-clock time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from pipeline.control.work.progress import Progress
from pipeline.control.work.run_records import RunCounters, RunRecord
from pipeline.schemas import LeftOut, RunEnded
from pipeline.sightings.folding.coverage import CoverageCount
from pipeline.sightings.record.thumbnails import thumb_ref
from pipeline.sightings.rows import (
    PIPELINE_VERSION,
    Clock,
    ClosedTrack,
    CoverageRow,
    EmbeddingRow,
    TrackRow,
    reason_column,
)
from pipeline.sightings.wall_clock import wall_time

_MINUTE = msgspec.msgpack.Decoder(CoverageCount)


def track_row(record: RunRecord, closed: ClosedTrack) -> TrackRow:
    """The row of a closed track."""
    start_ts = wall_time(record.start_ts, closed.media_start_s)
    source_id = record.run.source_id
    return TrackRow(
        track_id=closed.track_id,
        source_id=source_id,
        source_kind=record.source_kind,
        run_id=record.run.run_id,
        start_ts=start_ts,
        end_ts=wall_time(record.start_ts, closed.media_end_s),
        clock=record.clock,
        media_start_s=closed.media_start_s,
        media_end_s=closed.media_end_s,
        n_faces=closed.n_faces,
        n_frames=closed.n_frames,
        n_frames_dropped=closed.n_frames_dropped,
        n_good=closed.n_good,
        n_useful=closed.n_useful,
        best_quality=closed.best_quality,
        thumb_ref=thumb_ref(source_id, start_ts, closed.track_id, 0) if closed.thumbs_jpeg else None,
        box_xywh=closed.box_xywh,
        pipeline_version=PIPELINE_VERSION,
    )


def embedding_rows(record: RunRecord, closed: Iterable[ClosedTrack]) -> dict[str, EmbeddingRow]:
    """Track id -> row, for the tracks that have a template."""
    return {
        track.track_id: EmbeddingRow(
            track_id=track.track_id,
            run_id=record.run.run_id,
            template=track.template,
            best_embeddings=track.best_embeddings,
        )
        for track in closed
        if track.template is not None
    }


def coverage_row(record: RunRecord, count: CoverageCount) -> CoverageRow:
    """The row of a minute, as counted so far."""
    return CoverageRow(
        source_id=record.run.source_id,
        run_id=record.run.run_id,
        minute=count.minute,
        minute_ts=wall_time(record.start_ts, count.minute * 60.0),
        expected=count.expected,
        decoded=count.decoded,
        gated=count.gated,
        dropped=count.dropped,
        failed=count.failed,
        camera_down_s=0.0,
        **{reason_column(reason): count.reasons.get(reason, 0) for reason in LeftOut},
    )


def add_to_counters(
    counters: RunCounters,
    before: Sequence[CoverageCount],
    minutes: Sequence[CoverageCount],
    closed: Sequence[ClosedTrack],
) -> RunCounters:
    """The counters after these minutes and tracks; `before` are the minutes among them that were counted already."""
    return RunCounters(
        n_samples=counters.n_samples + sum(c.expected for c in minutes) - sum(c.expected for c in before),
        n_decoded=counters.n_decoded + sum(c.decoded for c in minutes) - sum(c.decoded for c in before),
        n_gated=counters.n_gated + sum(c.gated for c in minutes) - sum(c.gated for c in before),
        n_dropped=counters.n_dropped + sum(c.dropped for c in minutes) - sum(c.dropped for c in before),
        n_failed=counters.n_failed + sum(c.failed for c in minutes) - sum(c.failed for c in before),
        n_faces=counters.n_faces + sum(track.n_faces for track in closed),
        n_good=counters.n_good + sum(track.n_good for track in closed),
        n_useful=counters.n_useful + sum(track.n_useful for track in closed),
        n_tracks=counters.n_tracks + len(closed),
    )


def exact_counters(tracks: Sequence[TrackRow], coverage: Sequence[CoverageRow]) -> RunCounters:
    """The counters of a whole run, from its rows."""
    return RunCounters(
        n_samples=sum(row.expected for row in coverage),
        n_decoded=sum(row.decoded for row in coverage),
        n_gated=sum(row.gated for row in coverage),
        n_dropped=sum(row.dropped for row in coverage),
        n_failed=sum(row.failed for row in coverage),
        n_faces=sum(track.n_faces for track in tracks),
        n_good=sum(track.n_good for track in tracks),
        n_useful=sum(track.n_useful for track in tracks),
        n_tracks=len(tracks),
    )


def moved_track(row: TrackRow, start_ts: datetime, clock: Clock) -> TrackRow:
    """The same track in media that began at `start_ts`."""
    begins = wall_time(start_ts, row.media_start_s)
    ref = row.thumb_ref and thumb_ref(row.source_id, begins, row.track_id, 0)
    ends = wall_time(start_ts, row.media_end_s)
    return replace(row, start_ts=begins, end_ts=ends, clock=clock, thumb_ref=ref)


def moved_minute(row: CoverageRow, start_ts: datetime) -> CoverageRow:
    """The same minute in media that began at `start_ts`."""
    return replace(row, minute_ts=wall_time(start_ts, row.minute * 60.0))


def minutes_so_far(before: Progress, coverage: Sequence[CoverageCount]) -> list[CoverageCount]:
    """The minute that was going on and those of `coverage`, which know better, in order."""
    latest: CoverageCount | None = _MINUTE.decode(before.last_minute) if before.last_minute else None
    known = {latest.minute: latest} if latest else {}
    known.update((count.minute, count) for count in coverage)
    return [known[minute] for minute in sorted(known)]


def run_problem(ended: RunEnded, n_failed_chunks: int, counters: RunCounters) -> str | None:
    """What is missing from the run, in words for the user; None when it is whole.

    The end of a run that was interrupted tells only of the damage since; the samples that failed tell of all of it.
    """
    lost = f"{counters.n_failed} of {counters.n_samples} samples could not be decoded" if counters.n_failed else None
    failed = f"{n_failed_chunks} of {ended.n_chunks} chunks could not be processed" if n_failed_chunks else None
    return "; ".join(part for part in (ended.problem or (None if failed else lost), failed) if part) or None
