"""Events: what telling costs beside the fold, and how long a finished face waits until its event stands in the stream.

Four cameras send five chunks a second with two faces in view, to an aggregator in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sqlalchemy import update

from pipeline.control.gallery.people import People
from pipeline.control.tables import runs
from pipeline.control.work.sources import Sources
from pipeline.events.events import SightingEvent, decode_event
from pipeline.events.lifecycle import LifeState, encode_life, step_lives
from pipeline.events.lifecycle_tracks import Look, Naming
from pipeline.events.lifecycle_views import LiveRun, Moment
from pipeline.identity.matchers.matching import MeanMatcher
from pipeline.schemas import FaceChunk, RunKey
from pipeline.sightings.rows import Clock, SourceKind
from tests.bench.galleries import draw_gallery
from tests.bench.measurement import Measurement
from tests.bench.settings import BenchSettings
from tests.builders import RUN, START, make_box, make_face, make_face_chunk, make_policy, make_sample
from tests.builders_events import EMITTED, make_look
from tests.builders_recording import World, make_new_source, make_reference, open_world, submit
from tests.builders_workers import OPTIONS
from workers.event_streams import RedisEventLog
from workers.messages import Work, pack
from workers.stack.embedded import embedded_server
from workers.stack.leash import leashed
from workers.streams import RedisTransport
from workers.wire.event_log import EVENTS, FIRST, place_of
from workers.wire.transport import AGGREGATORS, Subscription, matches_stream

PEOPLE = 1000
CAMERAS = 4
FPS = 5
FACES = 2
VISIT_S = 6
"""Somebody else is in view after so many seconds."""
THUMB = bytes(8000)
TRACK_S = 300.0
SAT_S = 6 * 3600.0
"""The longest run."""


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """One step's cost with people in view, after six hours of sitting there, and the delay of the whole."""
    yield _step_cost()
    yield _sitting_cost()
    yield _delay(settings)


def _naming() -> Naming:
    return Naming(
        MeanMatcher(draw_gallery(PEOPLE, 1, 1).gallery), make_policy(threshold=0.4, uncertain_threshold=0.3), 10
    )


def _step_cost() -> Measurement:
    templates, naming, state = draw_gallery(PEOPLE, 1, 4).templates, _naming(), LifeState()
    took: list[float] = []
    for number in range(1000):
        looks = [make_look(n, end_s=number / 5, n_useful=number + 1, template=templates[n]) for n in range(4)]
        state, seconds = _timed(state, looks, number, naming)
        took.append(seconds)
    return Measurement(
        what=f"telling of 4 faces by a gallery of {PEOPLE}",
        figure=1e3 * float(np.median(took)),
        unit="ms",
        detail=f"a chunk; p95 {1e3 * float(np.quantile(took, 0.95)):.2f} ms; state {len(encode_life(state)):,} bytes",
    )


def _sitting_cost() -> Measurement:
    """One person sits there for six hours: a track every five minutes, all of one sighting."""
    template, naming, state = draw_gallery(PEOPLE, 1, 1).templates[0], _naming(), LifeState()
    for number in range(round(SAT_S / TRACK_S)):
        begin_s = number * TRACK_S
        look = make_look(number, start_s=begin_s, end_s=begin_s + TRACK_S, is_open=False, template=template)
        state, _ = _timed(state, [look], number, naming)
    took = []
    for number in range(200):
        look = make_look(number, start_s=SAT_S, end_s=SAT_S + number / 5, n_useful=number + 1, template=template)
        _, seconds = _timed(state, [replace(look, track_id="t_last")], 1000 + number, naming)
        took.append(seconds)
    return Measurement(
        what="the same of one person after six hours",
        figure=1e3 * float(np.median(took)),
        unit="ms",
        detail=f"a chunk; {len(state.tracks)} tracks, state {len(encode_life(state)):,} bytes",
    )


def _timed(state: LifeState, looks: list[Look], number: int, naming: Naming) -> tuple[LifeState, float]:
    begun = time.perf_counter()
    step = step_lives(
        state, looks, Moment(number, max(look.end_s for look in looks), EMITTED), LiveRun(RUN, START), naming
    )
    return step.state, time.perf_counter() - begun


