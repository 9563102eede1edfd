"""Noise in the shape of aligned faces, for tests that compare two ways of computing one network."""

from __future__ import annotations

import numpy as np

from pipeline.schemas import ImageU8


def random_crops(n: int, size: int) -> ImageU8:
    """`(n, size, size, 3)` uint8, always the same."""
    return np.random.default_rng(0).integers(0, 256, (n, size, size, 3), np.uint8)
