"""Run a network over any number of faces in batches of few different sizes, so that it is prepared for each once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.schemas import ImageU8, VectorF32

BUCKETS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""Sizes of batches: a batch is filled up to the next one, by a third at most from three faces on. Beyond the largest
more faces in a call bring no speed, only memory."""


def bucket_size(n_faces: int) -> int:
    """The smallest bucket that holds `n_faces`; the largest when none does."""
    return next((size for size in BUCKETS if size >= n_faces), BUCKETS[-1])


def embed_in_batches(
    network: Callable[[ImageU8], VectorF32], crops_rgb: ImageU8, crop_size: int, dimensions: int
) -> VectorF32:
    """`(N, D)` float32 of unit length for crops `(N, S, S, 3)` uint8; a batch is filled up with black crops."""
    return unit_length(run_in_batches(network, crops_rgb, crop_size, dimensions))


def run_in_batches(
    network: Callable[[ImageU8], VectorF32], crops_rgb: ImageU8, crop_size: int, n_outputs: int
) -> VectorF32:
    """`(N, n_outputs)` float32, as the network gives it, for crops `(N, S, S, 3)` uint8; N may be 0."""
    if crops_rgb.shape[1:] != (crop_size, crop_size, 3) or crops_rgb.dtype != np.uint8:
        wanted = f"(N, {crop_size}, {crop_size}, 3) uint8"
        raise ValueError(f"crops_rgb: expected {wanted}, got {crops_rgb.shape} {crops_rgb.dtype}")
    step = BUCKETS[-1]
    pieces = [
        network(_fill_up(crops_rgb[start : start + step]))[: len(crops_rgb) - start]
        for start in range(0, len(crops_rgb), step)
    ]
    return np.concatenate(pieces) if pieces else np.zeros((0, n_outputs), np.float32)


def unit_length(vectors: VectorF32) -> VectorF32:
    """The `(N, D)` float32 vectors at length one; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: VectorF32 = (vectors / np.maximum(lengths, np.float32(1e-12))).astype(np.float32)
    return scaled


def _fill_up(crops_rgb: ImageU8) -> ImageU8:
    missing = bucket_size(len(crops_rgb)) - len(crops_rgb)
    return np.pad(crops_rgb, ((0, missing), (0, 0), (0, 0), (0, 0)))
