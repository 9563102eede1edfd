"""Figures of embeddings, and thresholds carried over from one encoder to another."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.training.measuring import carry_over, measure, pair_scores


def people(n_people: int, n_each: int, noise: float) -> tuple[np.ndarray, list[str]]:
    rng = np.random.default_rng(0)
    vectors = np.repeat(np.eye(8)[:n_people], n_each, axis=0) + rng.normal(0, noise, (n_people * n_each, 8))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit.astype(np.float32), [f"p{number}" for number in range(n_people) for _ in range(n_each)]


def test_pairs_never_hold_two_views_of_one_picture():
    vectors, _ = people(3, 2, 0.1)

    scores = pair_scores(vectors, np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2, 2]))

    assert (len(scores.genuine), len(scores.impostor)) == (4, 8)


def test_people_far_apart_are_told_apart():
    figures = measure(*people(5, 4, 0.05), "any")

    assert (figures.auc, figures.true_accept_rate) == (1, 1)
    assert figures.open_set is not None
    assert (figures.open_set.successes, figures.open_set.trials) == (5, 5)
    assert (figures.n_genuine, figures.n_impostor, figures.n_people) == (5 * 6, 10 * 16, 5)


def test_too_few_pictures_for_open_set_are_said_to_be_none():
    assert measure(*people(2, 3, 0.1), "any").open_set is None


SCORES = np.linspace(0, 0.8, 101)


@pytest.mark.parametrize("score", [-0.2, 0.0, 0.3, 0.8, 0.9])
def test_equal_scores_leave_a_threshold_where_it_is(score: float):
    assert carry_over(score, SCORES, SCORES) == pytest.approx(score)


@pytest.mark.parametrize(("score", "wanted"), [(0.4, 0.2), (0.8, 0.4), (0.9, 0.45)])
def test_a_threshold_moves_with_the_pairs_that_reach_it(score: float, wanted: float):
    assert carry_over(score, SCORES, SCORES / 2) == pytest.approx(wanted)


def test_without_pairs_a_threshold_stays():
    assert carry_over(0.44, np.empty(0), np.empty(0)) == 0.44
