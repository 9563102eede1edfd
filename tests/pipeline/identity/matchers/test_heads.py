"""Heads choose who; the cosine with that person's mean still says how sure."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.identity.decision import decide
from pipeline.identity.matchers.heads import BLOCK_REFERENCES, Head, HeadMatcher, NearestReferences
from pipeline.identity.matchers.matching import Gallery, IndexArray, MeanMatcher
from pipeline.schemas import VectorF32
from pipeline.sightings.rows import Status
from tests.builders import make_gallery, make_policy, make_vector


class Always:
    """A head with one answer."""

    def __init__(self, place: int) -> None:
        self._place = place

    def choose(self, templates: VectorF32) -> IndexArray:
        return np.full(len(templates), self._place)


def gallery_of(*references: VectorF32, owners: list[int]) -> Gallery:
    ids = tuple("abcdefgh"[: max(owners) + 1])
    return Gallery(1, "sface", ids, ids, np.stack(references), np.array(owners))


def matcher(head: Head) -> HeadMatcher:
    return HeadMatcher(MeanMatcher(make_gallery("Ada", "Bob", "Cleo")), head)


def test_nobody_asked_and_nobody_enrolled() -> None:
    nobody = HeadMatcher(MeanMatcher(Gallery.empty("sface", 128)), Always(0))

    assert matcher(Always(0)).match(np.empty((0, 128), np.float32)) == []
    assert nobody.match(make_vector(0)[None]) == [None]


def test_head_that_agrees_changes_nothing() -> None:
    template = make_vector(0, cosine=0.8)[None]

    assert matcher(Always(0)).match(template) == MeanMatcher(make_gallery("Ada", "Bob", "Cleo")).match(template)


def test_head_that_overrules_the_means_gets_a_negative_margin_and_is_uncertain() -> None:
    (match,) = matcher(Always(1)).match((0.6 * make_vector(0) + 0.8 * make_vector(1))[None])
    (overruled,) = matcher(Always(0)).match((0.6 * make_vector(0) + 0.8 * make_vector(1))[None])

    assert (match.person_id, overruled.person_id, overruled.second_person_id) == ("p_bob", "p_ada", "p_bob")
    assert overruled.margin == pytest.approx(-0.2, abs=1e-6)
    policy = make_policy(threshold=0.5, uncertain_threshold=0.4)
    assert decide(overruled, 9, policy) is Status.UNCERTAIN


def test_most_of_the_nearest_references_win_over_the_nearest() -> None:
    near, around = make_vector(0), make_vector(0, cosine=0.9)
    head = NearestReferences(gallery_of(near, make_vector(3), around, around, owners=[0, 0, 1, 1]), k=3)

    assert head.choose(make_vector(0)[None]).tolist() == [1]


def test_equal_votes_go_to_the_more_similar() -> None:
    gallery = gallery_of(make_vector(0, cosine=0.7), make_vector(0, cosine=0.9), owners=[0, 1])

    assert NearestReferences(gallery, k=2).choose(make_vector(0)[None]).tolist() == [1]


def test_more_neighbours_than_references_asks_all() -> None:
    gallery = gallery_of(make_vector(0), make_vector(1), owners=[0, 2])

    assert NearestReferences(gallery, k=99).choose(make_vector(1)[None]).tolist() == [1]


def test_nearest_references_are_found_over_many_blocks() -> None:
    rng = np.random.default_rng(0)
    references = rng.standard_normal((BLOCK_REFERENCES * 2 + 5, 8)).astype(np.float32)
    references /= np.linalg.norm(references, axis=1, keepdims=True)
    ids = tuple(map(str, range(len(references))))
    head = NearestReferences(Gallery(1, "any", ids, ids, references, np.arange(len(references))), k=1)
    wanted = [3, BLOCK_REFERENCES, 2 * BLOCK_REFERENCES + 4]

    assert head.choose(references[wanted]).tolist() == wanted
