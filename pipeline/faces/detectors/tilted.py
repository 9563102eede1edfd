"""A detector of faces turned any way in the picture: it looks from four sides, then at each face upright.

Every face is within 45 degrees of upright from one of the four sides, and there a detector finds it. A face that is
still askew is then cut out upright by its own landmarks and looked at again, which gives better boxes and landmarks,
and sorts out what looks like a face from one side only by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.faces.detection import Detections, Detector, check_chunk, in_colour
from pipeline.faces.detectors.plausibility import face_roll
from pipeline.faces.detectors.turning import cut_upright, turn_back, turn_picture
from pipeline.faces.linking import iou_matrix
from pipeline.options import DetectionOptions
from pipeline.schemas import ImageU8, VectorF32

QUARTERS = range(4)
SAME_FACE_IOU = 0.4
"""Overlap from which two boxes are one face, seen from different sides."""
CERTAIN_DEGREES = 5.0
CERTAIN_SCORE = 0.95
"""A face seen at least so upright and with such a score is not looked at again."""
OFFSETS_DEGREES = (0.0, -30.0, 30.0, -60.0, 60.0)
"""By how much more than its landmarks say a face is turned to look at it again. YuNet's show half of how far a face is
turned, or nothing; but its score, and that of MTCNN, is best where the face stands upright."""
LEAST_FACE_PX = 80
"""The size of a face in its upright patch, where the detector's smallest face does not ask for more."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A face as seen from one side."""

    turned_degrees: float
    """By how much the picture was turned counter-clockwise."""
    box_xyxy: VectorF32
    landmarks_xy: VectorF32
    """Both in pixels of the picture as it is."""
    score: float

    @property
    def roll_degrees(self) -> float:
        """How far the face is turned clockwise in the picture as it is, by its landmarks."""
        return face_roll(self.landmarks_xy)

    @property
    def askew_degrees(self) -> float:
        """How far it was from upright as it was seen, -180..180."""
        return (self.roll_degrees - self.turned_degrees + 180) % 360 - 180

    @property
    def goodness(self) -> float:
        """The score, less the more askew the face was as it was seen: upright, its landmarks are best."""
        return self.score - abs(self.askew_degrees) / 360

    @property
    def is_certain(self) -> bool:
        """Whether it was seen so well that another look brings nothing."""
        return abs(self.askew_degrees) <= CERTAIN_DEGREES and self.score >= CERTAIN_SCORE


class TiltedDetector:
    """Finds by another detector the faces that are turned any way."""

    def __init__(self, detector: Detector, options: DetectionOptions) -> None:
        """`options` are those of `detector`."""
        self._detector = detector
        self._face_px = max(LEAST_FACE_PX, 2 * (options.min_face_size or 0))

    def detect(self, images_bgr: Sequence[ImageU8]) -> list[Detections]:
        """The faces of pictures of any sizes; see `Detector`."""
        pictures = [in_colour(image) for image in images_bgr]
        sides = [self._detector.detect([turn_picture(one, quarter) for one in pictures]) for quarter in QUARTERS]
        return self._joined(pictures, sides)

    def detect_chunk(self, frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> list[Detections]:
        """The faces of consecutive frames; see `Detector`."""
        check_chunk(frames_bgr, starts_shot)
        sides = [
            self._detector.detect_chunk([turn_picture(frame, quarter) for frame in frames_bgr], starts_shot)
            for quarter in QUARTERS
        ]
        return self._joined(frames_bgr, sides)

    def _joined(self, pictures: Sequence[ImageU8], sides: Sequence[Sequence[Detections]]) -> list[Detections]:
        return [self._faces_of(picture, found) for picture, *found in zip(pictures, *sides, strict=True)]

    def _faces_of(self, picture: ImageU8, sides: Sequence[Detections]) -> Detections:
        """The faces of one picture, each once, from what was found from its four sides."""
        height, width = picture.shape[:2]
        seen = [
            _Seen(90.0 * quarter, back.boxes_xyxy[place], back.landmarks_xy[place], float(back.scores[place]))
            for quarter, found in enumerate(sides)
            for back in [turn_back(found, quarter, (width, height))]
            for place in range(len(back))
        ]
        looked_at = [again for one in _best_of_each(seen) if (again := self._look_again(picture, one)) is not None]
        faces = _best_of_each(looked_at)
        return _to_detections(faces)

    def _look_again(self, picture: ImageU8, one: _Seen) -> _Seen | None:
        """The face seen upright; None when it is none there, and it was not the picture as it is that showed it."""
        if one.is_certain:
            return one
        around = [self._look_at(picture, one, one.roll_degrees + offset) for offset in OFFSETS_DEGREES]
        best = max((each for each in around if each is not None), key=lambda each: each.goodness, default=None)
        if best is None:
            return one if one.turned_degrees == 0 else None
        nearer = self._look_at(picture, best, best.roll_degrees)
        return best if nearer is None else nearer

    def _look_at(self, picture: ImageU8, one: _Seen, roll_degrees: float) -> _Seen | None:
        """The face as it is seen when the picture is turned by so much; None when it is not found there."""
        patch = cut_upright(picture, one.box_xyxy, roll_degrees, self._face_px)
        found = patch.back(self._detector.detect([patch.image_bgr])[0])
        overlaps = iou_matrix(one.box_xyxy[None], found.boxes_xyxy)[0]
        if not (overlaps >= SAME_FACE_IOU).any():
            return None
        best = int(overlaps.argmax())
        return _Seen(roll_degrees, found.boxes_xyxy[best], found.landmarks_xy[best], float(found.scores[best]))


def _best_of_each(seen: Sequence[_Seen]) -> list[_Seen]:
    """Each face as it was seen best; from the earlier side where two were as good."""
    boxes_xyxy = np.array([one.box_xyxy for one in seen], np.float32).reshape(-1, 4)
    iou = iou_matrix(boxes_xyxy, boxes_xyxy)
    kept: list[int] = []
    for place in sorted(range(len(seen)), key=lambda place: -seen[place].goodness):
        if not (iou[place, kept] >= SAME_FACE_IOU).any():
            kept.append(place)
    return [seen[place] for place in kept]


def _to_detections(faces: Sequence[_Seen]) -> Detections:
    if not faces:
        return Detections.empty()
    return Detections.sorted_by_box(
        np.stack([face.box_xyxy for face in faces]),
        np.stack([face.landmarks_xy for face in faces]),
        np.array([face.score for face in faces], np.float32),
    )
