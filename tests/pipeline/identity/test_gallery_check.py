"""The gallery check: each weakness found where it is, and nothing in a gallery without one."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.identity.gallery_check import Finding, FindingKind, Limits, check_gallery, own_scores
from pipeline.identity.matchers.matching import Gallery
from pipeline.schemas import VectorF32
from tests.builders import make_vector

LIMITS = Limits(threshold=0.6, uncertain=0.5, same_face=0.7, same_picture=0.97)
ANN, BOB = 0, 1


def test_empty_gallery_has_nothing_to_look_at() -> None:
    assert check_gallery(Gallery.empty("sface", 128), LIMITS) == []


def test_people_unlike_each_other_with_varied_pictures_are_fine() -> None:
    assert check_gallery(_gallery(_looks(ANN), _looks(BOB)), LIMITS) == []


@pytest.mark.parametrize(("score", "kind"), [(0.55, FindingKind.ALIKE), (0.65, FindingKind.CONFUSABLE)])
def test_pair_of_people_is_told_by_the_closest_picture(score: float, kind: FindingKind) -> None:
    towards_bob = _towards(_mean(_looks(BOB)), score)
    ann = np.concatenate([_looks(ANN), towards_bob[None]])

    (found,) = [each for each in check_gallery(_gallery(ann, _looks(BOB)), LIMITS) if each.kind is kind]

    assert found.person_ids == ("p0", "p1")
    assert found.images == (3,)
    assert found.score == pytest.approx(score, abs=1e-5)
    assert found.lead is not None
    assert found.lead < 0


def test_picture_of_somebody_else_is_a_misfit() -> None:
    ann = np.concatenate([_looks(ANN), _looks(BOB)[:1]])

    found = _of_kind(FindingKind.MISFIT, check_gallery(_gallery(ann, _looks(BOB)[1:]), LIMITS))

    assert [(each.person_ids, each.images) for each in found] == [(("p0", "p1"), (3,))]


def test_picture_like_nobody_is_an_outlier() -> None:
    ann = np.concatenate([_looks(ANN), make_vector(50)[None]])

    found = _of_kind(FindingKind.OUTLIER, check_gallery(_gallery(ann), LIMITS))

    assert [each.images for each in found] == [(3,)]


def test_of_two_pictures_that_differ_both_are_shown() -> None:
    found = check_gallery(_gallery(np.stack([make_vector(ANN), make_vector(50)])), LIMITS)

    assert [each.images for each in _of_kind(FindingKind.OUTLIER, found)] == [(0, 1)]
    assert len(_of_kind(FindingKind.FEW_IMAGES, found)) == 1


def test_one_picture_under_two_names_is_the_worst() -> None:
    shared = _looks(BOB)[:1]
    ann = np.concatenate([_looks(ANN), shared])

    found = check_gallery(_gallery(ann, _looks(BOB)), LIMITS)

    assert found[0].kind is FindingKind.SAME_PICTURE
    assert found[0].images == (3, 4)
    assert found[0].score == pytest.approx(1)


def test_copies_of_one_picture_are_told() -> None:
    ann = np.concatenate([_looks(ANN), _looks(ANN)[:1]])

    (found,) = _of_kind(FindingKind.NEAR_DUPLICATE, check_gallery(_gallery(ann), LIMITS))

    assert found.images == (0, 3)


@pytest.mark.parametrize("n_images", [1, 2])
def test_person_with_few_pictures_is_told(n_images: int) -> None:
    found = check_gallery(_gallery(_looks(ANN)[:n_images]), LIMITS)

    assert [each.kind for each in found] == [FindingKind.FEW_IMAGES]
    assert found[0].images == tuple(range(n_images))


def test_pictures_of_one_sitting_are_uniform() -> None:
    found = check_gallery(_gallery(_looks(ANN, spread=0.25)), LIMITS)

    assert [each.kind for each in found] == [FindingKind.UNIFORM]


def test_lone_picture_has_no_score_with_its_own() -> None:
    scores = own_scores(_gallery(_looks(ANN)[:1], _looks(BOB)))

    assert np.isnan(scores[0])
    assert (scores[1:] > 0.7).all()


def test_order_of_findings_is_the_same_each_time() -> None:
    gallery = _gallery(_looks(ANN)[:1], _looks(BOB)[:2], _looks(2, spread=0.1))

    assert check_gallery(gallery, LIMITS) == check_gallery(gallery, LIMITS)


def _of_kind(kind: FindingKind, found: list[Finding]) -> list[Finding]:
    return [each for each in found if each.kind is kind]


def _looks(person: int, *, spread: float = 0.6) -> VectorF32:
    """`(3, 128)`: three looks of one person, each turned away from the plain one into a direction of its own."""
    looks = np.stack([make_vector(person) for _ in range(3)])
    for number in range(3):
        looks[number, 60 + 3 * person + number] = spread
    return (looks / np.linalg.norm(looks, axis=1, keepdims=True)).astype(np.float32)


def _mean(looks: VectorF32) -> VectorF32:
    mean = looks.sum(axis=0)
    return (mean / np.linalg.norm(mean)).astype(np.float32)


def _towards(target: VectorF32, cosine: float) -> VectorF32:
    away = make_vector(40)
    return (cosine * target + np.sqrt(1 - cosine**2) * away).astype(np.float32)


def _gallery(*people: VectorF32) -> Gallery:
    ids = tuple(f"p{number}" for number in range(len(people)))
    owners = np.repeat(np.arange(len(people)), [len(looks) for looks in people])
    return Gallery(1, "sface", ids, ids, np.concatenate(people), owners)
