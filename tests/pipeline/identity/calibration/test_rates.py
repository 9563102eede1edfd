"""Calibration: rates and thresholds counted exactly, on few scores and on many."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.identity.calibration.rates import (
    area_under_curve,
    hits_at_rate,
    identified_at,
    open_set_scores,
    proportion,
    threshold_at_rate,
)
from tests.builders import make_vector


@pytest.mark.parametrize(
    ("genuine", "impostor", "area"),
    [([2, 3], [0, 1], 1), ([0, 1], [2, 3], 0), ([1, 1], [1, 1], 0.5), ([0, 2], [1], 0.5), ([1, 2], [1], 0.75)],
)
def test_area_under_curve(genuine, impostor, area):
    assert area_under_curve(np.array(genuine, float), np.array(impostor, float)) == area


def test_the_area_under_no_scores_is_not_a_number():
    assert np.isnan(area_under_curve(np.empty(0), np.ones(3)))


@pytest.mark.parametrize(("rate", "n_reaching"), [(0, 0), (0.009, 0), (0.01, 1), (0.055, 5), (0.5, 50), (1, 100)])
def test_at_most_the_allowed_share_of_impostors_reaches_the_threshold(rate, n_reaching):
    impostor = np.random.default_rng(0).permutation(100) / 100

    assert (impostor >= threshold_at_rate(impostor, rate)).sum() == n_reaching


def test_tied_impostors_stay_together_below_the_threshold():
    impostor = np.array([0.7] * 50 + [0.1] * 50)

    assert threshold_at_rate(impostor, 0.01) > 0.7


def test_without_impostors_anything_goes():
    assert threshold_at_rate(np.empty(0), 0.01) == -1


def test_hits_are_counted_at_the_impostors_threshold():
    point = hits_at_rate(np.array([0.2, 0.6, 0.8, 0.9]), np.array([0.1, 0.5]), 0)

    assert point.threshold == pytest.approx(0.5)
    assert point.hit_rate == 0.75


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (50, 100, 0.4038, 0.5962), (0, 0, 0, 1)],
)
def test_the_interval_of_a_proportion(successes, trials, low, high):
    interval = proportion(successes, trials)

    assert interval.low == pytest.approx(low, abs=1e-4)
    assert interval.high == pytest.approx(high, abs=1e-4)


def test_open_set_identification_counts_probes_and_strangers():
    looks = [make_vector(person, cosine=cosine) for person in (0, 1) for cosine in (1.0, 0.9, 0.8)]
    stranger = make_vector(5)

    scores = open_set_scores(np.stack([*looks, stranger]), ["ada"] * 3 + ["bob"] * 3 + ["eve"], 2, "sface")

    assert len(scores.genuine) == 2
    assert scores.is_right.all()
    assert len(scores.impostor) == 1 + 3 + 3
    assert scores.impostor.max() == pytest.approx(0, abs=1e-6)
    assert identified_at(scores, 0.5).successes == 2
    assert identified_at(scores, 0.999).successes == 0
