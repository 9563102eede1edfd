"""From options to detectors, and where their files are."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.faces.detectors.choice import has_weights, load_detector
from pipeline.faces.detectors.confirming import ConfirmedDetector
from pipeline.faces.detectors.screening import ScreenedDetector
from pipeline.faces.detectors.tilted import TiltedDetector
from pipeline.options import DetectionOptions, Tilt

YUNET = "yunet"


@pytest.fixture(scope="module")
def cache(yunet_file: Path) -> Path:
    return yunet_file.parent.parent


def test_a_detector_is_screened_and_looks_from_all_sides_when_asked_to(cache: Path) -> None:
    plain = load_detector(DetectionOptions(detector=YUNET), cache)
    tilted = load_detector(DetectionOptions(detector=YUNET, tilt=Tilt.ANY), cache)

    assert isinstance(plain, ScreenedDetector)
    assert isinstance(tilted, TiltedDetector)


def test_yunet_does_not_confirm_itself(cache: Path) -> None:
    assert not isinstance(load_detector(DetectionOptions(detector=YUNET, confirm=True), cache), ConfirmedDetector)


@pytest.mark.slow
def test_yunet_confirms_mtcnn(cache: Path) -> None:
    assert isinstance(load_detector(DetectionOptions(confirm=True), cache), ConfirmedDetector)


def test_files_are_at_hand_once_they_were_fetched(cache: Path, tmp_path: Path) -> None:
    assert has_weights(YUNET, cache)
    assert not has_weights(YUNET, tmp_path)
    assert has_weights("mtcnn", tmp_path), "it comes with an ordinary dependency"
