"""Mined losses against loops over every triplet."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from pipeline.training.triplets.mining import Mining, mined_loss, negative_pairs, positive_pairs

pytestmark = pytest.mark.slow

ALPHA = 0.2


def batch_all(d: np.ndarray, labels: list[int]) -> float:
    costs = [d[a, p] - d[a, n] + ALPHA for a, p in positives(labels) for n in negatives(labels, a)]
    costly = [cost for cost in costs if cost > 0]
    return float(np.mean(costly)) if costly else 0.0


def batch_hard(d: np.ndarray, labels: list[int]) -> float:
    costs = []
    for a in range(len(labels)):
        own, others = [p for x, p in positives(labels) if x == a], negatives(labels, a)
        if own and others:
            costs.append(max(max(d[a, own]) - min(d[a, others]) + ALPHA, 0))
    return float(np.mean(costs)) if costs else 0.0


def semi_hard(d: np.ndarray, labels: list[int]) -> float:
    costs = []
    for a, p in positives(labels):
        others = negatives(labels, a)
        if others:
            farther = [d[a, n] for n in others if d[a, n] > d[a, p]]
            costs.append(max(d[a, p] - (min(farther) if farther else max(d[a, others])) + ALPHA, 0))
    return float(np.mean(costs)) if costs else 0.0


def positives(labels: list[int]) -> list[tuple[int, int]]:
    return [(a, p) for a, x in enumerate(labels) for p, y in enumerate(labels) if a != p and x == y]


def negatives(labels: list[int], a: int) -> list[int]:
    return [n for n, y in enumerate(labels) if y != labels[a]]


def faces(n: int, spread: float) -> np.ndarray:
    vectors = np.random.default_rng(n).normal(size=(n, 4)) * spread + 1
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


LOOPS = [(Mining.BATCH_ALL, batch_all), (Mining.BATCH_HARD, batch_hard), (Mining.SEMI_HARD, semi_hard)]


@pytest.mark.parametrize(("mining", "loop"), LOOPS)
@pytest.mark.parametrize(
    "labels",
    [[], [0], [0, 0, 0], [0, 1, 2], [0, 0, 1], [0, 0, 1, 1, 2, 2, 2], [0, 1, 0, 1, 2, 0, 3, 3]],
    ids=["no faces", "one face", "one person", "nobody twice", "one triplet", "three people", "mixed order"],
)
@pytest.mark.parametrize("spread", [0.3, 2.0])
def test_it_is_what_a_loop_over_all_triplets_gives(mining: Mining, loop, labels: list[int], spread: float):
    vectors = faces(len(labels), spread)

    loss = float(mined_loss(mining)(tf.constant(vectors), tf.constant(labels, tf.int32), ALPHA))

    assert loss == pytest.approx(loop(((vectors[:, None] - vectors[None]) ** 2).sum(axis=-1), labels), abs=1e-5)


@pytest.mark.parametrize("mining", list(Mining))
def test_a_batch_without_triplets_moves_nothing(mining: Mining):
    vectors = tf.Variable(faces(3, 1.0))
    with tf.GradientTape() as tape:
        loss = mined_loss(mining)(vectors, tf.constant([0, 1, 2]), ALPHA)

    assert float(loss) == 0
    assert not np.nan_to_num(tape.gradient(loss, vectors).numpy(), nan=1.0).any()


def test_pairs_are_told_by_their_labels():
    labels = tf.constant([4, 4, 7])

    assert positive_pairs(labels).numpy().tolist() == [[False, True, False], [True, False, False], [False] * 3]
    assert negative_pairs(labels).numpy().tolist() == [[False, False, True], [False, False, True], [True, True, False]]
