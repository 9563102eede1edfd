"""The choice of an operating point: the rate asked for at every size, and plain words where samples are too small."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from pipeline.identity.calibration.choice import Asked, CalibrationReport, calibrate, pictures_needed
from pipeline.identity.calibration.scores import PAIR_BINS, Best, GalleryScores, PairCounts
from pipeline.identity.decision import MeasuredPoint

SHIPPED = MeasuredPoint(0.5, 0.4, 0.08, "shipped")


@pytest.mark.parametrize(("rate", "needed"), [(0.01, 300), (0.1, 30), (0.001, 3000), (0.3, 10)])
def test_pictures_needed_follow_the_rule_of_three(rate: float, needed: int) -> None:
    assert pictures_needed(rate) == needed


@pytest.mark.parametrize("fpir", [0.01, 0.02, 0.1])
def test_no_size_names_more_strangers_than_asked(fpir: float) -> None:
    report = _calibrate(_scores(n_strangers=1000), fpir)

    assert report.warnings == ()
    for size in report.sizes:
        assert size.named_strangers.rate <= fpir
        assert size.threshold <= report.threshold
    assert max(size.named_strangers.rate for size in report.sizes) > fpir / 3


def test_few_strangers_who_are_hard_are_not_forgotten_among_many_who_are_easy() -> None:
    scores = _scores(n_strangers=1000)
    scores.impostor.is_outside[:10] = False
    scores.impostor.scores[:10] = np.linspace(0.41, 0.5, 10)

    report = _calibrate(scores, 0.1)

    assert report.threshold == pytest.approx(0.4901)
    assert report.sizes[0].named_left_out.successes == 1


def test_enough_strangers_may_set_the_threshold_below_the_shipped_one() -> None:
    report = _calibrate(_scores(n_strangers=1000), 0.01)

    assert report.threshold < SHIPPED.threshold
    assert report.uncertain_threshold < report.threshold


def test_too_few_strangers_are_named_and_set_nothing_lower() -> None:
    report = _calibrate(_scores(n_strangers=36), 0.01)

    assert (report.threshold, report.uncertain_threshold) == (0.5, 0.4)
    assert "36 pictures of strangers cannot show 1 %" in report.warnings[0]
    assert "8.3 %" in report.warnings[0]
    assert "300 are needed" in report.warnings[0]


@pytest.mark.parametrize(("n_strangers", "words"), [(3, "still be 100 %."), (36, "still be 8.3 %."), (290, "be 1 %.")])
def test_rate_that_may_still_be_is_said_in_plain_numbers(n_strangers: int, words: str) -> None:
    assert words in _calibrate(_scores(n_strangers=n_strangers), 0.01).warnings[0]


def test_strangers_who_score_high_raise_the_threshold_however_few() -> None:
    scores = _scores(n_strangers=20)
    scores.impostor.scores[3] = 0.7

    assert _calibrate(scores, 0.01).threshold > 0.7


@pytest.mark.parametrize(("n_strangers", "score"), [(2, 1.0), (2, 0.99999994), (1000, 1.0000001)])
def test_rate_that_no_threshold_keeps_is_said(n_strangers: int, score: float) -> None:
    scores = _scores(n_strangers=n_strangers)
    scores.impostor.scores[:n_strangers] = score

    report = _calibrate(scores, 0.01)

    assert report.threshold == 1
    assert "the rate of 1 % cannot be kept with this gallery" in report.warnings[0]


def test_few_genuine_probes_are_named() -> None:
    assert any("misses rests on 6 pictures" in words for words in _calibrate(_scores(n_genuine=6), 0.01).warnings)
    assert any("nobody has two pictures" in words for words in _calibrate(_scores(n_genuine=0), 0.01).warnings)


def test_threshold_that_hardly_anybody_reaches_is_named() -> None:
    scores = _scores(n_strangers=1000)
    scores.genuine.scores[:] = 0.1

    assert any("get no name" in words for words in _calibrate(scores, 0.01).warnings)


def test_margin_keeps_people_from_getting_another_one_s_name() -> None:
    scores = _scores(n_strangers=1000, n_genuine=1000)
    scores.genuine.is_right[:20] = False
    scores.genuine.margins[:20] = np.linspace(0.01, 0.2, 20)

    report = _calibrate(scores, 0.005)

    assert report.margin == pytest.approx(0.1501)
    assert report.sizes[0].misnamed.successes == 5


def test_without_confusion_enough_probes_ask_for_no_margin() -> None:
    assert _calibrate(_scores(n_strangers=1000, n_genuine=1000), 0.01).margin == 0
    assert _calibrate(_scores(n_strangers=1000, n_genuine=50), 0.01).margin == SHIPPED.margin


def test_larger_galleries_name_more_strangers() -> None:
    report = _calibrate(_scores(n_strangers=1000), 0.01)

    assert [each.n_people for each in report.growth] == [6, 12, 30, 60]
    assert np.all(np.diff([each.fpir for each in report.growth]) > 0)
    assert all(each.most > each.fpir for each in report.growth)
    assert report.growth[0].fpir == pytest.approx(1 - (1 - report.fmr.rate) ** 6)


def test_report_survives_being_written_down() -> None:
    report = _calibrate(_scores(n_genuine=0), 0.01)

    assert msgspec.json.decode(msgspec.json.encode(report), type=CalibrationReport) == report
    assert report.auc is None


def _calibrate(scores: GalleryScores, fpir: float) -> CalibrationReport:
    return calibrate(scores, 6, 36, Asked("sface", fpir, SHIPPED))


def _scores(*, n_strangers: int = 1000, n_genuine: int = 100) -> GalleryScores:
    """Strangers around 0.2, people around 0.7; faces of 20 pixels are a little like everybody, and 0.03 higher."""
    random = np.random.default_rng(5)
    impostor = np.concatenate([random.normal(0.2, 0.08, n_strangers), random.normal(0.23, 0.08, n_strangers)])
    genuine = random.normal(0.75, 0.06, n_genuine)
    return GalleryScores(
        genuine=_best(genuine, np.zeros(n_genuine, int), is_right=True),
        impostor=_best(impostor, np.repeat([0, 20], n_strangers), is_right=False, is_outside=True),
        n_impostor_people=n_strangers,
        own_pairs=_pairs(genuine),
        other_pairs=_pairs(impostor),
    )


def _best(scores: np.ndarray, sizes: np.ndarray, *, is_right: bool, is_outside: bool = False) -> Best:
    alike = (np.full(len(scores), value) for value in (0.3, is_right, is_outside))
    return Best(scores, *alike, sizes)


def _pairs(scores: np.ndarray) -> PairCounts:
    return PairCounts(np.histogram(scores, PAIR_BINS, (-1, 1))[0].astype(np.int64))
