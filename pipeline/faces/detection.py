"""What every face detector promises: pictures in, boxes, landmarks and scores out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pipeline.schemas import ImageU8, VectorF32, check_array


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """The faces of one picture, sorted by box (left, top, right, bottom)."""

    boxes_xyxy: VectorF32
    """`(N, 4)` float32: left, top, right, bottom in pixels of the picture, not clipped to it."""
    landmarks_xy: VectorF32
    """`(N, 5, 2)` float32 pixels: left eye, right eye, nose, left and right mouth corner. Left is the picture's left
    when the face is turned upright, so that an upside-down face has its left eye at the right of the picture."""
    scores: VectorF32
    """`(N,)` float32: the detector's confidence, 0..1."""

    def __post_init__(self) -> None:
        check_array("boxes_xyxy", self.boxes_xyxy, (None, 4), np.float32)
        check_array("landmarks_xy", self.landmarks_xy, (len(self.boxes_xyxy), 5, 2), np.float32)
        check_array("scores", self.scores, (len(self.boxes_xyxy),), np.float32)

    def __len__(self) -> int:
        return len(self.boxes_xyxy)

    @classmethod
    def empty(cls) -> Detections:
        """A picture without faces."""
        return cls(np.empty((0, 4), np.float32), np.empty((0, 5, 2), np.float32), np.empty(0, np.float32))

    @classmethod
    def sorted_by_box(cls, boxes_xyxy: VectorF32, landmarks_xy: VectorF32, scores: VectorF32) -> Detections:
        """The same faces in the one order that does not depend on how they were found."""
        order = np.lexsort(boxes_xyxy.T[::-1])
        return cls(boxes_xyxy[order], landmarks_xy[order], scores[order])


class Detector(Protocol):
    """Finds faces; keeps nothing between calls, so that equal arguments give equal faces."""

    def detect(self, images_bgr: Sequence[ImageU8]) -> list[Detections]:
        """The faces of pictures that have nothing to do with each other, of any sizes.

        Each is `(H, W, 3)` uint8 BGR, or `(H, W)` uint8 grey. One result per picture, in order; a picture in which
        nothing is found (too small, black) gives an empty one.
        """
        ...

    def detect_chunk(self, frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> list[Detections]:
        """The faces of consecutive frames of one source, all `(H, W, 3)` uint8 BGR of one size.

        `starts_shot` has one entry per frame: whether the picture cut to another shot since the frame before. Work may
        be shared between frames of a shot, never across a cut. One result per frame, in order.
        """
        ...


def in_colour(image: ImageU8) -> ImageU8:
    """`(H, W, 3)` uint8 BGR of a picture that is that already, or `(H, W)` grey; raises `ValueError` for others."""
    if image.ndim == 2:
        return np.repeat(image[..., None], 3, axis=2)
    check_array("image_bgr", image, (None, None, 3), np.uint8)
    return image


def check_chunk(frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> None:
    """Raise `ValueError` unless there is one entry for each frame."""
    if len(starts_shot) != len(frames_bgr):
        raise ValueError(
            f"starts_shot: expected one entry for each of {len(frames_bgr)} frames, got {len(starts_shot)}"
        )
