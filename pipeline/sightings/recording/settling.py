"""Make the files of a source agree with what the control database says of it: its start, and which runs count.

A change of a source is first written down in the database (`unsettled`) and then carried out here, so that one that was
interrupted is completed by whoever owns the source next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from pipeline.control.database import Control, Lease
from pipeline.control.work.progress import recorded_run_ids
from pipeline.control.work.run_records import RunRecord
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import SourceRecord, Sources, write_settled
from pipeline.sightings.record.store import RowFilter, SourceRows, Store
from pipeline.sightings.record.thumbnails import stage_thumb_moves
from pipeline.sightings.recording.labels import Labeller
from pipeline.sightings.recording.rows import moved_minute, moved_track
from pipeline.sightings.rows import CoverageRow, SightingRow, SourceKind, TrackRow


def settle(control: Control, store: Store, labeller: Labeller, lease: Lease, clock: Callable[[], datetime]) -> None:
    """Complete what is unsettled of the lease's source, if anything; raises `LeaseLost` when it is another's now."""
    source = Sources(control).get(lease.source_id)
    if not source.unsettled:
        return
    rows = _rows_of(control, store, labeller, source)
    with store.staging() as staging:
        store.stage_source(staging, rows)
        stage_thumb_moves(staging, store.data_dir, source.source_id, rows.tracks)
        with control.fenced(lease, clock()) as transaction:
            staging.publish()
            write_settled(transaction, source.source_id)


def shown_runs(control: Control, source_id: str) -> list[RunRecord]:
    """The runs whose sightings stand in the record: all of a camera; of a file the current one, else the latest."""
    source = Sources(control).get(source_id)
    records = list(_recorded(control, source).values())
    if source.kind is SourceKind.LIVE:
        return records
    current = [record for record in records if record.run.run_id == source.current_run_id]
    return current or sorted(records, key=lambda record: record.updated_at)[-1:]


def _recorded(control: Control, source: SourceRecord) -> dict[str, RunRecord]:
    with control.reading() as transaction:
        recorded = recorded_run_ids(transaction, source.source_id) | {source.current_run_id}
    records = Runs(control).list(source_id=source.source_id)
    return {record.run.run_id: record for record in records if record.run.run_id in recorded}


def _rows_of(control: Control, store: Store, labeller: Labeller, source: SourceRecord) -> SourceRows:
    records = _recorded(control, source)
    wanted = RowFilter(source_id=source.source_id)
    found = {track.track_id: track for track in store.read_tracks(wanted) if track.run_id in records}
    tracks = [_moved_to(track, records[track.run_id]) for track in found.values()]
    embeddings = {encoder: store.read_embeddings(encoder, wanted) for encoder in store.encoders()}
    minutes = {(row.run_id, row.minute): row for row in store.read_coverage(wanted) if row.run_id in records}
    sightings: list[SightingRow] = []
    for record in shown_runs(control, source.source_id):
        of_run = [track for track in tracks if track.run_id == record.run.run_id]
        labels = labeller.label_rows(record, of_run, embeddings.get(record.encoder, {}), allots=False)
        sightings.extend(labels.sightings)
    return SourceRows(
        source_id=source.source_id,
        tracks=tracks,
        embeddings=embeddings,
        sightings=sightings,
        coverage=_moved_minutes(list(minutes.values()), records),
    )


def _moved_to(track: TrackRow, record: RunRecord) -> TrackRow:
    return moved_track(track, record.start_ts, record.clock)


def _moved_minutes(rows: Sequence[CoverageRow], records: dict[str, RunRecord]) -> list[CoverageRow]:
    return [moved_minute(row, records[row.run_id].start_ts) for row in rows]
