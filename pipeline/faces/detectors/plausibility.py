"""Judge whether five landmarks lie as in a face: what every face has, and folds, hands and crockery often have not.

Everything is measured in the face's own frame, whose downward axis leads from the middle of the eyes to the middle of
the mouth, in units of the box's side (the root of its area): a turned head is as plausible as an upright one, and a
mirror image as the face itself. Each quantity is ideal over the range in which 98 of 100 real faces lie, profiles
included, and impossible a good way outside the range of all of them (some 500 faces of photographs and films for each
detector, confirmed by the other one).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.schemas import VectorF32

PointsF64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Band:
    """Where a quantity is ideal (1), and from where on it is impossible (0), linear between."""

    impossible_low: float
    ideal_low: float
    ideal_high: float
    impossible_high: float

    def __call__(self, value: float) -> float:
        rising = (value - self.impossible_low) / (self.ideal_low - self.impossible_low)
        falling = (self.impossible_high - value) / (self.impossible_high - self.ideal_high)
        return float(np.clip(min(rising, falling), 0, 1))


EYE_DISTANCE = Band(-0.05, 0.05, 0.48, 0.65)
"""Right eye from left eye, along the face's horizontal: hardly anything in a profile, never much the other way."""
MOUTH_WIDTH = Band(-0.06, 0.03, 0.46, 0.65)
FACE_HEIGHT = Band(0.2, 0.34, 0.6, 0.8)
"""From the eyes to the mouth."""
NOSE_DOWN = Band(0.05, 0.33, 0.73, 0.95)
"""How far down the way from the eyes to the mouth the nose lies: never above the eyes, never below the mouth."""
NOSE_ASIDE = Band(-0.4, -0.22, 0.22, 0.4)
"""The nose's distance from that way, to either side."""
EYES_SKEW = Band(-0.18, -0.06, 0.06, 0.18)
MOUTH_SKEW = Band(-0.3, -0.1, 0.1, 0.3)
"""How much lower the right one is than the left one: eyes, nose and mouth are convex, and a trapezium at most."""
OFF_CENTRE = Band(-0.5, -0.3, 0.3, 0.5)
"""The landmarks' middle from the box's, to either side."""
OUTSIDE = Band(-1.0, -0.5, 0.07, 0.2)
"""How far the outermost landmark lies outside the box."""


def judge_plausibility(box_xyxy: VectorF32, landmarks_xy: VectorF32) -> float:
    """How much landmarks `(5, 2)` in a box `(4,)`, both float32 pixels, look like a face's: 0 (impossible) to 1.

    The landmarks are left eye, right eye, nose, left and right mouth corner of the face turned upright. The worst
    quantity counts.
    """
    box, landmarks = box_xyxy.astype(np.float64), landmarks_xy.astype(np.float64)
    side = float(np.sqrt(np.prod(np.clip(box[2:] - box[:2], 0, None))))
    if not np.isfinite(landmarks).all() or not np.isfinite(side) or side < 1:
        return 0.0
    own = _in_own_frame(landmarks, side)
    if own is None:
        return 0.0
    left_eye, right_eye, nose, left_mouth, right_mouth = own
    off_centre = (landmarks.mean(axis=0) - (box[:2] + box[2:]) / 2) / side
    outside = float(np.maximum(box[:2] - landmarks, landmarks - box[2:]).max()) / side
    height = float(left_mouth[1] + right_mouth[1]) / 2
    return min(
        EYE_DISTANCE(right_eye[0] - left_eye[0]),
        MOUTH_WIDTH(right_mouth[0] - left_mouth[0]),
        FACE_HEIGHT(height),
        NOSE_DOWN(nose[1] / height),
        NOSE_ASIDE(nose[0]),
        EYES_SKEW(right_eye[1] - left_eye[1]),
        MOUTH_SKEW(right_mouth[1] - left_mouth[1]),
        OFF_CENTRE(float(np.hypot(*off_centre))),
        OUTSIDE(outside),
    )


def face_roll(landmarks_xy: VectorF32) -> float:
    """Degrees, -180..180, by which a face with landmarks `(5, 2)` is turned clockwise in the picture; 0 is upright."""
    points = landmarks_xy.astype(np.float64)
    down = points[3:].mean(axis=0) - points[:2].mean(axis=0)
    return float(np.degrees(np.arctan2(-down[0], down[1])))


def _in_own_frame(landmarks_xy: PointsF64, side: float) -> PointsF64 | None:
    """`(5, 2)` landmarks as (right, down) from the middle of the eyes, in box sides; None when they coincide."""
    eyes = landmarks_xy[:2].mean(axis=0)
    down = landmarks_xy[3:].mean(axis=0) - eyes
    height = float(np.hypot(*down))
    if height < 1e-3:
        return None
    axes = np.array([[down[1], -down[0]], down]) / height
    return np.asarray((landmarks_xy - eyes) @ axes.T / side)
