"""Box arithmetic of the cascade: from network outputs to boxes, squaring, shifting and suppressing them.

The rules are those of the `mtcnn` package, its off-by-one sizes included, because the networks' regressions were fitted
to them and parity with it is tested.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.schemas import VectorF32, check_array

IndexArray = NDArray[np.intp]

CELL_STRIDE_PX = 2
"""P-Net looks at every second pixel of a level."""
CELL_SIZE_PX = 12
"""P-Net's field of view, in pixels of a level."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Boxes that may be faces, over the frames of one batch."""

    frames: IndexArray
    """`(N,)` intp: which frame of the batch each box lies in."""
    boxes_xyxy: VectorF32
    """`(N, 4)` float32 pixels of the frame."""
    scores: VectorF32
    """`(N,)` float32, 0..1: confidence of the network that proposed or confirmed the box."""

    def __post_init__(self) -> None:
        check_array("frames", self.frames, (None,), np.intp)
        check_array("boxes_xyxy", self.boxes_xyxy, (len(self.frames), 4), np.float32)
        check_array("scores", self.scores, (len(self.frames),), np.float32)

    def __len__(self) -> int:
        return len(self.frames)

    def take(self, indices: IndexArray) -> Candidates:
        """The candidates at `indices`, in that order."""
        return Candidates(self.frames[indices], self.boxes_xyxy[indices], self.scores[indices])

    @classmethod
    def empty(cls) -> Candidates:
        """No candidate at all."""
        return cls(np.empty(0, np.intp), np.empty((0, 4), np.float32), np.empty(0, np.float32))

    @classmethod
    def joined(cls, parts: list[Candidates]) -> Candidates:
        """The candidates of all `parts`, one after the other."""
        if not parts:
            return cls.empty()
        return cls(
            np.concatenate([part.frames for part in parts]),
            np.concatenate([part.boxes_xyxy for part in parts]),
            np.concatenate([part.scores for part in parts]),
        )


def cells_to_boxes(cells_yx: NDArray[np.int64], offsets: VectorF32, scale: float) -> VectorF32:
    """`(N, 4)` float32 boxes in frame pixels, from P-Net's cells `(N, 2)` and offsets `(N, 4)` on one level."""
    corner_xy = (cells_yx[:, ::-1] * CELL_STRIDE_PX).astype(np.float32)
    corners = np.concatenate([corner_xy + 1, corner_xy + CELL_SIZE_PX], axis=1)
    boxes: VectorF32 = (corners + offsets * np.float32(CELL_SIZE_PX - 1)) / np.float32(scale)
    return boxes


def shift_boxes(boxes_xyxy: VectorF32, offsets: VectorF32) -> VectorF32:
    """`(N, 4)` float32 boxes moved by `(N, 4)` offsets, given in widths and heights of each box."""
    sizes_wh = boxes_xyxy[:, 2:] - boxes_xyxy[:, :2] + 1
    shifted: VectorF32 = boxes_xyxy + offsets * np.concatenate([sizes_wh, sizes_wh], axis=1)
    return shifted


def square_boxes(boxes_xyxy: VectorF32) -> VectorF32:
    """`(N, 4)` float32 squares around the same centres, as large as the longer side of each box."""
    sizes_wh = boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]
    sides = sizes_wh.max(axis=1, keepdims=True)
    corner_xy = boxes_xyxy[:, :2] + (sizes_wh - sides) * np.float32(0.5)
    squares: VectorF32 = np.concatenate([corner_xy, corner_xy + sides], axis=1)
    return squares


def place_landmarks(landmarks: VectorF32, boxes_xyxy: VectorF32) -> VectorF32:
    """`(N, 5, 2)` float32 pixels, from O-Net's `(N, 10)` (five x, five y, in box sizes) and the boxes it looked at."""
    sizes_wh = boxes_xyxy[:, 2:] - boxes_xyxy[:, :2] + 1
    relative_xy = np.stack([landmarks[:, :5], landmarks[:, 5:]], axis=2)
    placed: VectorF32 = relative_xy * sizes_wh[:, None] + boxes_xyxy[:, None, :2] - 1
    return placed
