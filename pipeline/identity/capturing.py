"""Reference images taken by somebody's own camera: which poses are wanted, and what is wrong with a frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.identity.photos.portraits import DOMINANT_RATIO
from pipeline.identity.picture_faces import ExaminedFace, ExaminedPicture

FRONTAL_TURN = 0.14
"""Largest turn (`turn_of`) of a face that looks into the camera."""
LEAST_TURN, MOST_TURN = 0.2, 0.6
"""Turns of a face that looks a little aside; farther, and its quality falls."""
LEAST_SIDE = 0.16
"""Least width of the face, as a share of the picture's shorter side."""
LEAST_SHARPNESS = 0.15
LEAST_LIGHT = 0.3
"""Parts of the quality, 0..1, below which another try is worth it."""


class Pose(StrEnum):
    """How somebody is to look; left and right are the person's own."""

    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Advice:
    """Whether a frame is the one that was wanted, and what to do otherwise."""

    is_good: bool
    words: str


def advise(picture: ExaminedPicture, pose: Pose) -> Advice:
    """What to tell somebody who is to be taken in this pose."""
    face = one_face(picture)
    if face is None:
        return Advice(is_good=False, words=picture.problem or _words_without_face(picture))
    fault = _fault(picture, face) or _fault_of_pose(face, pose)
    return Advice(is_good=False, words=fault) if fault else Advice(is_good=True, words="Good. Hold still.")


def one_face(picture: ExaminedPicture) -> ExaminedFace | None:
    """The face that the picture is of; None when there is none, or two of nearly the same size."""
    if not picture.faces:
        return None
    largest, *others = picture.faces
    is_alone = not others or _area(largest) >= DOMINANT_RATIO * _area(others[0])
    return largest if is_alone else None


def is_turned(face: ExaminedFace, pose: Pose) -> bool:
    """Whether the face is turned as wanted; towards somebody's own left is towards the picture's right."""
    if face.turn is None:
        return False
    if pose is Pose.FRONT:
        return abs(face.turn) <= FRONTAL_TURN
    return LEAST_TURN <= (face.turn if pose is Pose.LEFT else -face.turn) <= MOST_TURN


def _words_without_face(picture: ExaminedPicture) -> str:
    return "Only one person, please." if picture.faces else "No face is to be seen. Look into the camera."


def _fault(picture: ExaminedPicture, face: ExaminedFace) -> str:
    """What is wrong whatever the pose; empty for nothing."""
    width, height = picture.size_wh
    left, top, right, bottom = (float(edge) for edge in face.box_xyxy)
    if min(left, top) < 0 or max(right, bottom) > 1:
        return "Move into the middle; the face is cut off."
    if (right - left) * width < LEAST_SIDE * min(width, height):
        return "Come closer."
    if face.quality.light < LEAST_LIGHT:
        return "More light on the face, please."
    return "Hold still; the picture is blurred." if face.quality.sharpness < LEAST_SHARPNESS else ""


def _fault_of_pose(face: ExaminedFace, pose: Pose) -> str:
    if is_turned(face, pose):
        return ""
    if pose is Pose.FRONT:
        return "Look straight into the camera."
    turn = 0.0 if face.turn is None else face.turn if pose is Pose.LEFT else -face.turn
    if face.turn is None or turn > MOST_TURN:
        return "A little less far."
    return f"Turn your head a little to your {pose.value}."


def _area(face: ExaminedFace) -> float:
    left, top, right, bottom = (float(edge) for edge in face.box_xyxy)
    return max(0.0, right - left) * max(0.0, bottom - top)
