"""The whole job in one process, without Redis: for notebooks, for tests, and as the reference for the workers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.control.database import Control, Lease, open_control
from pipeline.control.work.leases import Leases
from pipeline.control.work.owners import new_owner_name
from pipeline.control.work.run_records import RunRecord
from pipeline.control.work.runs import Runs
from pipeline.encoders.embedding import FaceEmbedder
from pipeline.encoders.execution import Execution
from pipeline.encoders.registry import encoder_entry, load_encoder
from pipeline.errors import InputError
from pipeline.faces.detectors.choice import load_detector
from pipeline.faces.finding import FaceFinder
from pipeline.identity.enrolment import examine_gallery
from pipeline.intake.footage import register_footage
from pipeline.options import AnalysisOptions
from pipeline.people.enrolling import enrol_people
from pipeline.schemas import FrameChunk
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.recording.recorded_fold import RecordedFold
from pipeline.sightings.recording.recorder import Recorder
from pipeline.sightings.rows import SightingRow
from pipeline.video.chunks import read_chunks

LEASE_S = 60.0
"""How long another process waits before it takes a source over from one that stopped without a word."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What came of one video."""

    run: RunRecord
    sightings: tuple[SightingRow, ...] = field(default=())


def analyze(
    videos: Sequence[Path],
    *,
    data_dir: Path,
    gallery: Path | None = None,
    options: AnalysisOptions | None = None,
    start_time: datetime | None = None,
    on_chunk: Callable[[Path, int], None] | None = None,
) -> list[Analysis]:
    """Find out who is in `videos` and when, and record it in `data_dir`; one result for each, in order.

    `gallery` is a folder `<Person>/*.jpg`. A video that was analysed before is not analysed again; an interrupted one
    goes on where it stopped. Times without a zone, in `start_time` or a file's name, are this system's local ones.
    `on_chunk` hears of every chunk (video, number) as it is recorded. Raises the errors of `pipeline.errors`; what was
    recorded by then stays.
    """
    options = options or AnalysisOptions()
    control = open_control(data_dir)
    try:
        job = _Job(control, options)
        if gallery is not None:
            job.enrol(gallery)
        return [job.analyze(path, start_time, on_chunk) for path in videos]
    finally:
        control.close()


class _Job:
    """The models and the record that all videos share."""

    def __init__(self, control: Control, options: AnalysisOptions) -> None:
        self._control = control
        self._options = options
        self._store = Store(control.data_dir)
        self._recorder = Recorder(control, self._store)
        encoder_name = control.encoder(options.encoding.encoder)
        self._detector = load_detector(options.detection, control.weights_dir)
        self._encoder = load_encoder(encoder_name, control.weights_dir, Execution(options.encoding.precision))
        self._finder = FaceFinder(self._detector, self._encoder.alignment, options.encoding)
        self._embedder = FaceEmbedder(self._encoder)

    def enrol(self, gallery: Path) -> None:
        """Enrol the people of a gallery folder."""
        calibration = encoder_entry(self._encoder.name, self._control.weights_dir).calibration
        people = examine_gallery(gallery, self._detector, self._encoder, calibration.duplicate_cosine)
        enrol_people(self._control, self._encoder.name, {person.name: person.references for person in people})

    def analyze(
        self,
        path: Path,
        start_time: datetime | None,
        on_chunk: Callable[[Path, int], None] | None,
    ) -> Analysis:
        """Run the whole job over one video, or go on with it."""
        zone = datetime.now().astimezone().tzinfo or UTC
        record = register_footage(self._control, path, self._options, zone=zone, start_time=start_time)
        with _owning(self._control, record.run.source_id) as lease:
            if record.state.is_active:
                self._work_off(record, path, lease, on_chunk)
            else:
                self._recorder.refresh_sightings(lease, record.run.source_id)
        sightings = self._store.read_sightings(RowFilter(source_id=record.run.source_id))
        return Analysis(Runs(self._control).get(record.run.run_id), tuple(sightings))

    def _work_off(
        self, record: RunRecord, path: Path, lease: Lease, on_chunk: Callable[[Path, int], None] | None
    ) -> None:
        fold = RecordedFold(record, lease, self._recorder, Runs(self._control))
        sampling = AnalysisOptions.from_json(record.options_json).sampling
        for item in read_chunks(path, record.run, sampling, fold.next_chunk):
            if not isinstance(item, FrameChunk):
                fold.record([item])
                return
            fold.record([self._embedder.embed(self._finder.find(item))])
            if on_chunk is not None:
                on_chunk(path, item.number)


@contextmanager
def _owning(control: Control, source_id: str) -> Iterator[Lease]:
    """Own the source, and renew the lease from a thread of its own; raises `InputError` while another has it."""
    leases, owner = Leases(control), new_owner_name()
    with leases.living(owner):
        lease = leases.acquire(source_id, owner, datetime.now(UTC), LEASE_S)
        if lease is None:
            raise InputError(
                f"the source {source_id} is being analysed by another process; try again when it has ended"
            )
        with _renewing(leases, lease):
            yield lease


@contextmanager
def _renewing(leases: Leases, lease: Lease) -> Iterator[None]:
    over = threading.Event()
    renewer = threading.Thread(target=_renew, args=(leases, lease, over), name="lease", daemon=True)
    renewer.start()
    try:
        yield
    finally:
        over.set()
        renewer.join()
        leases.release(lease, datetime.now(UTC))


def _renew(leases: Leases, lease: Lease, over: threading.Event) -> None:
    while not over.wait(LEASE_S / 4):
        leases.renew(lease, datetime.now(UTC), LEASE_S)
