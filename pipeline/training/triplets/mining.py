"""Choosing triplets inside a batch by the labels of its faces, without a loop: masks over all of them.

Batch-all and batch-hard are those of Hermans, Beyer, Leibe: In defense of the triplet loss, 2017; semi-hard negatives
(farther than the positive, and inside the margin) are those of the FaceNet paper. Distances are squared ones, so that a
triplet costs the same here and in `triplet_loss`. A batch without a triplet costs 0 and moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.training.triplets.loss import squared_distances

if TYPE_CHECKING:
    import tensorflow as tf

MinedLoss = Callable[["tf.Tensor", "tf.Tensor", float], "tf.Tensor"]


class Mining(StrEnum):
    """Which triplets of a batch count."""

    BATCH_ALL = "batch-all"
    BATCH_HARD = "batch-hard"
    SEMI_HARD = "semi-hard"


def mined_loss(mining: Mining) -> MinedLoss:
    """The loss of a batch, by the way of mining."""
    losses: Mapping[Mining, MinedLoss] = {
        Mining.BATCH_ALL: batch_all_loss,
        Mining.BATCH_HARD: batch_hard_loss,
        Mining.SEMI_HARD: semi_hard_loss,
    }
    return losses[mining]


def batch_all_loss(embeddings: tf.Tensor, labels: tf.Tensor, alpha: float) -> tf.Tensor:
    """The mean over all triplets that cost anything; `embeddings` `(N, D)` float32, `labels` `(N,)` integers."""
    import tensorflow as tf

    distances = squared_distances(embeddings)
    costs = distances[:, :, None] - distances[:, None, :] + alpha
    counts = positive_pairs(labels)[:, :, None] & negative_pairs(labels)[:, None, :] & (costs > 0)
    return _mean_where(costs, tf.cast(counts, tf.float32))


def batch_hard_loss(embeddings: tf.Tensor, labels: tf.Tensor, alpha: float) -> tf.Tensor:
    """The mean over anchors with their farthest positive and their nearest negative; arguments as `batch_all_loss`."""
    import tensorflow as tf

    distances = squared_distances(embeddings)
    positives, negatives = positive_pairs(labels), negative_pairs(labels)
    farthest = tf.reduce_max(tf.where(positives, distances, 0.0), axis=1)
    nearest = tf.reduce_min(tf.where(negatives, distances, distances.dtype.max), axis=1)
    is_anchor = tf.reduce_any(positives, axis=1) & tf.reduce_any(negatives, axis=1)
    costs = tf.maximum(farthest - tf.where(is_anchor, nearest, 0.0) + alpha, 0.0)
    return _mean_where(costs, tf.cast(is_anchor, tf.float32))


def semi_hard_loss(embeddings: tf.Tensor, labels: tf.Tensor, alpha: float) -> tf.Tensor:
    """The mean over (anchor, positive) with the nearest negative that is farther than the positive.

    Where every negative is nearer, the farthest of them takes its place. Arguments as `batch_all_loss`.
    """
    import tensorflow as tf

    distances = squared_distances(embeddings)
    positives, negatives = positive_pairs(labels), negative_pairs(labels)
    is_farther = negatives[:, None, :] & (distances[:, None, :] > distances[:, :, None])
    nearest_farther = tf.reduce_min(tf.where(is_farther, distances[:, None, :], distances.dtype.max), axis=2)
    farthest = tf.reduce_max(tf.where(negatives, distances, 0.0), axis=1)[:, None]
    chosen = tf.where(tf.reduce_any(is_farther, axis=2), nearest_farther, farthest)
    counts = positives & tf.reduce_any(negatives, axis=1)[:, None]
    return _mean_where(tf.maximum(distances - chosen + alpha, 0.0), tf.cast(counts, tf.float32))


def positive_pairs(labels: tf.Tensor) -> tf.Tensor:
    """`(N, N)` bool: two different faces of one person."""
    import tensorflow as tf

    same = labels[:, None] == labels[None, :]
    return tf.linalg.set_diag(same, tf.zeros_like(labels, tf.bool))


def negative_pairs(labels: tf.Tensor) -> tf.Tensor:
    """`(N, N)` bool: faces of two people."""
    return labels[:, None] != labels[None, :]


def _mean_where(costs: tf.Tensor, counts: tf.Tensor) -> tf.Tensor:
    """The mean of `costs` where `counts` is 1; 0 where it never is."""
    import tensorflow as tf

    return tf.math.divide_no_nan(tf.reduce_sum(costs * counts), tf.reduce_sum(counts))
