"""Record a run: Parquet files and control database moving together, chunk after chunk, by the source's one owner.

    recorder = Recorder(control, store)
    recorder.load(lease, run) -> Progress                       where to go on: .snapshot, .next_chunk
    recorder.commit(lease, record, Advance(...), beside)          some chunks further
    recorder.finish(lease, record, ended, n_failed_chunks) -> RunRecord        done or partial
    recorder.refresh_sightings(lease, source_id, gallery_version=None) -> int  who is who, anew
    recorder.runs_shown(lease) / relabel_run(lease, run, gallery_version)      the same, run by run
    recorder.set_start(lease, source_id, start_ts)              rows move to their new dates

Files are prepared without a lock; then one transaction, which fails unless the lease is still held, puts them in place
and stores the progress. A crash in between leaves files that are ahead of the progress: doing the same again makes the
same files. `LeaseLost` means that nothing was written, and that the source is somebody else's now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import msgspec

from pipeline.control.database import Control, Lease, Transaction
from pipeline.control.gallery.people import People
from pipeline.control.work.progress import (
    Progress,
    finish_run,
    forget_other_runs,
    load_progress,
    save_progress,
    write_counters,
)
from pipeline.control.work.run_records import RunCounters, RunRecord, RunState
from pipeline.control.work.runs import Runs, read_run, write_naming
from pipeline.control.work.sources import Sources, write_current_run, write_start, write_unsettled
from pipeline.errors import InputError
from pipeline.identity.policies import standing_of
from pipeline.schemas import RunEnded, RunKey
from pipeline.sightings.folding.coverage import CoverageCount
from pipeline.sightings.record.staging import Staging
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.record.thumbnails import stage_thumbs
from pipeline.sightings.recording.camera_gaps import gap_rows
from pipeline.sightings.recording.changes import Relabelled, compare_sightings
from pipeline.sightings.recording.labels import (
    Labeller,
    PolicyOf,
    rows_of_run,
    run_options,
    run_policy,
    stage_labels,
    write_labels,
)
from pipeline.sightings.recording.rows import (
    add_to_counters,
    coverage_row,
    embedding_rows,
    exact_counters,
    minutes_so_far,
    run_problem,
    track_row,
)
from pipeline.sightings.recording.settling import settle, shown_runs
from pipeline.sightings.rows import Clock, ClosedTrack, SourceKind

LEFTOVER_S = 3600.0
"""A prepared file that is older belongs to nobody: preparing takes milliseconds, and leases last seconds."""


def utc_now() -> datetime:
    """The time on the wall."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """What some chunks of a run brought."""

    next_chunk: int
    """The first that is not among them."""
    snapshot: bytes
    """The fold after them."""
    closed: Sequence[ClosedTrack] = ()
    coverage: Sequence[CoverageCount] = ()
    """The minutes that they touched, as counted so far."""


class Recorder:
    """Writes the record of one data folder; the caller holds the lease of every source it asks to write."""

    def __init__(
        self,
        control: Control,
        store: Store,
        *,
        clock: Callable[[], datetime] = utc_now,
        policy_of: PolicyOf | None = None,
    ) -> None:
        self._control = control
        self._store = store
        self._clock = clock
        self._labeller = Labeller(control, store, policy_of or (lambda record: run_policy(control, record)))

    def load(self, lease: Lease, run: RunKey) -> Progress:
        """Where the run stands, after any change of its source that was interrupted has been completed."""
        self._store.prepare()
        self._store.remove_leftovers(LEFTOVER_S, self._clock().timestamp())
        self._settle(lease)
        with self._control.reading() as transaction:
            return load_progress(transaction, run.run_id)

    def commit(
        self,
        lease: Lease,
        record: RunRecord,
        advance: Advance,
        beside: Callable[[Transaction], None] = lambda _transaction: None,
    ) -> None:
        """Record the chunks of `advance`, and whatever `beside` stores in the same transaction.

        The same again changes nothing. Raises `LeaseLost`, `StoreFull` or `StoreDamaged`, and has then written nothing
        that counts.
        """
        with self._control.reading() as transaction:
            known, before = read_run(transaction, record.run.run_id), load_progress(transaction, record.run.run_id)
        minutes = minutes_so_far(before, advance.coverage)
        progress = Progress(
            next_chunk=advance.next_chunk,
            snapshot=advance.snapshot,
            last_minute=msgspec.msgpack.encode(minutes[-1]) if minutes else None,
            counters=add_to_counters(before.counters, minutes_so_far(before, ()), minutes, advance.closed),
        )
        with self._store.staging() as staging:
            if advance.closed or before.last_minute is None or len(minutes) > 1:
                self._stage_coverage(staging, known, minutes)
            self._stage_tracks(staging, known, advance.closed)
            with self._control.fenced(lease, self._clock()) as transaction:
                staging.publish()
                save_progress(transaction, record.run.run_id, progress, self._clock())
                beside(transaction)

    def finish(self, lease: Lease, record: RunRecord, ended: RunEnded, n_failed_chunks: int) -> RunRecord:
        """Complete a run all of whose chunks are committed: sightings, ids of unknown people, and its state.

        The run becomes its source's current one, and the rows of the source's earlier runs go. A run that is complete
        already, or was cancelled meanwhile, stays as it is. Returns the run as it is afterwards.
        """
        runs = Runs(self._control)
        if runs.get(record.run.run_id).state.is_active:
            self._complete_coverage(lease, record.run.run_id)
            problem = run_problem(ended, n_failed_chunks, runs.get(record.run.run_id).counters)
            while not self._try_finish(lease, self._of_today(runs.get(record.run.run_id)), problem):
                continue  # another source met unknown people meanwhile: compare with them, too
        self._settle(lease)
        return runs.get(record.run.run_id)

    def refresh_sightings(self, lease: Lease, source_id: str, gallery_version: int | None = None) -> int:
        """Make the source's sightings anew from its tracks, by what names them now; or, with a gallery, by that one and
        the calibration in effect today.

        Returns how many there are. Nothing is written when nothing changes. While a run is on its way its sightings so
        far are shown, unless the source has a complete run already.
        """
        self._settle(lease)
        for shown in shown_runs(self._control, source_id):
            record = shown if gallery_version is None else self._by_today(shown, gallery_version)
            while not self._try_refresh(lease, record):
                continue  # another source met unknown people meanwhile: compare with them, too
        return len(self._store.read_sightings(RowFilter(source_id=source_id)))

    def runs_shown(self, lease: Lease) -> list[RunKey]:
        """The runs of the lease's source whose sightings stand in the record, the oldest first."""
        self._settle(lease)
        return [record.run for record in shown_runs(self._control, lease.source_id)]

    def relabel_run(self, lease: Lease, run: RunKey, gallery_version: int) -> Relabelled:
        """Make the sightings of one run anew, by that gallery and the calibration in effect today."""
        wanted = rows_of_run(Runs(self._control).get(run.run_id))
        before = self._store.read_sightings(wanted)
        while not self._try_refresh(lease, self._by_today(Runs(self._control).get(run.run_id), gallery_version)):
            continue  # as above
        return compare_sightings(before, self._store.read_sightings(wanted))

    def show_run(self, lease: Lease, run: RunKey) -> None:
        """Make the sightings of one run of a camera anew, while it goes on, by today's gallery; of no other run."""
        while not self._try_refresh(lease, self._of_today(Runs(self._control).get(run.run_id))):
            continue  # as above

    def tell_gap(self, lease: Lease, run: RunKey) -> bool:
        """Record how long the camera was away before this run; False while the run before is not complete.

        The same again changes nothing.
        """
        record = Runs(self._control).get(run.run_id)
        before = Runs(self._control).latest_before(run.source_id, record.start_ts)
        if before is None:
            return True
        if before.state.is_active:
            return False
        fps = run_options(before).sampling.fps or 1.0
        gone_at = before.start_ts + timedelta(seconds=before.counters.n_samples / fps)
        with self._store.staging() as staging:
            self._store.stage_coverage(staging, gap_rows(run, gone_at, record.start_ts))
            with self._control.fenced(lease, self._clock()):
                staging.publish()
        return True

    def set_start(self, lease: Lease, source_id: str, start_ts: datetime) -> None:
        """Let the media of a footage file begin at `start_ts`, UTC; its rows and thumbnails move to their new dates.

        Raises `InputError` for a camera, whose times are its own.
        """
        if Sources(self._control).get(source_id).kind is not SourceKind.FILE:
            raise InputError(f"{source_id} is a camera; only the start of footage files can be set")
        with self._control.fenced(lease, self._clock()) as transaction:
            write_start(transaction, source_id, start_ts, Clock.ARGUMENT)
        self._settle(lease)

    def _settle(self, lease: Lease) -> None:
        settle(self._control, self._store, self._labeller, lease, self._clock)

    def _stage_tracks(self, staging: Staging, record: RunRecord, closed: Sequence[ClosedTrack]) -> None:
        rows = [track_row(record, track) for track in closed]
        self._store.stage_tracks(staging, rows)
        self._store.stage_embeddings(staging, record.encoder, rows, embedding_rows(record, closed))
        for row, track in zip(rows, closed, strict=True):
            stage_thumbs(staging, self._store.data_dir, row, track.thumbs_jpeg)

    def _stage_coverage(self, staging: Staging, record: RunRecord, minutes: Sequence[CoverageCount]) -> None:
        self._store.stage_coverage(staging, [coverage_row(record, count) for count in minutes])

    def _complete_coverage(self, lease: Lease, run_id: str) -> None:
        """Write the minute that was still going on."""
        with self._control.reading() as transaction:
            record, progress = read_run(transaction, run_id), load_progress(transaction, run_id)
        with self._store.staging() as staging:
            self._stage_coverage(staging, record, minutes_so_far(progress, ()))
            with self._control.fenced(lease, self._clock()):
                staging.publish()

    def _try_finish(self, lease: Lease, record: RunRecord, problem: str | None) -> bool:
        """False when the labels have to be made again."""
        state = RunState.PARTIAL if problem else RunState.DONE
        labels = self._labeller.label(replace(record, state=state))
        counters = self._counters(record)
        with self._store.staging() as staging:
            stage_labels(staging, self._store, record, labels)
            now = self._clock()
            with self._control.fenced(lease, now) as transaction:
                if not write_labels(transaction, labels):
                    return False
                if finish_run(transaction, record.run.run_id, state, problem, now):
                    staging.publish()
                    write_counters(transaction, record.run.run_id, counters)
                    write_naming(transaction, record)
                    _make_current(transaction, record)
        return True

    def _counters(self, record: RunRecord) -> RunCounters:
        wanted = rows_of_run(record)
        return exact_counters(self._store.read_tracks(wanted), self._store.read_coverage(wanted))

    def _of_today(self, record: RunRecord) -> RunRecord:
        """The run of a camera, which goes on for hours, as it would begin now: whoever was enrolled since is known."""
        version = People(self._control).gallery_version()
        if record.source_kind is SourceKind.FILE or record.gallery_version == version:
            return record
        return self._by_today(record, version)

    def _by_today(self, record: RunRecord, gallery_version: int) -> RunRecord:
        calibration_id = standing_of(self._control, record.encoder).calibration_id
        return replace(record, gallery_version=gallery_version, calibration_id=calibration_id)

    def _try_refresh(self, lease: Lease, record: RunRecord) -> bool:
        """False when the labels have to be made again."""
        labels = self._labeller.label(record)
        with self._store.staging() as staging:
            stage_labels(staging, self._store, record, labels)
            with self._control.fenced(lease, self._clock()) as transaction:
                if not write_labels(transaction, labels):
                    return False
                staging.publish()
                write_naming(transaction, record)
        return True


def _make_current(transaction: Transaction, record: RunRecord) -> None:
    """A camera's earlier connections stay beside this one; a file is seen once."""
    write_current_run(transaction, record.run.source_id, record.run.run_id)
    is_file = record.source_kind is SourceKind.FILE
    if is_file and forget_other_runs(transaction, record.run.source_id, record.run.run_id):
        write_unsettled(transaction, record.run.source_id)
