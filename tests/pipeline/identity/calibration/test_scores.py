"""Scores of a gallery: each picture without itself, each person without the person, and strangers from outside."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.identity.calibration.scores import STRANGER, Best, GalleryScores, Probes, score_gallery
from pipeline.identity.matchers.matching import Gallery, match_templates
from pipeline.schemas import VectorF32

N_PEOPLE, N_IMAGES, N_STRANGERS = 5, 4, 30


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return _gallery(_faces(N_PEOPLE, N_IMAGES, seed=1), N_IMAGES)


@pytest.fixture(scope="module")
def scores(gallery: Gallery) -> GalleryScores:
    strangers = _faces(N_STRANGERS, 1, seed=2)
    embeddings = np.concatenate([gallery.references, gallery.references, strangers])
    n = len(gallery.references)
    references = np.concatenate([np.arange(n), np.arange(n), np.full(N_STRANGERS, STRANGER)])
    sizes = np.repeat([0, 20, 0], [n, n, N_STRANGERS])
    return score_gallery(gallery, Probes(embeddings, references, sizes), N_STRANGERS)


def test_a_picture_is_matched_with_a_gallery_that_lacks_it(gallery: Gallery, scores: GalleryScores) -> None:
    for place in range(len(gallery.references)):
        others = np.arange(len(gallery.references)) != place
        rest = Gallery(
            1, "x", gallery.person_ids, gallery.person_ids, gallery.references[others], gallery.owners[others]
        )
        (match,) = match_templates(gallery.references[[place]], rest)
        assert match is not None
        assert match.margin is not None

        assert scores.genuine.scores[place] == pytest.approx(match.score, abs=1e-5)
        assert scores.genuine.margins[place] == pytest.approx(match.margin, abs=1e-5)
        assert scores.genuine.is_right[place] == (match.person_id == gallery.person_ids[gallery.owners[place]])


def test_a_person_is_a_stranger_to_the_gallery_without_that_person(gallery: Gallery, scores: GalleryScores) -> None:
    for place in range(len(gallery.references)):
        means = np.delete(gallery.means, gallery.owners[place], axis=0)

        assert scores.impostor.scores[place] == pytest.approx((means @ gallery.references[place]).max(), abs=1e-5)


def test_every_view_is_a_probe_of_its_own_size(gallery: Gallery, scores: GalleryScores) -> None:
    n = len(gallery.references)

    assert [len(scores.genuine.of_size(size).scores) for size in (0, 20, 40)] == [n, n, 0]
    assert [len(scores.impostor.of_size(size).scores) for size in (0, 20)] == [n + N_STRANGERS, n]
    assert scores.impostor.is_outside.sum() == N_STRANGERS
    assert scores.n_impostor_people == N_PEOPLE + N_STRANGERS


def test_single_comparisons_are_counted_at_full_size_only(gallery: Gallery, scores: GalleryScores) -> None:
    n = len(gallery.references)

    assert scores.own_pairs.total == n
    assert scores.other_pairs.total == n * (N_PEOPLE - 1) + N_STRANGERS * N_PEOPLE
    assert scores.other_pairs.n_reaching(-1) == scores.other_pairs.total
    assert scores.own_pairs.n_reaching(0.99) == 0


def test_who_has_one_picture_is_a_stranger_and_no_genuine_probe() -> None:
    gallery = _gallery(_faces(3, 1, seed=3), 1)

    scores = score_gallery(gallery, Probes(gallery.references, np.arange(3), np.zeros(3, int)), 0)

    assert len(scores.genuine.scores) == 0
    assert len(scores.impostor.scores) == 3


def test_one_person_alone_is_nobody_s_stranger() -> None:
    gallery = _gallery(_faces(1, 3, seed=4), 3)

    scores = score_gallery(gallery, Probes(gallery.references, np.arange(3), np.zeros(3, int)), 0)

    assert len(scores.genuine.scores) == 3
    assert (scores.genuine.margins == np.inf).all()
    assert len(scores.impostor.scores) == scores.n_impostor_people == 0


def test_empty_gallery_scores_nothing() -> None:
    gallery = Gallery.empty("x", 16)

    scores = score_gallery(gallery, Probes(np.empty((0, 16), np.float32), np.empty(0, int), np.empty(0, int)), 0)

    assert len(scores.genuine.scores) == len(scores.impostor.scores) == 0


def test_a_name_wants_score_and_lead() -> None:
    margins, nobody = np.array([0.1, 0.01, np.inf]), np.zeros(3, bool)
    best = Best(np.array([0.5, 0.5, 0.4]), margins, ~nobody, nobody, np.zeros(3, int))

    assert best.named(0.45, 0.05).tolist() == [True, False, False]


def _faces(n_people: int, n_images: int, *, seed: int) -> VectorF32:
    """`(n_people * n_images, 16)`: people in directions of their own, with images around them."""
    random = np.random.default_rng(seed)
    people = np.repeat(random.normal(size=(n_people, 16)), n_images, axis=0)
    faces = people + 0.6 * random.normal(size=people.shape)
    return (faces / np.linalg.norm(faces, axis=1, keepdims=True)).astype(np.float32)


def _gallery(faces: VectorF32, n_images: int) -> Gallery:
    ids = tuple(f"p{number}" for number in range(len(faces) // n_images))
    return Gallery(1, "x", ids, ids, faces, np.repeat(np.arange(len(ids)), n_images))
