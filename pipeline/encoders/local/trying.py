"""Try an encoder: does it give what the manifest says, how fast, and in how much memory?"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from pipeline.encoders.local.drawn_faces import draw_faces
from pipeline.encoders.local.measured import Speed
from pipeline.encoders.manifest import ManifestEntry
from pipeline.encoders.registry import Encoder
from pipeline.schemas import ImageU8

BATCH = 32
REPEATS = 5
"""The quickest of so many counts: whatever else the machine does only makes it slower."""
UNIT_TOLERANCE = 1e-4
GOLDEN_TOLERANCE = 5e-3
"""How far the likeness of two drawn faces may be from the manifest's. Another build of TensorFlow moves it by 1e-5, an
instruction set with half precision by 1e-3; weights in a wrong place move it by 0.1 and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What an encoder did with drawn faces."""

    problem: str
    """What is wrong with its answers; empty when nothing is."""
    golden_cosine: float
    """Likeness of the first two drawn faces."""
    speed: Speed


def try_encoder(encoder: Encoder, entry: ManifestEntry, now: datetime) -> Trial:
    """Embed drawn faces, check the answers, and measure on them."""
    faces = draw_faces(BATCH, encoder.alignment.size)
    vectors = encoder.embed(faces)
    golden = float(vectors[0] @ vectors[1])
    problem = _problem(vectors, golden, entry)
    return Trial(problem=problem, golden_cosine=golden, speed=measure_speed(encoder, faces, now))


def measure_speed(encoder: Encoder, faces: ImageU8, now: datetime) -> Speed:
    """How long one face and a batch of `faces` `(N, S, S, 3)` uint8 RGB take, and what the process has of memory."""
    return Speed(
        device=device_name(),
        one_face_ms=1000 * _quickest(lambda: encoder.embed(faces[:1])),
        faces_per_s=len(faces) / _quickest(lambda: encoder.embed(faces)),
        batch=len(faces),
        memory_mb=_peak_mb(),
        measured_at=now,
    )


def device_name() -> str:
    """What TensorFlow computes on here."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return f"CPU, {len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores"
    details = tf.config.experimental.get_device_details(gpus[0])
    return f"GPU, {details.get('device_name', 'unnamed')}"


def _problem(vectors: np.ndarray, golden: float, entry: ManifestEntry) -> str:
    if vectors.shape[1] != entry.dimensions:
        return f"it gives {vectors.shape[1]} numbers a face, and its entry says {entry.dimensions}"
    if not np.isfinite(vectors).all():
        return "it gives numbers that are none"
    if np.abs(np.linalg.norm(vectors, axis=1) - 1).max() > UNIT_TOLERANCE:
        return "its vectors are not of unit length"
    if entry.golden_cosine is not None and abs(golden - entry.golden_cosine) > GOLDEN_TOLERANCE:
        return (
            f"two drawn faces are {golden:.4f} alike in it, and must be {entry.golden_cosine:.4f}: it computes wrongly"
        )
    if np.ptp(vectors, axis=0).max() < UNIT_TOLERANCE:
        return "it gives the same numbers whatever the face"
    return ""


def _quickest(work: Callable[[], object]) -> float:
    work()
    durations = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        durations.append(time.perf_counter() - begun)
    return min(durations)


def _peak_mb() -> float:
    """The most memory that this process has had; Linux counts in KB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
