"""Dividing a folder of people, and judging guesses."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import InputError
from pipeline.training.classifier.closed_set import divide, judge
from pipeline.training.faces.gathering import FaceFolder, PersonFaces


def folder(*n_pictures: int) -> FaceFolder:
    people = [
        PersonFaces(f"p{place}", np.full((n, 4, 4, 3), place, np.uint8)) for place, n in enumerate(n_pictures) if n
    ]
    return FaceFolder(tuple(people), ())


def test_every_tenth_picture_is_held_out_and_of_the_rest_again_every_tenth_is_watched():
    closed_set = divide(folder(10, 20, 2))

    assert closed_set.labels == ("p0", "p1", "p2")
    assert np.bincount(closed_set.held_out.people, minlength=3).tolist() == [1, 2, 0]
    assert np.bincount(closed_set.watched.people, minlength=3).tolist() == [1, 1, 0]
    assert np.bincount(closed_set.learnt.people).tolist() == [8, 17, 2]
    assert (closed_set.learnt.crops_rgb[:, 0, 0, 0] == closed_set.learnt.people).all()


@pytest.mark.parametrize(
    ("faces", "words"), [(folder(), "0 people"), (folder(9), "1 people"), (folder(2, 2), "nobody has three")]
)
def test_what_cannot_be_learnt_or_judged_is_refused(faces: FaceFolder, words: str):
    with pytest.raises(InputError, match=words):
        divide(faces)


def test_figures_count_first_names_near_misses_and_confusions():
    closed_set = divide(folder(*[3] * 7))
    probabilities = np.eye(7, dtype=np.float32)
    probabilities[1] = [0.6, 0.4, 0, 0, 0, 0, 0]
    probabilities[6] = [0.3, 0.2, 0.2, 0.2, 0.05, 0.05, 0]

    figures = judge(probabilities, closed_set)

    assert (figures.top_1.successes, figures.top_5.successes, figures.top_1.trials) == (5, 6, 7)
    assert figures.confusion.sum() == 7
    assert (figures.confusion[1, 0], figures.confusion[6, 0]) == (1, 1)
