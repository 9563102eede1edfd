"""A data folder with a recorder in it, for tests of the store: real SQLite, real Parquet, time by hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.control.database import Control, Lease
from pipeline.control.gallery.people import NewReference, People
from pipeline.control.work.leases import Leases
from pipeline.control.work.runs import NewRun, RunRecord, Runs
from pipeline.control.work.sources import NewSource, Sources
from pipeline.options import AnalysisOptions
from pipeline.schemas import RunEnded, RunKey, VectorF32
from pipeline.sightings.folding.coverage import CoverageCount
from pipeline.sightings.record.store import Store
from pipeline.sightings.recording.recorder import Advance, Recorder
from pipeline.sightings.rows import Clock, ClosedTrack, SourceKind
from tests.builders import RUN, START, make_closed_track, make_policy, make_vector
from tests.control_databases import open_database

ENCODER = "dlib-resnet"
LEASE_S = 10.0


@dataclass(slots=True)
class HandClock:
    """A clock that stands until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(slots=True)
class World:
    """A data folder, its recorder, and the lease of one source."""

    data_dir: Path
    control: Control
    store: Store
    recorder: Recorder
    lease: Lease
    record: RunRecord
    clock: HandClock = field(default_factory=HandClock)

    def commit(self, next_chunk: int, *closed: ClosedTrack, minutes: tuple[CoverageCount, ...] = ()) -> None:
        """Record chunks up to `next_chunk` under the world's lease."""
        snapshot = f"fold after {next_chunk}".encode()
        advance = Advance(next_chunk=next_chunk, snapshot=snapshot, closed=closed, coverage=minutes)
        self.recorder.commit(self.lease, self.record, advance)

    def finish(self, *, n_chunks: int = 9, n_failed: int = 0, problem: str | None = None) -> RunRecord:
        """End the world's run."""
        return self.recorder.finish(self.lease, self.record, RunEnded(self.record.run, n_chunks, problem), n_failed)

    def begin(self, run_id: str) -> None:
        """Go on with another run over the same source."""
        self.record = submit(self.control, RunKey(self.record.run.source_id, run_id))

    def content(self) -> dict[str, bytes]:
        """Every file of the record that has rows or had some, with its bytes; names below the data folder."""
        parts = ("tracks", "embeddings", "sightings", "coverage", "thumbs")
        paths = [path for part in parts for path in (self.data_dir / part).rglob("*.*")]
        paths = [path for path in paths if path.is_file() and path.name != "columns.parquet"]
        return {str(path.relative_to(self.data_dir)): path.read_bytes() for path in sorted(paths)}


def open_world(data_dir: Path, *, kind: SourceKind = SourceKind.FILE, run: RunKey = RUN) -> World:
    control = open_database(data_dir)
    control.encoder(ENCODER)
    clock = HandClock()
    store = Store(data_dir)
    recorder = Recorder(control, store, clock=clock, policy_of=lambda _record: make_policy())
    Sources(control).upsert(make_new_source(run.source_id, kind=kind))
    record = submit(control, run)
    lease = Leases(control).acquire(run.source_id, "owner-1", clock.now, LEASE_S)
    assert lease is not None
    return World(data_dir, control, store, recorder, lease, record, clock)


def submit(control: Control, run: RunKey) -> RunRecord:
    version = People(control).gallery_version()
    options = AnalysisOptions().to_json()
    return Runs(control).submit(NewRun(run=run, options_json=options, encoder=ENCODER, gallery_version=version))


def make_new_source(
    source_id: str = RUN.source_id, *, kind: SourceKind = SourceKind.FILE, label: str = "door.mp4"
) -> NewSource:
    return NewSource(
        source_id=source_id,
        kind=kind,
        label=label,
        path=f"/footage/{label}",
        duration_s=60.0,
        start_ts=START,
        clock=Clock.METADATA,
    )


def make_reference(person: int = 0, *, picture: str = "first", embedding: VectorF32 | None = None) -> NewReference:
    """A picture of the person whose looks `make_vector(person)` are."""
    image = f"{person} {picture}".encode()
    return NewReference(
        encoder=ENCODER,
        embedding=make_vector(person) if embedding is None else embedding,
        quality=0.9,
        image_sha256=hashlib.sha256(image).hexdigest(),
        image=image,
    )


def make_seen(number: int, person: int, at_s: float, *, n_useful: int = 5) -> ClosedTrack:
    """A closed track of `person`, four seconds from `at_s`, with a thumbnail."""
    return make_closed_track(
        f"t_{number:016x}",
        media_start_s=at_s,
        media_end_s=at_s + 4.0,
        n_useful=n_useful,
        template=make_vector(person),
        thumbs_jpeg=(b"best of %d" % number, b"second of %d" % number),
    )
