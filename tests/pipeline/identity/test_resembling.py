"""Which unknown people may be one: the most similar first, nobody beside themselves, nothing below the least."""

from __future__ import annotations

import numpy as np

from pipeline.identity.resembling import Likeness, alike_templates, nearest_people
from tests.builders import make_gallery, make_vector


def test_nobody_resembles_nobody() -> None:
    empty = np.empty((0, 128), np.float32)

    assert alike_templates(empty, [], 0.4) == {}
    assert nearest_people(empty, make_gallery("Ada")) == []


def test_the_most_similar_come_first_and_the_others_are_left_out() -> None:
    templates = np.stack([make_vector(0), make_vector(0, cosine=0.6), make_vector(0, cosine=0.9), make_vector(5)])

    found = alike_templates(templates, [0, 3], least=0.5)

    assert [(each.place, round(each.score, 4)) for each in found[0]] == [(2, 0.9), (1, 0.6)]
    assert 3 not in found


def test_no_more_are_told_than_asked_for() -> None:
    templates = np.stack([make_vector(0)] * 4)

    assert alike_templates(templates, [1], least=0.5, most=1) == {1: [Likeness(0, 1.0)]}
