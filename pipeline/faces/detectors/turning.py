"""Pictures turned by quarters, or cut out upright around a turned face, and the way back for what is found there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.faces.detection import Detections
from pipeline.schemas import ImageU8, VectorF32

FACE_SHARE = 0.4
"""Side of a face relative to the patch cut out around it: room for hair and chin, which detectors want to see."""

PointsF64 = NDArray[np.float64]


def turn_picture(image_bgr: ImageU8, quarter_turns: int) -> ImageU8:
    """`(H, W, 3)` or `(H, W)` uint8 turned counter-clockwise by so many quarters, contiguous."""
    return np.ascontiguousarray(np.rot90(image_bgr, quarter_turns))


def turn_back(found: Detections, quarter_turns: int, size_wh: tuple[int, int]) -> Detections:
    """What was found in `turn_picture` of a picture of `size_wh`, in pixels of that picture.

    Landmarks keep the order of the turned picture, which is that of the face turned upright.
    """
    corners = found.boxes_xyxy.reshape(-1, 2, 2)
    turned_corners = _turn_points(corners, quarter_turns, size_wh)
    boxes_xyxy = np.concatenate([turned_corners.min(axis=1), turned_corners.max(axis=1)], axis=1)
    landmarks_xy = _turn_points(found.landmarks_xy, quarter_turns, size_wh)
    return Detections(boxes_xyxy.astype(np.float32), landmarks_xy.astype(np.float32), found.scores)


def _turn_points(points_xy: VectorF32, quarter_turns: int, size_wh: tuple[int, int]) -> PointsF64:
    """Points `(..., 2)` of the turned picture in the original one of `size_wh`; coordinates of pixel centres."""
    x, y = points_xy[..., 0].astype(np.float64), points_xy[..., 1].astype(np.float64)
    right, bottom = size_wh[0] - 1, size_wh[1] - 1
    ways_back = {0: (x, y), 1: (right - y, x), 2: (right - x, bottom - y), 3: (y, bottom - x)}
    return np.stack(ways_back[quarter_turns % 4], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class UprightPatch:
    """A square cut out around a face, turned so that the face stands upright in it."""

    image_bgr: ImageU8
    """`(S, S, 3)` uint8 BGR; black beyond the picture's edge."""
    roll_degrees: float
    """By how much the face was turned clockwise in the picture."""
    to_patch: PointsF64
    """`(2, 3)` float64: from pixels of the picture to pixels of the patch."""

    def back(self, found: Detections) -> Detections:
        """What was found in the patch, in pixels of the picture.

        A box becomes that of its inscribed ellipse, turned as the face is: exact at every quarter turn, and no wider
        in between than a face is.
        """
        inverse = cv2.invertAffineTransform(self.to_patch)
        landmarks_xy = found.landmarks_xy @ inverse[:, :2].T + inverse[:, 2]
        centres = (found.boxes_xyxy[:, :2] + found.boxes_xyxy[:, 2:]) / 2 @ inverse[:, :2].T + inverse[:, 2]
        halves_wh = (found.boxes_xyxy[:, 2:] - found.boxes_xyxy[:, :2]) / 2
        halves = np.sqrt(halves_wh**2 @ (inverse[:, :2] ** 2).T)
        boxes_xyxy = np.concatenate([centres - halves, centres + halves], axis=1)
        return Detections(boxes_xyxy.astype(np.float32), landmarks_xy.astype(np.float32), found.scores)


def cut_upright(image_bgr: ImageU8, box_xyxy: VectorF32, roll_degrees: float, face_px: int) -> UprightPatch:
    """The patch of `(H, W, 3)` uint8 BGR around a box `(4,)` whose face is turned clockwise by `roll_degrees`.

    The face is about `face_px` pixels large in it.
    """
    centre = (box_xyxy[:2] + box_xyxy[2:]).astype(np.float64) / 2
    face_side = float(np.sqrt(np.prod(np.clip(box_xyxy[2:] - box_xyxy[:2], 1, None))))
    side = round(face_px / FACE_SHARE)
    to_patch = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), roll_degrees, face_px / face_side)
    to_patch[:, 2] += side / 2 - centre
    patch = cv2.warpAffine(image_bgr, to_patch, (side, side), flags=cv2.INTER_LINEAR)
    return UprightPatch(np.asarray(patch, np.uint8), roll_degrees, np.asarray(to_patch, np.float64))
