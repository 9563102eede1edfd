"""The MTCNN detector: pictures of any sizes one by one, the frames of a chunk together."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.faces.detection import Detections
from pipeline.faces.mtcnn.cascade import Cascade, Thresholds
from pipeline.faces.mtcnn.pyramid import pyramid_levels
from pipeline.options import DetectionOptions
from pipeline.schemas import ImageU8, check_array

SUB_BATCH_FRAMES = 4
"""Frames that go through the networks together: shares the costs of a call, and bounds the memory."""


class MtcnnDetector:
    """Finds faces by MTCNN. Construct it once per process; it keeps nothing between calls."""

    def __init__(self, options: DetectionOptions) -> None:
        """Raises `WeightsError` when the weights are missing."""
        self._options = options
        self._cascade = Cascade(Thresholds(*options.thresholds))

    def detect(self, images_bgr: Sequence[ImageU8]) -> list[Detections]:
        """The faces of pictures of any sizes, each searched whole; see `Detector`."""
        return [self._search([_in_colour(image)])[0] for image in images_bgr]

    def detect_chunk(self, frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> list[Detections]:
        """The faces of consecutive frames of one size; see `Detector`."""
        found: list[Detections] = []
        for start in range(0, len(frames_bgr), SUB_BATCH_FRAMES):
            found += self._search(frames_bgr[start : start + SUB_BATCH_FRAMES])
        return found

    def _search(self, frames_bgr: Sequence[ImageU8]) -> list[Detections]:
        height, width = frames_bgr[0].shape[:2]
        levels = pyramid_levels((width, height), self._options.min_face_size_for(height))
        return self._cascade.confirm(frames_bgr, self._cascade.propose(frames_bgr, levels))


def _in_colour(image: ImageU8) -> ImageU8:
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
    check_array("image_bgr", image, (None, None, 3), np.uint8)
    return image
