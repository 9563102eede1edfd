"""InsightFace's MobileFaceNet: the same numbers as OpenCV's own reader of ONNX."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.encoders.batches import unit_length
from pipeline.encoders.networks.w600k_mbf import network_of
from pipeline.encoders.registry import Encoder, encoder_entry, weights_path
from pipeline.errors import WeightsError
from tests.pipeline.encoders.crops import random_crops

pytestmark = pytest.mark.slow


def run_by_opencv(path: Path, crops_rgb: np.ndarray) -> np.ndarray:
    network = cv2.dnn.readNetFromONNX(str(path))
    vectors = []
    for crop in crops_rgb:
        network.setInput(cv2.dnn.blobFromImage(crop, 1 / 127.5, (112, 112), (127.5, 127.5, 127.5)))
        vectors.append(network.forward()[0].copy())
    return np.stack(vectors)


def test_it_agrees_with_opencv(w600k_mbf: Encoder, portrait_crops, weights_cache: Path):
    crops = np.concatenate([portrait_crops(w600k_mbf.alignment), random_crops(2, 112)])

    theirs = run_by_opencv(weights_path(encoder_entry("w600k-mbf"), weights_cache), crops)

    assert np.abs(w600k_mbf.embed(crops) - unit_length(theirs)).max() < 1e-5


def test_golden_distances(w600k_mbf: Encoder, portrait_crops):
    first, second, other = w600k_mbf.embed(portrait_crops(w600k_mbf.alignment))

    assert first @ second == pytest.approx(0.72743, abs=1e-4)
    assert first @ other == pytest.approx(0.05549, abs=1e-4)


@pytest.mark.parametrize("n_faces", [0, 1, 3])
def test_any_number_of_faces_gives_unit_vectors(w600k_mbf: Encoder, n_faces: int):
    vectors = w600k_mbf.embed(random_crops(n_faces, 112))

    assert vectors.shape == (n_faces, 512)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_other_weights_are_refused():
    with pytest.raises(WeightsError, match="has 138 weights: it has 1"):
        network_of({"something": np.ones(3, np.float32)})
    with pytest.raises(WeightsError, match="it has no weights '518'"):
        network_of({str(name): np.ones(3, np.float32) for name in range(138)})
