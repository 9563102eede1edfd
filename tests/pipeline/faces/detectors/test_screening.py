"""What is no face by its landmarks is left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.faces.detection import Detections
from pipeline.faces.detectors.screening import ScreenedDetector, screen
from pipeline.schemas import ImageU8
from tests.pipeline.faces.detectors.test_plausibility import BOX, FACE

FOUND = Detections(np.stack([BOX, BOX]), np.stack([FACE, FACE[[1, 0, 2, 4, 3]]]), np.array([0.9, 0.95], np.float32))


class FakeDetector:
    def detect(self, images_bgr: Sequence[ImageU8]) -> list[Detections]:
        return [FOUND for _ in images_bgr]

    def detect_chunk(self, frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> list[Detections]:
        return self.detect(frames_bgr)


def test_nothing_found_stays_nothing() -> None:
    assert len(screen(Detections.empty(), 0.5)) == 0


def test_an_implausible_face_is_left_out_of_pictures_and_chunks() -> None:
    detector, frame = ScreenedDetector(FakeDetector(), 0.3), np.zeros((300, 300, 3), np.uint8)

    found = detector.detect([frame]) + detector.detect_chunk([frame], [True])

    assert [each.scores.tolist() for each in found] == [[np.float32(0.9)]] * 2


def test_zero_keeps_everything() -> None:
    assert len(screen(FOUND, 0.0)) == 2
