"""The Siamese verifier: how probable it is that two embeddings are of one person, by a unit on their differences.

`y = sigma(sum_k w_k |f(x_i)_k - f(x_j)_k| + b)`, as in Taigman et al.: DeepFace, 2014, and the tutorials after it, who
also give the chi-squared form `(f_i - f_j)^2 / (f_i + f_j)`. Embeddings have signs, so its denominator is the sum of
magnitudes here. The encoder stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.schemas import VectorF32, check_array
from pipeline.training.siamese.differences import Difference

SMALLEST_SUM = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class SiameseHead:
    """The logistic unit of one encoder."""

    difference: Difference
    weights: VectorF32
    """`(D,)` float32."""
    bias: float

    def __post_init__(self) -> None:
        check_array("weights", self.weights, (None,), np.float32)

    def probabilities(self, first: VectorF32, second: VectorF32) -> NDArray[np.float64]:
        """`(N,)` in 0..1 for pairs of unit vectors `(N, D)` float32; the order within a pair plays no part."""
        logits = differences(first, second, self.difference) @ self.weights.astype(np.float64) + self.bias
        found: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
        return found


def differences(first: VectorF32, second: VectorF32, kind: Difference) -> NDArray[np.float64]:
    """`(N, D)` of pairs of vectors `(N, D)`."""
    apart = np.abs(first.astype(np.float64) - second)
    if kind is Difference.ABSOLUTE:
        return apart
    sums: NDArray[np.float64] = np.abs(first).astype(np.float64) + np.abs(second)
    return np.asarray(apart**2 / np.maximum(sums, SMALLEST_SUM), np.float64)
