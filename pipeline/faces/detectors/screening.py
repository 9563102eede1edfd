"""A detector without the faces whose landmarks do not lie as in a face."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.faces.detection import Detections, Detector
from pipeline.faces.detectors.plausibility import judge_plausibility
from pipeline.schemas import ImageU8


class ScreenedDetector:
    """Hands on what another detector finds, if it is plausible enough."""

    def __init__(self, detector: Detector, min_plausibility: float) -> None:
        self._detector = detector
        self._min_plausibility = min_plausibility

    def detect(self, images_bgr: Sequence[ImageU8]) -> list[Detections]:
        """The plausible faces of pictures of any sizes; see `Detector`."""
        return [screen(found, self._min_plausibility) for found in self._detector.detect(images_bgr)]

    def detect_chunk(self, frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> list[Detections]:
        """The plausible faces of consecutive frames; see `Detector`."""
        found_all = self._detector.detect_chunk(frames_bgr, starts_shot)
        return [screen(found, self._min_plausibility) for found in found_all]


def screen(found: Detections, min_plausibility: float) -> Detections:
    """The faces of `found` that are at least so plausible, 0..1, in their order."""
    kept = [
        place
        for place in range(len(found))
        if judge_plausibility(found.boxes_xyxy[place], found.landmarks_xy[place]) >= min_plausibility
    ]
    return Detections(found.boxes_xyxy[kept], found.landmarks_xy[kept], found.scores[kept])
