"""The page of a calibration: whole in one file, with every figure and warning in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from pipeline.identity.calibration.choice import Asked, CalibrationReport, calibrate
from pipeline.identity.calibration.rates import proportion
from pipeline.identity.calibration.scores import GalleryScores, Probes, score_gallery
from pipeline.identity.decision import MeasuredPoint
from pipeline.identity.matchers.matching import Gallery
from pipeline.reports.calibration_page import counted, draw_calibration, render_calibration

MADE_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def scores() -> GalleryScores:
    random = np.random.default_rng(0)
    faces = np.repeat(random.normal(size=(6, 32)), 4, axis=0) + 0.5 * random.normal(size=(24, 32))
    faces = (faces / np.linalg.norm(faces, axis=1, keepdims=True)).astype(np.float32)
    ids = tuple(f"p{number}" for number in range(6))
    gallery = Gallery(1, "sface", ids, ids, faces, np.repeat(np.arange(6), 4))
    return score_gallery(gallery, Probes(faces, np.arange(24), np.zeros(24, int)), 0)


@pytest.fixture(scope="module")
def report(scores: GalleryScores) -> CalibrationReport:
    return calibrate(scores, 6, 24, Asked("sface", 0.01, MeasuredPoint(0.44, 0.36, 0.08, "shipped")))


@pytest.mark.slow
def test_page_holds_figures_warnings_and_curves_of_both_themes(
    scores: GalleryScores, report: CalibrationReport
) -> None:
    page = render_calibration(scores, report, MADE_AT, ("2 pictures & more",))

    assert f"{report.threshold:.4f}" in page
    assert "24 pictures of strangers cannot show 1 %" in page
    assert "2 pictures &amp; more" in page
    assert page.count("data:image/png;base64,") == 2
    assert "2026-03-02 09:30" in page


@pytest.mark.slow
def test_page_asks_the_network_for_nothing(scores: GalleryScores, report: CalibrationReport) -> None:
    page = render_calibration(scores, report, MADE_AT, ())

    addresses = re.findall(r'(?:src|srcset|href)="([^"]*)"', page)
    assert addresses
    assert all(address.startswith("data:") for address in addresses)
    assert "<script" not in page


@pytest.mark.slow
def test_curves_are_a_picture_and_the_same_each_time(scores: GalleryScores, report: CalibrationReport) -> None:
    png = draw_calibration(scores, report)

    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape[1] > 1000
    assert png == draw_calibration(scores, report)


def test_counts_come_with_their_interval() -> None:
    assert counted(proportion(1, 36)) == "1 of 36 (0.5 to 14.2 %)"
    assert counted(proportion(0, 0)) == "none tried"
