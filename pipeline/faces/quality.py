"""Judge how useful a face is for recognition, from its size, sharpness, pose and light.

Each part maps a measured quantity linearly from useless (0) to ideal (1). The overall quality is the product of the
parts, of which only size may make it zero, with the detector's confidence and the visible share of the box. The
weights follow how much each part says about the similarity of a face in video to its person's pictures (rank
correlation of the overall quality with it: 0.7).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.schemas import FaceQuality, ImageU8, VectorF32

PATCH_SIDE = 48
"""Sharpness and light are measured on the box at this size in pixels, whatever the size of the face."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """A measured quantity's way from useless (0) to ideal (1); `ideal` may be the smaller number."""

    useless: float
    ideal: float

    def __call__(self, value: float) -> float:
        return min(1.0, max(0.0, (value - self.useless) / (self.ideal - self.useless)))


LEAST_CONTRAST = 8.0
"""Standard deviation below which what looks like detail is noise, of 255."""

SIZE_PX = Ramp(10, 70)
"""Square root of the box's area."""
DETAIL = Ramp(0.25, 0.65)
"""Root mean square of the Laplacian over the patch's contrast."""
TURN = Ramp(0.85, 0.1)
"""Sideways distance of the nose from the middle line between eyes and mouth, in eye distances or half mouth widths."""
CONTRAST = Ramp(5, 32)
"""Standard deviation of the patch, of 255."""
BRIGHTNESS = Ramp(12, 60)
"""Mean of the patch, of 255; too much light shows as lost contrast."""


def judge_face(image_bgr: ImageU8, box_xyxy: VectorF32, landmarks_xy: VectorF32, score: float) -> FaceQuality:
    """The quality of one face in `(H, W, 3)` uint8 BGR; `score` is the detector's confidence, 0..1."""
    patch, visible = _patch(image_bgr, box_xyxy)
    width, height = np.clip(box_xyxy[2:] - box_xyxy[:2], 0, None)
    size = SIZE_PX(float(np.sqrt(width * height)))
    pose = judge_pose(landmarks_xy)
    sharpness, light = _judge_patch(patch)
    overall = visible * score**2 * size * (0.35 + 0.65 * pose) * (0.1 + 0.9 * sharpness) * (0.5 + 0.5 * light)
    return FaceQuality(size=size, sharpness=sharpness, pose=pose, light=light, overall=float(overall))


def judge_pose(landmarks_xy: VectorF32) -> float:
    """How frontal a face with landmarks `(5, 2)` in pixels is, 0 (profile) to 1; a head tilted sideways is frontal."""
    turned = turn_of(landmarks_xy)
    return 0.0 if turned is None else TURN(abs(turned))


def turn_of(landmarks_xy: VectorF32) -> float | None:
    """How far a face with landmarks `(5, 2)` in pixels is turned: 0 is frontal, and some 0.85 a half profile.

    The sideways distance of the nose from the middle line between eyes and mouth, in eye distances or half mouth
    widths; positive towards the picture's right. None for a profile, where the landmarks say nothing.
    """
    left_eye, right_eye, nose, left_mouth, right_mouth = landmarks_xy.astype(np.float64)
    eyes, mouth = (left_eye + right_eye) / 2, (left_mouth + right_mouth) / 2
    down = mouth - eyes
    height = float(np.hypot(*down))
    if not np.isfinite(height) or height < 1e-3:
        return None
    across = np.array([down[1], -down[0]]) / height
    half_width = float(max((right_eye - left_eye) @ across, (right_mouth - left_mouth) @ across)) / 2
    return None if half_width < 0.1 * height else float((nose - eyes) @ across) / half_width


def _patch(image_bgr: ImageU8, box_xyxy: VectorF32) -> tuple[ImageU8, float]:
    """The visible part of the box as `(PATCH_SIDE, PATCH_SIDE)` uint8 grey, and its share of the box, 0..1."""
    height, width = image_bgr.shape[:2]
    left, top = np.clip(np.floor(box_xyxy[:2]), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(box_xyxy[2:]), 0, (width, height)).astype(int)
    area = float(np.prod(np.clip(box_xyxy[2:] - box_xyxy[:2], 0, None)))
    if right <= left or bottom <= top or area <= 0:
        return np.zeros((PATCH_SIDE, PATCH_SIDE), np.uint8), 0.0
    grey = cv2.cvtColor(image_bgr[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    patch = cv2.resize(grey, (PATCH_SIDE, PATCH_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(patch, np.uint8), min(1.0, float((right - left) * (bottom - top)) / area)


def _judge_patch(patch: ImageU8) -> tuple[float, float]:
    """Sharpness and light of a grey patch."""
    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(patch))
    detail = float(cv2.Laplacian(patch, cv2.CV_32F).std()) / max(deviation, LEAST_CONTRAST)
    return DETAIL(detail), min(CONTRAST(deviation), BRIGHTNESS(mean))
