"""Batches: few sizes, all faces, in order."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.encoders.batches import BUCKETS, bucket_size, embed_in_batches, unit_length


@pytest.mark.parametrize(("n_faces", "size"), [(1, 1), (2, 2), (3, 3), (5, 6), (13, 16), (17, 24), (32, 32), (100, 32)])
def test_a_batch_is_filled_up_to_the_next_bucket(n_faces: int, size: int):
    assert bucket_size(n_faces) == size


@pytest.mark.parametrize("n_faces", [0, 1, 3, 32, 33, 70])
def test_every_face_comes_back_in_its_place(n_faces: int):
    sizes = []

    def network(crops: np.ndarray) -> np.ndarray:
        sizes.append(len(crops))
        return crops[:, 0, 0, :2].astype(np.float32) + np.float32(1)

    crops = np.random.default_rng(0).integers(0, 256, (n_faces, 4, 4, 3), np.uint8)

    vectors = embed_in_batches(network, crops, 4, 2)

    assert np.allclose(vectors, unit_length(crops[:, 0, 0, :2].astype(np.float32) + np.float32(1)))
    assert set(sizes) <= set(BUCKETS)


def test_a_zero_vector_stays_zero():
    assert not unit_length(np.zeros((1, 3), np.float32)).any()
