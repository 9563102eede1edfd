"""Every figure that Facetrail gives to Prometheus: its name, its labels, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """How a figure behaves."""

    COUNT = auto()  # only grows, and begins at nought with the process that counts
    TIMES = auto()  # durations in seconds, sorted into buckets
    LEVEL = auto()  # goes up and down


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; counts end in `_total`, as Prometheus wants it."""

    name: str
    kind: Kind
    text: str
    labels: tuple[str, ...] = ()


BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper ends of the buckets of durations: fine around the second within which a live face has to show."""

CHUNKS = Figure("facetrail_chunks_total", Kind.COUNT, "Chunks that a stage finished.", ("stage",))
CHUNK_SECONDS = Figure("facetrail_chunk_seconds", Kind.TIMES, "Time that a stage worked on a chunk.", ("stage",))
WAIT_SECONDS = Figure("facetrail_wait_seconds", Kind.TIMES, "Time that a chunk waited for a stage.", ("stage",))
BURIED = Figure("facetrail_buried_total", Kind.COUNT, "Chunks that a stage gave up.", ("stage",))
SERVER_LOSSES = Figure("facetrail_server_losses_total", Kind.COUNT, "Times a stage found Redis away.", ("stage",))
FACES = Figure("facetrail_faces_total", Kind.COUNT, "Faces in the chunks that a stage finished.", ("stage",))
EMBEDDINGS = Figure("facetrail_embeddings_total", Kind.COUNT, "Faces that were encoded.")
SAMPLES = Figure(
    "facetrail_samples_total",
    Kind.COUNT,
    "Samples recorded, by what became of them: decoded, gated, dropped or failed; camera is empty for footage.",
    ("camera", "state"),
)
COMMIT_SECONDS = Figure("facetrail_commit_seconds", Kind.TIMES, "Time to bring chunks of one run into the record.")
PUBLISHED_BYTES = Figure("facetrail_published_bytes_total", Kind.COUNT, "Bytes of footage that ingest sent on.")
CREDIT_SECONDS = Figure("facetrail_credit_wait_seconds_total", Kind.COUNT, "Time that ingest waited for room.")
CAMERA_FRAMES = Figure("facetrail_camera_frames_total", Kind.COUNT, "Pictures that a camera sent.", ("camera",))
CAMERA_DROPS = Figure(
    "facetrail_camera_drops_total",
    Kind.COUNT,
    "Cells of a camera's time grid left out, by reason.",
    ("camera", "reason"),
)
EVENTS = Figure("facetrail_events_total", Kind.COUNT, "Events told of sightings.", ("camera", "kind"))
EVENT_SECONDS = Figure("facetrail_event_seconds", Kind.TIMES, "From a picture's capture to the event that tells of it.")
DELIVERIES = Figure(
    "facetrail_deliveries_total",
    Kind.COUNT,
    "Attempts to bring an event to a target: delivered, again (it failed, and is tried again) or dead.",
    ("target", "outcome"),
)

CAMERA_FPS = Figure("facetrail_camera_fps", Kind.LEVEL, "Pictures a second that a camera sends.", ("camera",))
PROCESS_FPS = Figure("facetrail_process_fps", Kind.LEVEL, "Pictures a second searched for faces.", ("camera",))
SKIPPED_FPS = Figure("facetrail_skipped_fps", Kind.LEVEL, "Samples a second dropped or failed.", ("camera",))
SERVER_UP = Figure("facetrail_server_up", Kind.LEVEL, "1 while Redis answers.")
DATABASE_UP = Figure("facetrail_database_up", Kind.LEVEL, "1 while the control database answers.")
STREAM_WAITING = Figure("facetrail_stream_waiting", Kind.LEVEL, "Messages that nobody has taken yet.", ("stream",))
STREAM_IN_HAND = Figure("facetrail_stream_in_hand", Kind.LEVEL, "Messages being worked on.", ("stream",))
STREAM_AGE = Figure("facetrail_stream_oldest_seconds", Kind.LEVEL, "Age of a stream's first message.", ("stream",))
STREAM_WORKERS = Figure("facetrail_stream_workers", Kind.LEVEL, "Workers that read a stream lately.", ("stream",))
IN_FLIGHT_CHUNKS = Figure("facetrail_in_flight_chunks", Kind.LEVEL, "Chunks between ingest and the record.")
IN_FLIGHT_BYTES = Figure("facetrail_in_flight_bytes", Kind.LEVEL, "Bytes between ingest and the record.")
FORWARDED = Figure(
    "facetrail_forwarded_total", Kind.COUNT, "Chunks moved on, on all hosts, since Redis started.", ("group",)
)
JOBS = Figure("facetrail_jobs", Kind.LEVEL, "Runs by state.", ("state",))
LEASES = Figure("facetrail_leases", Kind.LEVEL, "Sources that an aggregator owns now.")
PEOPLE = Figure("facetrail_people", Kind.LEVEL, "People enrolled.")
GALLERY_VERSION = Figure("facetrail_gallery_version", Kind.LEVEL, "Version of the gallery.")
DISK_FREE = Figure("facetrail_disk_free_bytes", Kind.LEVEL, "Room left for the data folder.")
DATABASE_BYTES = Figure("facetrail_database_bytes", Kind.LEVEL, "Size of the SQLite file with its log.")
PROCESS_UP = Figure("facetrail_process_up", Kind.LEVEL, "1 while a process of `facetrail up` runs.", ("process",))
PROCESS_RESTARTS = Figure(
    "facetrail_process_restarts_total", Kind.COUNT, "Times `facetrail up` started a process again.", ("process",)
)

COUNTED = (
    *(CHUNKS, CHUNK_SECONDS, WAIT_SECONDS, BURIED, SERVER_LOSSES, FACES, EMBEDDINGS, SAMPLES, COMMIT_SECONDS),
    *(PUBLISHED_BYTES, CREDIT_SECONDS, CAMERA_FRAMES, CAMERA_DROPS),
    *(EVENTS, EVENT_SECONDS, DELIVERIES),
)
"""What processes count while they work; everything else is looked up when somebody asks."""
LOOKED_UP = (
    *(CAMERA_FPS, PROCESS_FPS, SKIPPED_FPS, SERVER_UP, DATABASE_UP),
    *(STREAM_WAITING, STREAM_IN_HAND, STREAM_AGE, STREAM_WORKERS, IN_FLIGHT_CHUNKS, IN_FLIGHT_BYTES, FORWARDED),
    *(JOBS, LEASES, PEOPLE, GALLERY_VERSION, DISK_FREE, DATABASE_BYTES, PROCESS_UP, PROCESS_RESTARTS),
)
