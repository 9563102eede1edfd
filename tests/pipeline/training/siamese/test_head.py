"""The logistic unit on the differences of two embeddings."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.training.siamese.differences import Difference
from pipeline.training.siamese.head import SiameseHead, differences


def vectors(n: int, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(n, 4))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("n", [0, 1, 5])
@pytest.mark.parametrize("kind", list(Difference))
def test_it_is_the_formula(n: int, kind: Difference):
    head = SiameseHead(kind, np.array([-1.0, 2.0, 0.5, -3.0], np.float32), 0.25)
    first, second = vectors(n, 1), vectors(n, 2)

    found = head.probabilities(first, second)

    wanted = []
    for a, b in zip(first, second, strict=True):
        apart = abs(a - b)
        terms = apart if kind is Difference.ABSOLUTE else apart**2 / (abs(a) + abs(b))
        wanted.append(1 / (1 + np.exp(-(np.dot(terms, head.weights) + 0.25))))
    assert found.shape == (n,)
    assert np.allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("kind", list(Difference))
def test_the_order_of_a_pair_plays_no_part_and_zeros_are_no_trouble(kind: Difference):
    first, second = vectors(3, 1), vectors(3, 2)
    first[0], second[0] = 0, 0

    assert (differences(first, second, kind) == differences(second, first, kind)).all()
    assert (differences(first, second, kind)[0] == 0).all()


def test_wrong_weights_are_refused():
    with pytest.raises(ValueError, match="weights: expected any float32"):
        SiameseHead(Difference.ABSOLUTE, np.zeros((2, 2), np.float32), 0.0)
