"""The triplet loss: a face shall be nearer to its own person's than to anybody else's, by a margin.

Schroff, Kalenichenko, Philbin: FaceNet, a unified embedding for face recognition and clustering, 2015 (equation 3), as
the tutorials define it: `sum_i max(|f(a_i) - f(p_i)|^2 - |f(a_i) - f(n_i)|^2 + alpha, 0)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf

ALPHA = 0.2
"""The margin of the paper and of most tutorials, in squared distance of unit vectors; the Keras exercise takes 0.3."""


def triplet_loss(anchors: tf.Tensor, positives: tf.Tensor, negatives: tf.Tensor, alpha: float = ALPHA) -> tf.Tensor:
    """The scalar loss of given triplets, each `(N, D)` float32; 0 for none. A sum, as in the paper, and no mean."""
    import tensorflow as tf

    to_positive = tf.reduce_sum(tf.square(anchors - positives), axis=-1)
    to_negative = tf.reduce_sum(tf.square(anchors - negatives), axis=-1)
    return tf.reduce_sum(tf.maximum(to_positive - to_negative + alpha, 0.0))


def squared_distances(embeddings: tf.Tensor) -> tf.Tensor:
    """The `(N, N)` float32 squared distances of vectors `(N, D)`, none below 0 and 0 along the diagonal."""
    import tensorflow as tf

    products = tf.matmul(embeddings, embeddings, transpose_b=True)
    squares = tf.linalg.diag_part(products)
    distances = tf.maximum(squares[:, None] - 2 * products + squares[None, :], 0.0)
    return tf.linalg.set_diag(distances, tf.zeros_like(squares))


def unit_length(vectors: tf.Tensor) -> tf.Tensor:
    """The `(N, D)` vectors at length one, as the loss wants embeddings; a zero vector stays zero."""
    import tensorflow as tf

    return tf.math.l2_normalize(vectors, axis=-1)
