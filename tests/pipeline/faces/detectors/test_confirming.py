"""A second detector has to see a face as well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.faces.detection import Detections
from pipeline.faces.detectors.confirming import CONFIRMING_CONFIDENCE, ConfirmedDetector
from pipeline.faces.detectors.yunet import YunetDetector
from pipeline.options import DetectionOptions
from pipeline.schemas import ImageU8


class FoundBefore:
    """Finds in every picture what it was made with."""

    def __init__(self, found: Detections) -> None:
        self._found = found

    def detect(self, images_bgr: Sequence[ImageU8]) -> list[Detections]:
        return [self._found for _ in images_bgr]

    def detect_chunk(self, frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> list[Detections]:
        return self.detect(frames_bgr)


@pytest.fixture(scope="module")
def second(yunet_file: Path) -> YunetDetector:
    options = DetectionOptions(detector="yunet", yunet_threshold=CONFIRMING_CONFIDENCE)
    return YunetDetector(options, yunet_file)


def test_a_face_stays_and_a_place_beside_it_goes(yunet: YunetDetector, second: YunetDetector, ivan: ImageU8) -> None:
    face = yunet.detect([ivan])[0]
    both = Detections(
        np.concatenate([face.boxes_xyxy, face.boxes_xyxy + 120]),
        np.concatenate([face.landmarks_xy, face.landmarks_xy + 120]),
        np.array([0.9, 0.99], np.float32),
    )
    detector = ConfirmedDetector(FoundBefore(both), second)

    found = detector.detect([ivan]) + detector.detect_chunk([ivan], [True])

    assert [each.boxes_xyxy.tolist() for each in found] == [face.boxes_xyxy.tolist()] * 2


@pytest.mark.parametrize("quarter", range(4))
def test_a_turned_face_is_confirmed(yunet: YunetDetector, second: YunetDetector, ivan: ImageU8, quarter: int) -> None:
    from pipeline.faces.detectors.turning import turn_back, turn_picture

    turned = turn_picture(ivan, quarter)
    face = turn_back(yunet.detect([ivan])[0], -quarter % 4, (turned.shape[1], turned.shape[0]))

    assert len(ConfirmedDetector(FoundBefore(face), second).detect([turned])[0]) == 1


def test_nothing_found_stays_nothing(second: YunetDetector, ivan: ImageU8) -> None:
    assert len(ConfirmedDetector(FoundBefore(Detections.empty()), second).detect([ivan])[0]) == 0
