"""What it costs to bring frames from ingest through detector and encoder to the aggregator, the server included."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import psutil

from pipeline.options import AnalysisOptions
from pipeline.schemas import CHUNK_SAMPLES, Face, FaceChunk, Frame, FrameChunk, RunKey, Sample, SampleState
from tests.bench.measurement import Bar, Measurement
from tests.bench.settings import BenchSettings
from tests.builders import make_face, make_vector
from tests.workers.conftest import wait_for_server
from workers.messages import Item, Work, pack, stage_options, unpack
from workers.stack.cameras import FRAMES_ALLOCATOR
from workers.stack.embedded import embedded_server, make_run_dir
from workers.stack.leash import leashed
from workers.wire.transport import (
    AGGREGATORS,
    DETECTORS,
    ENCODERS,
    FACES,
    FRAMES,
    Delivery,
    Subscription,
    Transport,
    matches_stream,
)

RUN = RunKey("f_bench", "r_bench")
SIZE_WH = (1280, 720)
FACES_A_SAMPLE = 2
CROPS_A_CHUNK = 6
"""Faces of a chunk that are encoded: the best few of each that is followed through it."""
CROP_SIDE = 112
THUMB_BYTES = 8_000
WARM_UP_CHUNKS = 4
OPTIONS = stage_options(AnalysisOptions())
OWN_STREAM = matches_stream(RUN.source_id)


@dataclass(frozen=True, slots=True)
class TransportCost:
    """CPU milliseconds a sampled frame."""

    ours_ms: float
    """In the processes that publish and receive."""
    server_ms: float

    @property
    def total_ms(self) -> float:
        return self.ours_ms + self.server_ms


@dataclass(frozen=True, slots=True, eq=False)
class Journey:
    """One chunk as it leaves each stage."""

    frames: FrameChunk
    faces: FaceChunk
    embedded: FaceChunk


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """The transport's cost a frame."""
    cost = bench_transport(20 if settings.short else 60)
    yield Measurement(
        what="transport and serialisation of a sampled 720p frame",
        figure=cost.total_ms,
        unit="CPU-ms",
        detail=f"server {cost.server_ms:.2f}, our processes {cost.ours_ms:.2f}; faces and embeddings included",
        bar=Bar(2.5, 1.0),
    )


def bench_transport(n_chunks: int) -> TransportCost:
    """Move chunks of 720p frames through all streams of an embedded server, in a process set up like a worker."""
    command = [sys.executable, "-m", __name__, str(n_chunks)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env={**os.environ, **FRAMES_ALLOCATOR})
    return msgspec.json.decode(done.stdout, type=TransportCost)


def _bench_here(n_chunks: int) -> TransportCost:
    with tempfile.TemporaryDirectory() as folder:
        server = embedded_server(make_run_dir(Path(folder)))
        with subprocess.Popen(leashed(server.command), stdout=subprocess.DEVNULL) as process:
            transport = wait_for_server(server.url)
            _listen(transport)
            journey = _make_journey()
            for _ in range(WARM_UP_CHUNKS):
                _carry(transport, journey)
            cost = _cost(transport, journey, n_chunks, psutil.Process(process.pid))
            transport.close()
            process.terminate()
    return cost


def _cost(transport: Transport, journey: Journey, n_chunks: int, server: psutil.Process) -> TransportCost:
    ours, theirs = time.process_time(), _cpu_s(server)
    for _ in range(n_chunks):
        _carry(transport, journey)
    n_frames = n_chunks * len(journey.frames.frames)
    ms_a_frame = 1000 / n_frames
    return TransportCost((time.process_time() - ours) * ms_a_frame, (_cpu_s(server) - theirs) * ms_a_frame)


def _carry(transport: Transport, journey: Journey) -> None:
    """Bring one chunk from ingest to the record, as the stages do it."""
    transport.publish(FRAMES, pack(Work(journey.frames, OPTIONS)))
    frames, _ = _receive(transport, FRAMES, DETECTORS)
    transport.forward(DETECTORS, frames, FACES, pack(Work(journey.faces, OPTIONS)))
    faces, _ = _receive(transport, FACES, ENCODERS)
    transport.forward(ENCODERS, faces, OWN_STREAM, pack(Work(journey.embedded, OPTIONS)))
    embedded, _ = _receive(transport, OWN_STREAM, AGGREGATORS)
    transport.settle(AGGREGATORS, [embedded])


def _receive(transport: Transport, stream: str, group: str) -> tuple[Delivery, Item]:
    (delivery,) = transport.receive(Subscription((stream,), group, "bench"), 1, 5.0)
    return delivery, unpack(delivery.envelope).item


def _listen(transport: Transport) -> None:
    for stream, group in ((FRAMES, DETECTORS), (FACES, ENCODERS), (OWN_STREAM, AGGREGATORS)):
        transport.receive(Subscription((stream,), group, "bench"), 1, 0)


def _make_journey() -> Journey:
    frames = _make_chunk()
    faces = _find(frames)
    return Journey(frames, faces, _embed(faces))


def _make_chunk() -> FrameChunk:
    width, height = SIZE_WH
    generator = np.random.default_rng(0)
    samples = tuple(Sample(index, index / 5, SampleState.DECODED) for index in range(CHUNK_SAMPLES))
    frames = tuple(
        Frame(sample.index, generator.integers(0, 256, (height * 3 // 2, width), np.uint8)) for sample in samples
    )
    return FrameChunk(RUN, 0, samples, frames, SIZE_WH)


def _find(chunk: FrameChunk) -> FaceChunk:
    plain = [make_face(sample_index=sample.index) for sample in chunk.samples for _ in range(FACES_A_SAMPLE)]
    crop = np.zeros((CROP_SIDE, CROP_SIDE, 3), np.uint8)
    dressed = [replace(face, crop_rgb=crop, thumb_jpeg=bytes(THUMB_BYTES)) for face in plain[:CROPS_A_CHUNK]]
    faces: list[Face] = [*dressed, *plain[CROPS_A_CHUNK:]]
    return FaceChunk(chunk.run, chunk.number, chunk.samples, chunk.frame_size_wh, tuple(faces))


def _embed(chunk: FaceChunk) -> FaceChunk:
    looks = make_vector(0)
    faces = (face if face.crop_rgb is None else replace(face, crop_rgb=None, embedding=looks) for face in chunk.faces)
    return replace(chunk, faces=tuple(faces))


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(_bench_here(int(sys.argv[1]))))
