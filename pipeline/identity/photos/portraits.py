"""Find the face that a photograph is of, or take the whole photograph for it where it was cut to the face before."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.faces.alignment import OPENFACE
from pipeline.faces.detection import Detections, Detector
from pipeline.schemas import ImageU8, VectorF32

DOMINANT_RATIO = 2.0
"""Area of the largest face relative to the next from which the photograph is of that face."""

BORDER = 0.5
"""Border put around a photograph that its face fills, relative to its sides: detectors want to see around a face."""

FRONTAL = np.array(OPENFACE) / 96
"""`(5, 2)`: where the landmarks of a face lie in a picture that was cut to it, relative to its sides."""


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """The largest face of a photograph, and the picture in which it was found."""

    image_bgr: ImageU8
    """`(H, W, 3)` uint8 BGR: the photograph, perhaps with a border."""
    box_xyxy: VectorF32
    """`(4,)` float32 pixels of `image_bgr`."""
    landmarks_xy: VectorF32
    """`(5, 2)` float32 pixels of `image_bgr`."""
    score: float
    """The detector's confidence, 0..1."""
    n_faces: int
    """Faces in the photograph."""
    dominance: float
    """Area of this face relative to the next; infinite when there is none."""

    @property
    def side_px(self) -> float:
        """Side of a square as large as the box."""
        return float(np.sqrt(_areas(self.box_xyxy[None])[0]))

    @property
    def is_of_one_face(self) -> bool:
        """Whether it is clear whose picture this is."""
        return self.dominance >= DOMINANT_RATIO


def find_portrait(image_bgr: ImageU8, detector: Detector) -> Portrait | None:
    """The largest face of `(H, W, 3)` uint8 BGR; when none is found, a border is put around it for a second look."""
    image, found = _look(image_bgr, detector)
    return _largest(image, found) if len(found) else None


def find_portraits(image_bgr: ImageU8, detector: Detector) -> list[Portrait]:
    """Each face of `(H, W, 3)` uint8 BGR as if the photograph were of it alone, the largest first.

    They are found as `find_portrait` finds the largest: `image_bgr` of a portrait may have a border.
    """
    image, found = _look(image_bgr, detector)
    largest_first = np.argsort(-_areas(found.boxes_xyxy), kind="stable").tolist()
    return [_alone(image, found, place) for place in largest_first]


def border_of(image_bgr: ImageU8, portrait: Portrait) -> tuple[int, int]:
    """How wide the border is that was put around a photograph for its portrait, in pixels: left and top; 0 for none."""
    (height, width), (outer_height, outer_width) = image_bgr.shape[:2], portrait.image_bgr.shape[:2]
    return (outer_width - width) // 2, (outer_height - height) // 2


def whole_portrait(image_bgr: ImageU8) -> Portrait:
    """The whole of `(H, W, 3)` uint8 BGR as a face, of which nobody asks whether it is one.

    Its landmarks are where a frontal face has them.
    """
    size_wh = np.array(image_bgr.shape[1::-1], np.float32)
    box_xyxy = np.concatenate([np.zeros(2, np.float32), size_wh])
    landmarks_xy = (FRONTAL * size_wh).astype(np.float32)
    return Portrait(image_bgr, box_xyxy, landmarks_xy, score=1.0, n_faces=1, dominance=float("inf"))


def _look(image_bgr: ImageU8, detector: Detector) -> tuple[ImageU8, Detections]:
    """What is found, and the picture in which it lies: with a border around it when nothing was found without."""
    (found,) = detector.detect([image_bgr])
    if len(found):
        return image_bgr, found
    bordered = _with_border(image_bgr)
    return bordered, detector.detect([bordered])[0]


def _alone(image_bgr: ImageU8, found: Detections, place: int) -> Portrait:
    box_xyxy, landmarks_xy = found.boxes_xyxy[place].copy(), found.landmarks_xy[place].copy()
    score = float(found.scores[place])
    return Portrait(image_bgr, box_xyxy, landmarks_xy, score, n_faces=1, dominance=float("inf"))


def _largest(image_bgr: ImageU8, found: Detections) -> Portrait:
    areas = _areas(found.boxes_xyxy)
    largest, *others = np.argsort(-areas, kind="stable").tolist()
    dominance = float(areas[largest] / max(areas[others[0]], 1e-6)) if others else float("inf")
    box_xyxy, landmarks_xy = found.boxes_xyxy[largest].copy(), found.landmarks_xy[largest].copy()
    return Portrait(image_bgr, box_xyxy, landmarks_xy, float(found.scores[largest]), len(found), dominance)


def _with_border(image_bgr: ImageU8) -> ImageU8:
    rows, columns = (round(side * BORDER) for side in image_bgr.shape[:2])
    bordered: ImageU8 = cv2.copyMakeBorder(image_bgr, rows, rows, columns, columns, cv2.BORDER_REPLICATE)
    return bordered


def _areas(boxes_xyxy: VectorF32) -> VectorF32:
    areas: VectorF32 = np.clip(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2], 0, None).prod(axis=1)
    return areas
