"""A detector whose faces a second detector has to see as well, each looked at closely and upright.

Two networks that were trained apart seldom take the same fold or cup for a face.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.faces.detection import Detections, Detector, in_colour
from pipeline.faces.detectors.plausibility import face_roll
from pipeline.faces.detectors.turning import cut_upright
from pipeline.faces.linking import iou_matrix
from pipeline.schemas import ImageU8

FACE_PX = 40
"""The size of a face in the patch that is looked at: as large as the second detector needs, and no more to compute."""
SAME_FACE_IOU = 0.3
CONFIRMING_CONFIDENCE = 0.45
"""The second detector's confidence that will do. On photographs and films YuNet gives 0.63 and more to each of 517
faces that MTCNN finds, and nothing from 0.42 on to any of its 24 false ones."""


class ConfirmedDetector:
    """Hands on those faces of one detector that another one sees in the same place."""

    def __init__(self, detector: Detector, second: Detector) -> None:
        """`second` finds faces of `FACE_PX` pixels from `CONFIRMING_CONFIDENCE` on."""
        self._detector = detector
        self._second = second

    def detect(self, images_bgr: Sequence[ImageU8]) -> list[Detections]:
        """The confirmed faces of pictures of any sizes; see `Detector`."""
        return self._confirmed_all([in_colour(image) for image in images_bgr], self._detector.detect(images_bgr))

    def detect_chunk(self, frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> list[Detections]:
        """The confirmed faces of consecutive frames; see `Detector`."""
        return self._confirmed_all(frames_bgr, self._detector.detect_chunk(frames_bgr, starts_shot))

    def _confirmed_all(self, pictures: Sequence[ImageU8], found_all: Sequence[Detections]) -> list[Detections]:
        return [self._confirmed(picture, found) for picture, found in zip(pictures, found_all, strict=True)]

    def _confirmed(self, picture: ImageU8, found: Detections) -> Detections:
        kept = [place for place in range(len(found)) if self._is_seen(picture, found, place)]
        return Detections(found.boxes_xyxy[kept], found.landmarks_xy[kept], found.scores[kept])

    def _is_seen(self, picture: ImageU8, found: Detections, place: int) -> bool:
        box_xyxy = found.boxes_xyxy[place]
        patch = cut_upright(picture, box_xyxy, face_roll(found.landmarks_xy[place]), FACE_PX)
        seen = patch.back(self._second.detect([patch.image_bgr])[0])
        return bool((iou_matrix(box_xyxy[None], seen.boxes_xyxy) >= SAME_FACE_IOU).any())
