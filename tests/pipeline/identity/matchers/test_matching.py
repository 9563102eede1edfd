"""Matching: the best and the second person, exactly, whatever the size of the gallery."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.identity.matchers.matching import BLOCK_PEOPLE, Gallery, match_templates
from tests.builders import make_vector


def unit_rows(n_rows: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((n_rows, 128), np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def make_gallery(references: np.ndarray, owners: list[int]) -> Gallery:
    ids = tuple(f"p_{place}" for place in range(max(owners, default=-1) + 1))
    return Gallery(1, "sface", ids, ids, references, np.array(owners, np.intp))


def test_nobody_enrolled_matches_nobody():
    assert match_templates(unit_rows(2), Gallery.empty("sface", 128)) == [None, None]


def test_no_templates_give_no_matches():
    assert match_templates(unit_rows(0), make_gallery(unit_rows(1), [0])) == []


def test_with_one_person_there_is_no_margin():
    gallery = make_gallery(make_vector(0)[None], [0])

    (match,) = match_templates(make_vector(0, cosine=0.5)[None], gallery)

    assert match is not None
    assert match.person_id == "p_0"
    assert match.score == pytest.approx(0.5)
    assert match.margin is None


def test_a_person_is_compared_by_the_mean_of_the_references():
    gallery = make_gallery(np.stack([make_vector(0), make_vector(1), make_vector(2)]), [0, 0, 1])

    (match,) = match_templates(make_vector(0)[None], gallery)

    assert match is not None
    assert match.score == pytest.approx(np.sqrt(0.5))
    assert match.second_person_id == "p_1"
    assert match.margin == pytest.approx(np.sqrt(0.5))


def test_equal_scores_go_to_the_first_person():
    gallery = make_gallery(np.stack([make_vector(3), make_vector(0), make_vector(0)]), [0, 1, 2])

    (match,) = match_templates(make_vector(0)[None], gallery)

    assert match is not None
    assert (match.person_id, match.second_person_id, match.margin) == ("p_1", "p_2", 0)


def test_a_person_without_references_never_matches():
    gallery = Gallery(1, "sface", ("a", "b", "c"), ("a", "b", "c"), -make_vector(0)[None], np.array([1]))

    (match,) = match_templates(make_vector(0)[None], gallery)

    assert match is not None
    assert match.person_id == "b"
    assert match.second_person_id is None


@pytest.mark.parametrize("n_people", [2, BLOCK_PEOPLE, BLOCK_PEOPLE + 1, 2 * BLOCK_PEOPLE + 7])
def test_blocks_give_what_the_whole_product_gives(n_people):
    references, templates = unit_rows(n_people), unit_rows(5, seed=1)

    matches = match_templates(templates, make_gallery(references, list(range(n_people))))

    scores = templates @ references.T
    order = np.argsort(-scores, axis=1)
    for row, match in enumerate(matches):
        assert match is not None
        assert match.person_id == f"p_{order[row, 0]}"
        assert match.second_person_id == f"p_{order[row, 1]}"
        assert match.score == pytest.approx(scores[row, order[row, 0]], abs=1e-6)
        assert match.margin == pytest.approx(scores[row, order[row, 0]] - scores[row, order[row, 1]], abs=1e-6)


@pytest.mark.parametrize("owners", [[1, 0], [-1, 0], [0, 9]], ids=["unsorted", "negative", "beyond"])
def test_wrong_owners_are_refused(owners):
    with pytest.raises(ValueError, match="owners"):
        Gallery(1, "sface", ("a", "b"), ("a", "b"), unit_rows(2), np.array(owners))


def test_wrong_dimensions_are_refused():
    with pytest.raises(ValueError, match="templates"):
        match_templates(np.zeros((1, 64), np.float32), make_gallery(unit_rows(1), [0]))