def _delay(settings: BenchSettings) -> Measurement:
    seconds = 20 if settings.short else 60
    with TemporaryDirectory() as folder:
        delays = _run_cameras(Path(folder), seconds)
    return Measurement(
        what=f"from a face to its event, {CAMERAS} cameras",
        figure=1e3 * float(np.quantile(delays, 0.95)),
        unit="ms p95",
        detail=f"median {1e3 * float(np.median(delays)):.0f}, most {1e3 * max(delays):.0f} ms; {len(delays)} new and "
        f"updated sightings in {seconds} s; a gallery of {PEOPLE}; published until it stands in the stream",
    )


def _run_cameras(folder: Path, seconds: int) -> list[float]:
    world = open_world(folder / "data", kind=SourceKind.LIVE)
    looks = draw_gallery(PEOPLE, 1, 1).gallery.references
    People(world.control).enrol_all({f"P {n}": [make_reference(n, embedding=looks[n])] for n in range(PEOPLE)})
    keys = [_camera(world, number) for number in range(CAMERAS)]
    with _server(folder) as url, _aggregator(folder / "data", url):
        begun = datetime.now(UTC) + timedelta(seconds=5)
        _begin_at(world, begun)
        _play(url, keys, begun, seconds)
        threading.Event().wait(1)
        log = RedisEventLog(url)
        entries = log.read(EVENTS, FIRST, 10_000, 0)
        log.close()
    world.control.close()
    pairs = [(decode_event(entry.data), place_of(entry.entry_id)[0] / 1000) for entry in entries]
    return [at_s - _captured_s(event) for event, at_s in pairs if event.ended_at is None]


def _captured_s(event: SightingEvent) -> float:
    return event.captured_at.timestamp()


def _camera(world: World, number: int) -> RunKey:
    run = RunKey(f"camera_{number}", f"r_{number:016x}")
    source = replace(make_new_source(run.source_id, kind=SourceKind.LIVE), clock=Clock.LIVE)
    Sources(world.control).upsert(source)
    submit(world.control, run)
    return run


def _begin_at(world: World, begun: datetime) -> None:
    with world.control.writing() as transaction:
        transaction.connection.execute(update(runs).values(start_ts=begun))


def _play(url: str, keys: list[RunKey], begun: datetime, seconds: int) -> None:
    transport = RedisTransport(url)
    gallery = draw_gallery(PEOPLE, 1, 1).gallery
    for run in keys:
        transport.receive(Subscription((matches_stream(run.source_id),), AGGREGATORS, "nobody"), 1, 0)
    for number in range(seconds * FPS):
        due = begun.timestamp() + number / FPS
        threading.Event().wait(max(0.0, due - time.time()))
        for place, run in enumerate(keys):
            chunk = _chunk(
                run, number, gallery.references[(place * 100 + number // (FPS * VISIT_S) * FACES) % PEOPLE :]
            )
            transport.publish(matches_stream(run.source_id), pack(Work(chunk, OPTIONS)))
    transport.close()


def _chunk(run: RunKey, number: int, embeddings: np.ndarray) -> FaceChunk:
    faces = [
        make_face(sample_index=number, box_xyxy=make_box(left=100 + 300 * n), embedding=embeddings[n], thumb_jpeg=THUMB)
        for n in range(FACES)
    ]
    return make_face_chunk(number, samples=[make_sample(number)], faces=faces, run=run)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    (folder / "run").mkdir()
    server = embedded_server(folder / "run")
    process = subprocess.Popen(leashed(server.command))
    transport = RedisTransport(server.url)
    time.sleep(1)
    transport.ping()
    transport.close()
    yield server.url
    process.kill()
    process.wait()


@contextmanager
def _aggregator(data_dir: Path, url: str) -> Iterator[None]:
    settings = {"FACETRAIL_DATA": str(data_dir), "FACETRAIL_REDIS_URL": url}
    process = subprocess.Popen([sys.executable, "-m", "workers", "aggregator"], env={**os.environ, **settings})
    yield
    process.terminate()
    process.wait()
