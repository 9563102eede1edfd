"""Figures of encoders: by hand on a few vectors, and with real ones on real pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.identity.comparison import Figures, figures_of, open_set_figures, pair_figures, scores_of_people
from pipeline.identity.photos.sets import LabelledPair, LabelledPhoto, PhotoSet
from pipeline.schemas import VectorF32

EAST, NORTH = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
A, B, C, D = (Path(f"{name}.jpg") for name in "abcd")


def make_people(count: int, each: int, spread: float = 0.05) -> tuple[VectorF32, list[str]]:
    random = np.random.default_rng(0)
    centres = np.repeat(np.eye(count, 16), each, axis=0)
    vectors = centres + spread * random.normal(size=centres.shape)
    unit: VectorF32 = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit, [f"p{place // each}" for place in range(count * each)]


def test_a_set_of_nothing_has_no_figures():
    found = figures_of(PhotoSet(name="", digest=""), {}, encoder="e", shipped_threshold=0.5)

    assert found == Figures(n_photos=0, n_without_face=0, pairs=None, open_set=None)


def test_pairs_without_a_face_count_nowhere_and_are_told():
    pairs = (LabelledPair(A, B, True), LabelledPair(A, C, False), LabelledPair(A, D, True))
    listed = PhotoSet(name="", digest="", pairs=pairs)

    found = figures_of(listed, {A: EAST, B: EAST, C: NORTH}, encoder="e", shipped_threshold=0.5)

    assert (found.n_photos, found.n_without_face, found.open_set) == (4, 1, None)
    assert found.pairs is not None
    assert (found.pairs.auc, found.pairs.hits.trials, found.pairs.n_different) == (1.0, 1, 1)


def test_pairs_of_people_are_all_pairs():
    vectors, names = make_people(4, 3)

    genuine, impostor = scores_of_people(vectors, names)

    assert len(genuine) == 4 * 3
    assert len(genuine) + len(impostor) == 12 * 11 // 2
    assert genuine.min() > impostor.max()


@pytest.mark.parametrize(("genuine", "impostor"), [([], []), ([0.9], []), ([], [0.1])])
def test_pairs_of_one_kind_alone_say_nothing(genuine: list[float], impostor: list[float]):
    assert pair_figures(np.array(genuine), np.array(impostor)) is None


def test_the_open_set_says_how_the_shipped_threshold_does():
    vectors, names = make_people(5, 6)

    found = open_set_figures(vectors, names, encoder="e", shipped_threshold=0.99999)

    assert found is not None
    assert (found.n_people, found.identified.trials) == (5, 15)
    assert found.identified.successes == 15
    assert found.identified_as_shipped.successes == 0
    assert found.strangers_named.successes == 0


def test_nobody_with_enough_pictures_makes_no_open_set():
    vectors, names = make_people(3, 3)
    photos = tuple(LabelledPhoto(name, Path(str(place))) for place, name in enumerate(names))
    by_path = {photo.path: vector for photo, vector in zip(photos, vectors, strict=True)}

    found = figures_of(PhotoSet(name="", digest="", photos=photos), by_path, encoder="e", shipped_threshold=0.5)

    assert found.open_set is None
    assert found.pairs is not None
