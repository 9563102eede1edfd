"""The most probable names."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.training.classifier.answering import Guess, top_guesses


def test_nothing_asked_nothing_guessed():
    assert top_guesses(np.zeros((0, 3), np.float32), ("a", "b", "c"), 2) == []


@pytest.mark.parametrize("top", [1, 2, 5])
def test_the_best_come_first_and_never_more_than_there_are(top: int):
    (guesses,) = top_guesses(np.array([[0.25, 0.5, 0.25]], np.float32), ("a", "b", "c"), top)

    assert guesses == (Guess("b", 0.5), Guess("a", 0.25), Guess("c", 0.25))[:top]
