"""Which epoch's weights are kept, and when training ends."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.training.early_stopping import Epoch, EpochLimits, train_until_best


class FakeTrainee:
    """Scores as told; its one weight is the number of the epoch."""

    def __init__(self, scores: list[float]) -> None:
        self._scores = scores
        self._epoch = 0

    def run_epoch(self) -> float:
        self._epoch += 1
        return 1 / self._epoch

    def score(self) -> float:
        return self._scores[self._epoch]

    def weights(self) -> dict[str, np.ndarray]:
        return {"epoch": np.array([self._epoch], np.float32)}


@pytest.mark.parametrize(
    ("scores", "best", "n_epochs"),
    [
        ([0.5, 0.4, 0.3, 0.9], 0, 3),
        ([0.5, 0.6, 0.5, 0.4], 1, 4),
        ([0.5, 0.5, 0.5], 0, 3),
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 5, 6),
    ],
    ids=["untrained is best", "best in the middle", "equal scores", "better to the end"],
)
def test_the_best_epoch_is_kept_and_patience_ends_training(scores: list[float], best: int, n_epochs: int):
    trained = train_until_best(FakeTrainee(scores), EpochLimits(most=5, patience=2))

    assert (trained.best.number, trained.weights["epoch"][0], len(trained.epochs)) == (best, best, n_epochs)
    assert trained.best.score == max(epoch.score for epoch in trained.epochs)


def test_without_epochs_nothing_is_learnt():
    assert train_until_best(FakeTrainee([0.5]), EpochLimits(most=0, patience=1)).epochs == (Epoch(0, None, 0.5),)


def test_each_epoch_is_told():
    heard: list[Epoch] = []

    train_until_best(FakeTrainee([0.1, 0.2, 0.3]), EpochLimits(most=2, patience=5), heard.append)

    assert heard == [Epoch(1, 1.0, 0.2), Epoch(2, 0.5, 0.3)]
