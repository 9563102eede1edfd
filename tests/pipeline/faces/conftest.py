"""YuNet, built once for all tests of this room."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pipeline.errors import WeightsError
from pipeline.faces.detectors.choice import detector_weights
from pipeline.options import DetectionOptions
from pipeline.schemas import ImageU8

if TYPE_CHECKING:
    from pipeline.faces.detectors.yunet import YunetDetector


@pytest.fixture(scope="session")
def yunet_file(weights_cache: Path) -> Path:
    """YuNet's file; tests that need it skip when it cannot be had."""
    try:
        return detector_weights("yunet", weights_cache)[0]
    except WeightsError as error:
        pytest.skip(f"YuNet cannot be had: {error}")


@pytest.fixture(scope="session")
def yunet(yunet_file: Path) -> YunetDetector:
    """The detector as it is by default."""
    from pipeline.faces.detectors.yunet import YunetDetector

    return YunetDetector(DetectionOptions(detector="yunet"), yunet_file)


@pytest.fixture(scope="session")
def ivan(open_data: Path) -> ImageU8:
    return np.asarray(cv2.imread(str(open_data / "detection" / "mtcnn" / "ivan.jpg")))
