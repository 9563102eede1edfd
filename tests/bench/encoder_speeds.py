"""What a face costs with every encoder, alone and in batches of 32, in single and in mixed precision; see `--encoder`.

With the open test data at hand it also says how far mixed precision moves the vectors of real faces.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from pipeline.encoders.execution import Execution, Precision
from pipeline.encoders.registry import Encoder, load_encoder
from pipeline.schemas import VectorF32
from tests.bench.measurement import Measurement
from tests.bench.settings import BenchSettings
from tests.bench.thresholds import find_open_data, find_portraits
from tests.bench.thresholds_probes import cut_face

BATCH = 32
ROUNDS = 6


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """For each encoder its cost in both precisions, and what the mixed one changes."""
    open_data = find_open_data()
    portraits = [] if open_data is None else [portrait for _, portrait in find_portraits(open_data)]
    for entry in settings.chosen_encoders:
        single = load_encoder(entry.name, settings.weights)
        mixed = load_encoder(entry.name, settings.weights, Execution(Precision.MIXED))
        yield _cost(single, Precision.FLOAT32)
        yield _cost(mixed, Precision.MIXED)
        if portraits:
            faces = np.stack([cut_face(single, portrait) for portrait in portraits])
            yield _shift(entry.name, single.embed(faces), mixed.embed(faces))


def _cost(encoder: Encoder, precision: Precision) -> Measurement:
    size = encoder.alignment.size
    crops_rgb = np.random.default_rng(0).integers(0, 256, (BATCH, size, size, 3), np.uint8)
    many_cpu, many_clock = _per_face(encoder, crops_rgb)
    one_cpu, one_clock = _per_face(encoder, crops_rgb[:1])
    return Measurement(
        what=f"{encoder.name}, {precision}: batch of {BATCH}",
        figure=many_cpu * 1e3,
        unit="CPU-ms a face",
        detail=f"{1 / many_clock:.0f} faces a second on the clock; "
        f"one by one {one_cpu * 1e3:.1f} CPU-ms, {one_clock * 1e3:.1f} ms on the clock",
    )


def _per_face(encoder: Encoder, crops_rgb: np.ndarray) -> tuple[float, float]:
    """CPU and clock seconds a face: the least of some rounds after one to warm up; disturbance only adds."""
    encoder.embed(crops_rgb)
    costs = []
    for _ in range(ROUNDS if len(crops_rgb) > 1 else 4 * ROUNDS):
        cpu, clock = time.process_time(), time.perf_counter()
        encoder.embed(crops_rgb)
        costs.append((time.process_time() - cpu, time.perf_counter() - clock))
    return min(cost[0] for cost in costs) / len(crops_rgb), min(cost[1] for cost in costs) / len(crops_rgb)


def _shift(encoder: str, single: VectorF32, mixed: VectorF32) -> Measurement:
    cosines = (single * mixed).sum(axis=1)
    moved = np.abs(single @ single.T - mixed @ mixed.T)
    return Measurement(
        what=f"{encoder}: 1 - cosine of a face in mixed and in single precision, at most",
        figure=1e3 * (1 - float(cosines.min())),
        unit="thousandths",
        detail=f"of {len(cosines)} faces, median {1e3 * (1 - np.median(cosines)):.3f}; "
        f"scores of pairs move by {moved.max():.4f} at most",
    )
