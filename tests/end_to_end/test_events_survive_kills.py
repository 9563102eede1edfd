"""Whatever becomes of the aggregator, every sighting of a live run begins once and ends once, as if undisturbed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from pipeline.control.gallery.people import People
from pipeline.control.live.outbox import Outbox
from pipeline.control.work.runs import Runs
from pipeline.events.events import SightingEvent, decode_event
from pipeline.events.telling import Tellings
from pipeline.schemas import Face, RunEnded
from pipeline.sightings.recording.recorded_fold import RecordedFold
from pipeline.sightings.rows import SourceKind
from tests.builders import RUN, make_box, make_face, make_face_chunk, make_sample, make_vector
from tests.builders_events import EMITTED, unbalanced
from tests.builders_recording import World, make_reference, open_world
from tests.builders_workers import OPTIONS
from tests.end_to_end.killing import wait_until
from tests.workers.conftest import wait_for_server
from workers.event_streams import RedisEventLog
from workers.messages import Item, Work, pack
from workers.stack.embedded import embedded_server
from workers.stack.leash import leashed
from workers.wire.event_log import EVENTS, FIRST
from workers.wire.transport import AGGREGATORS, Subscription, Transport, matches_stream

pytestmark = pytest.mark.slow

FPS = 5
N_CHUNKS = 200
VISITS = ((0, 2, 50), (1, 25, 100), (7, 60, 150), (0, 120, 170), (1, 104, 112), (8, 180, 198))
"""Who is in view in which samples, from and to; Ada is 0 and Grace 1."""


@contextmanager
def server(run_dir: Path) -> Iterator[Transport]:
    embedded = embedded_server(run_dir)
    process = subprocess.Popen(leashed(embedded.command))
    transport = wait_for_server(embedded.url)
    yield transport
    transport.close()
    process.kill()
    process.wait()


@contextmanager
def aggregator(data_dir: Path, url: str) -> Iterator[None]:
    """An aggregator of its own, killed as the block ends without a word of warning; its leases outlast the test."""
    settings = {"FACETRAIL_DATA": str(data_dir), "FACETRAIL_REDIS_URL": url, "FACETRAIL_LEASE_S": "600"}
    process = subprocess.Popen([sys.executable, "-m", "workers", "aggregator"], env={**os.environ, **settings})
    yield
    process.kill()
    process.wait()


def make_world(data_dir: Path) -> World:
    world = open_world(data_dir, kind=SourceKind.LIVE)
    People(world.control).enrol_all({"Ada": [make_reference(0)], "Grace": [make_reference(1)]})
    return world


def make_run() -> list[Item]:
    faces = {
        index: [_face(index, who) for who, begin, end in VISITS if begin <= index < end] for index in range(N_CHUNKS)
    }
    chunks = [make_face_chunk(n, samples=[make_sample(n)], faces=faces[n]) for n in range(N_CHUNKS)]
    return [*chunks, RunEnded(RUN, N_CHUNKS)]


def _face(index: int, person: int) -> Face:
    return make_face(sample_index=index, box_xyxy=make_box(left=100 + 120 * person), embedding=make_vector(person))


def undisturbed(data_dir: Path) -> list[SightingEvent]:
    world = make_world(data_dir)
    telling = Tellings(world.control).of(world.record)
    RecordedFold(world.record, world.lease, world.recorder, Runs(world.control), telling).record(make_run())
    events = [decode_event(entry.event) for entry in Outbox(world.control).pending([RUN.source_id])]
    world.control.close()
    return events


def timeless(event: SightingEvent) -> SightingEvent:
    return msgspec.structs.replace(event, emitted_at=EMITTED)


def test_aggregator_killed_twice_tells_what_an_undisturbed_one_tells(tmp_path: Path) -> None:
    world, items = make_world(tmp_path / "data"), make_run()
    (tmp_path / "run").mkdir()
    url = embedded_server(tmp_path / "run").url
    with server(tmp_path / "run") as transport:
        transport.receive(Subscription((matches_stream(RUN.source_id),), AGGREGATORS, "nobody"), 1, 0)
        for begin, end in ((0, 70), (70, 140), (140, N_CHUNKS + 1)):
            for item in items[begin:end]:
                transport.publish(matches_stream(RUN.source_id), pack(Work(item, OPTIONS)))
            with aggregator(tmp_path / "data", url):
                # The first two are killed somewhere in the middle of their work, the last when it is done.
                wanted = end - 20 if end <= N_CHUNKS else N_CHUNKS
                wait_until(lambda wanted=wanted: _is_recorded(world, wanted), f"chunk {wanted}")
                if end > N_CHUNKS:
                    wait_until(lambda: _is_told(world), "the run's end, and all its events told")
        log = RedisEventLog(url)
        events = [decode_event(entry.data) for entry in log.read(EVENTS, FIRST, 1000, 0)]
        log.close()
    world.control.close()

    once = {event.event_id: timeless(event) for event in events}
    assert list(once.values()) == [timeless(event) for event in undisturbed(tmp_path / "other")]
    assert unbalanced(once.values()) == []
    assert len({event.sighting_id for event in events}) == 5


def _is_recorded(world: World, n_chunks: int) -> bool:
    record = Runs(world.control).get(RUN.run_id)
    return record.state.is_complete or (n_chunks < N_CHUNKS and record.next_chunk >= n_chunks)


def _is_told(world: World) -> bool:
    is_over = Runs(world.control).get(RUN.run_id).state.is_complete
    return is_over and not Outbox(world.control).pending([RUN.source_id])
