"""FaceNet of 512 numbers: the same vectors as running the frozen graph itself, from its constants alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.networks.facenet_512 import layers_of
from pipeline.encoders.registry import Encoder, encoder_entry, weights_path
from pipeline.errors import WeightsError
from tests.pipeline.encoders.crops import random_crops

pytestmark = pytest.mark.slow


def run_frozen_graph(path: Path, crops_rgb: np.ndarray) -> np.ndarray:
    """What TensorFlow makes of the file as a graph: its reader, its operations, its normalisation."""
    import tensorflow as tf

    graph = tf.compat.v1.GraphDef()
    graph.ParseFromString(path.read_bytes())
    wrapped = tf.compat.v1.wrap_function(lambda: tf.compat.v1.import_graph_def(graph, name=""), [])
    run = wrapped.prune("input:0", "embeddings:0")
    return np.concatenate([run(tf.constant((crop[None] - np.float32(127.5)) / 128)).numpy() for crop in crops_rgb])


def test_it_agrees_with_the_frozen_graph(facenet_512: Encoder, portrait_crops, weights_cache: Path):
    crops = np.concatenate([portrait_crops(facenet_512.alignment), random_crops(2, 160)])

    theirs = run_frozen_graph(weights_path(encoder_entry("facenet-512"), weights_cache), crops)

    assert np.abs(facenet_512.embed(crops) - theirs).max() < 1e-5


def test_golden_distances(facenet_512: Encoder, portrait_crops):
    first, second, other = facenet_512.embed(portrait_crops(facenet_512.alignment))

    assert first @ second == pytest.approx(0.55384, abs=1e-4)
    assert first @ other == pytest.approx(0.05012, abs=1e-4)


@pytest.mark.parametrize("n_faces", [0, 1, 3])
def test_any_number_of_faces_gives_unit_vectors(facenet_512: Encoder, n_faces: int):
    vectors = facenet_512.embed(random_crops(n_faces, 160))

    assert vectors.shape == (n_faces, 512)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_graph_of_another_network_is_refused():
    with pytest.raises(KeyError, match="Bottleneck"):
        layers_of({"InceptionResnetV1/Conv/weights": np.ones(3), "InceptionResnetV1/Conv/biases": np.ones(3)})


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path):
    from pipeline.encoders.networks.facenet_512 import build

    (tmp_path / "graph.pb").write_bytes(b"no graph at all")

    with pytest.raises(WeightsError, match="damaged TensorFlow graph"):
        build(tmp_path / "graph.pb")
