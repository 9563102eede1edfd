"""The encoder `dlib-resnet` in batches of 32 against dlib's own wheel on the same faces; and the default encoder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import dlib
import numpy as np

from pipeline.encoders.registry import encoder_entry, load_encoder, weights_path
from pipeline.options import AnalysisOptions
from pipeline.schemas import ImageU8
from tests.bench.measurement import Bar, Measurement
from tests.bench.settings import BenchSettings

ENCODER = "dlib-resnet"
BATCH = 32
ROUNDS = 8
N_DLIB = 16
"""dlib takes some 50 ms a face: few are enough."""


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    crops_rgb = np.random.default_rng(0).integers(0, 256, (BATCH, 150, 150, 3), np.uint8)
    encoder = load_encoder(ENCODER, settings.weights)
    ours = _per_face(lambda: encoder.embed(crops_rgb), BATCH, ROUNDS)
    single = _per_face(lambda: encoder.embed(crops_rgb[:1]), 1, 4 * ROUNDS)
    theirs = _dlib_per_face(settings, crops_rgb[:N_DLIB])
    yield Measurement(
        what="encoder, batch of 32, against dlib's wheel: CPU time",
        figure=theirs[0] / ours[0],
        unit="x less",
        detail=f"{ours[0] * 1e3:.2f} against {theirs[0] * 1e3:.1f} CPU-ms a face; one by one {single[0] * 1e3:.2f}",
        bar=Bar(15, 40, at_least=True),
    )
    yield Measurement(
        what="encoder, batch of 32, against dlib's wheel: rate",
        figure=theirs[1] / ours[1],
        unit="x",
        detail=f"{1 / ours[1]:.0f} against {1 / theirs[1]:.0f} faces a second on the clock",
        bar=Bar(15, 40, at_least=True),
    )
    yield _measure_default(settings)


def _measure_default(settings: BenchSettings) -> Measurement:
    """What the encoder of the default configuration costs; there is no other build of it to compare with."""
    encoder = load_encoder(AnalysisOptions().encoding.encoder, settings.weights)
    size = encoder.alignment.size
    crops_rgb = np.random.default_rng(0).integers(0, 256, (BATCH, size, size, 3), np.uint8)
    cpu_s, clock_s = _per_face(lambda: encoder.embed(crops_rgb), BATCH, ROUNDS)
    return Measurement(
        what=f"default encoder {encoder.name}, batch of 32: CPU time",
        figure=cpu_s * 1e3,
        unit="CPU-ms",
        detail=f"a face; {1 / clock_s:.0f} faces a second on the clock",
    )


def _dlib_per_face(settings: BenchSettings, crops_rgb: ImageU8) -> tuple[float, float]:
    model = dlib.face_recognition_model_v1(str(weights_path(encoder_entry(ENCODER), settings.weights)))
    return _per_face(lambda: [model.compute_face_descriptor(crop) for crop in crops_rgb], len(crops_rgb), 2)


def _per_face(work: Callable[[], object], n_faces: int, rounds: int) -> tuple[float, float]:
    """CPU and clock seconds a face: the least of some rounds after one to warm up; disturbance only adds."""
    work()
    costs = []
    for _ in range(rounds):
        cpu, clock = time.process_time(), time.perf_counter()
        work()
        costs.append(((time.process_time() - cpu) / n_faces, (time.perf_counter() - clock) / n_faces))
    return min(cost[0] for cost in costs), min(cost[1] for cost in costs)
