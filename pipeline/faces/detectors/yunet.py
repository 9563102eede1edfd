"""YuNet, a small network that finds faces in one look, run by OpenCV without TensorFlow.

Hides `cv2.FaceDetectorYN`. The network knows faces from about 10 to 380 pixels; the smallest face looked for decides
how far a picture is shrunk before, so that its faces come out in that range.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipeline.errors import WeightsError
from pipeline.faces.detection import Detections, check_chunk, in_colour
from pipeline.faces.linking import iou_matrix
from pipeline.options import DetectionOptions
from pipeline.schemas import ImageU8, VectorF32

SMALLEST_SEEN_PX = 20
"""The smallest face looked for has so many pixels in the picture that the network sees: on the labelled photographs no
face scores under 0.86 then, with 16 under 0.85, with 12 under 0.75; 32 costs two and a half times as much."""
LARGEST_SIDE_PX = 800
"""In a picture with a longer side the largest faces may be too large for the network: it is looked at once more."""
COARSER = 8
"""By so much smaller, where the range of sizes that it knows goes on."""
LEAST_SIDE_PX = 64
"""A smaller picture is widened by black: with a side of 32 or less the coarsest grid has a single row, for which OpenCV
4.14 computes nonsense, another one each time."""
SAME_FACE_IOU = 0.3
"""Overlap from which two boxes are one face: the better one stays."""
MOST_CANDIDATES = 5000
BEST_SCORE = 0.95
"""What the network gives a perfect face: its score is the geometric mean of two outputs, and stays below."""

ROW_LANDMARKS = slice(4, 14)
ROW_SCORE = 14


class YunetDetector:
    """Finds faces by YuNet. It keeps nothing between calls; several threads take turns."""

    def __init__(self, options: DetectionOptions, weights: Path) -> None:
        """`weights` is the network as ONNX; raises `WeightsError` when it is none."""
        self._options = options
        self._network = _load(weights, options.yunet_threshold)
        self._turn = threading.Lock()

    def detect(self, images_bgr: Sequence[ImageU8]) -> list[Detections]:
        """The faces of pictures of any sizes; see `Detector`."""
        return [self._search(in_colour(image)) for image in images_bgr]

    def detect_chunk(self, frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> list[Detections]:
        """The faces of consecutive frames, each searched by itself; see `Detector`."""
        check_chunk(frames_bgr, starts_shot)
        return self.detect(frames_bgr)

    def _search(self, image_bgr: ImageU8) -> Detections:
        height, width = image_bgr.shape[:2]
        min_face_size = self._options.min_face_size_for(height)
        rows = [self._look(image_bgr, scale) for scale in scales_for((width, height), min_face_size)]
        return _to_detections(np.concatenate([np.empty((0, ROW_SCORE + 1), np.float32), *rows]), min_face_size)

    def _look(self, image_bgr: ImageU8, scale: float) -> VectorF32:
        """`(N, 15)` float32: box (x, y, w, h), landmarks and score of what one look at a scale finds, in pixels."""
        height, width = image_bgr.shape[:2]
        size_wh = max(1, round(width * scale)), max(1, round(height * scale))
        seen = _widened(cv2.resize(image_bgr, size_wh, interpolation=cv2.INTER_AREA))
        with self._turn:
            self._network.setInputSize((seen.shape[1], seen.shape[0]))
            _, rows = self._network.detect(seen)
        found = np.array(rows if rows is not None else np.empty((0, ROW_SCORE + 1)), np.float32)
        found[:, :ROW_SCORE] *= np.tile(np.array([width / size_wh[0], height / size_wh[1]], np.float32), 7)
        return found


def scales_for(size_wh: tuple[int, int], min_face_size: int) -> list[float]:
    """The scales at which a picture has to be looked at for all its faces from `min_face_size` pixels on."""
    if min(size_wh, default=0) < 1 or max(size_wh) < min_face_size:
        return []
    scales = [min(1.0, SMALLEST_SEEN_PX / min_face_size)]
    while max(size_wh) * scales[-1] > LARGEST_SIDE_PX:
        scales.append(scales[-1] / COARSER)
    return scales


def _load(weights: Path, threshold: float) -> Any:
    try:
        return cv2.FaceDetectorYN.create(
            str(weights), "", (LEAST_SIDE_PX, LEAST_SIDE_PX), threshold * BEST_SCORE, SAME_FACE_IOU, MOST_CANDIDATES
        )
    except cv2.error as error:
        raise WeightsError(f"{weights.name} is no network that OpenCV can read: {error.err}") from error


def _widened(image_bgr: ImageU8) -> ImageU8:
    """The picture with black on its right and below it, if it needs any; contiguous."""
    height, width = image_bgr.shape[:2]
    lacking = (0, max(0, LEAST_SIDE_PX - height), 0, max(0, LEAST_SIDE_PX - width))
    widened: ImageU8 = cv2.copyMakeBorder(image_bgr, *lacking, borderType=cv2.BORDER_CONSTANT)
    return widened


def _to_detections(rows: VectorF32, min_face_size: int) -> Detections:
    boxes_xyxy = np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], axis=1)
    kept = [place for place in _best_of_each(boxes_xyxy, rows[:, ROW_SCORE]) if rows[place, 2:4].max() >= min_face_size]
    landmarks_xy = rows[kept, ROW_LANDMARKS].reshape(-1, 5, 2)
    scores = np.minimum(1, rows[kept, ROW_SCORE] / np.float32(BEST_SCORE))
    return Detections.sorted_by_box(boxes_xyxy[kept], landmarks_xy, scores)


def _best_of_each(boxes_xyxy: VectorF32, scores: VectorF32) -> list[int]:
    """Places of the boxes that overlap none with a better score."""
    iou = iou_matrix(boxes_xyxy, boxes_xyxy)
    kept: list[int] = []
    for place in np.argsort(-scores, kind="stable"):
        if not (iou[place, kept] >= SAME_FACE_IOU).any():
            kept.append(int(place))
    return kept
