"""The triplet loss: the figure of the tutorials, and its definition."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from pipeline.training.triplets.loss import squared_distances, triplet_loss, unit_length

pytestmark = pytest.mark.slow


def test_the_tutorials_seeded_example_gives_their_figure():
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.set_random_seed(1)
        anchors = tf.random.normal([3, 128], mean=6, stddev=0.1, seed=1)
        positives = tf.random.normal([3, 128], mean=1, stddev=1, seed=1)
        negatives = tf.random.normal([3, 128], mean=3, stddev=4, seed=1)

        loss = session.run(triplet_loss(anchors, positives, negatives, alpha=0.2))

    assert loss == pytest.approx(528.143, abs=1e-3)


@pytest.mark.parametrize("n", [0, 1, 7])
@pytest.mark.parametrize("alpha", [0.2, 0.3])
def test_it_is_the_sum_over_triplets(n: int, alpha: float):
    a, p, q = np.random.default_rng(n).normal(0, 0.2, (3, n, 5)).astype(np.float32)

    loss = float(triplet_loss(a, p, q, alpha))

    wanted = sum(max(((a[i] - p[i]) ** 2).sum() - ((a[i] - q[i]) ** 2).sum() + alpha, 0) for i in range(n))
    assert loss == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("n", [0, 1, 6])
def test_distances_are_those_of_every_pair(n: int):
    vectors = np.random.default_rng(n).normal(size=(n, 4)).astype(np.float32)

    distances = squared_distances(tf.constant(vectors)).numpy()

    assert np.allclose(distances, ((vectors[:, None] - vectors[None]) ** 2).sum(axis=-1), atol=1e-5)
    assert (np.diag(distances) == 0).all()


def test_embeddings_are_of_unit_length_and_a_zero_stays_zero():
    vectors = unit_length(tf.constant([[3.0, 4.0], [0.0, 0.0]])).numpy()

    assert np.allclose(vectors, [[0.6, 0.8], [0, 0]])
