"""Matching 32 templates with large galleries, against the bare matrix product that no exact search can do without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from pipeline.identity.matching import Gallery, match_templates
from pipeline.schemas import VectorF32
from tests.bench.measurement import Bar, Measurement
from tests.bench.settings import BenchSettings

DIMENSIONS = 128
BATCH = 32
SIZES = (100_000, 1_000_000)
ROUNDS = 12


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """One reference a person, which leaves nothing to save."""
    for size in SIZES[:1] if settings.short else SIZES:
        rng = np.random.default_rng(0)
        references, templates = _unit_rows(rng, size), _unit_rows(rng, BATCH)
        names = tuple(map(str, range(size)))
        gallery = Gallery(1, "any", names, names, references, np.arange(size))
        ours, bare = _least_s(
            partial(match_templates, templates, gallery),
            partial(np.matmul, templates, references.T),
        )
        yield Measurement(
            what=f"matching, 32 against {size:,} of 128: clock",
            figure=ours / bare,
            unit="x",
            detail=f"{ours * 1e3:.1f} ms against {bare * 1e3:.1f} ms of bare product",
            bar=Bar(1.3, 1.05),
        )


def _unit_rows(rng: np.random.Generator, n_rows: int) -> VectorF32:
    rows = rng.standard_normal((n_rows, DIMENSIONS), np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def _least_s(*works: Callable[[], object]) -> list[float]:
    """The least seconds of each work, taken in turns so that a busy moment hits all of them."""
    least = [np.inf] * len(works)
    for _ in range(ROUNDS):
        for place, work in enumerate(works):
            begin = time.perf_counter()
            work()
            least[place] = min(least[place], time.perf_counter() - begin)
    return least
