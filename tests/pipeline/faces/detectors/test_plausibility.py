"""What landmarks of a face may look like, as a table of faces and of what is none."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.faces.detectors.plausibility import face_roll, judge_plausibility

BOX = np.array([100, 100, 175, 200], np.float32)
FACE = np.array([[118, 138], [154, 138], [136, 160], [121, 177], [151, 177]], np.float32)
PROFILE = np.array([[110, 138], [118, 138], [104, 158], [112, 178], [117, 178]], np.float32)


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """Points turned clockwise around the middle of `BOX`."""
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    centre = (BOX[:2] + BOX[2:]) / 2
    return ((points - centre) @ matrix + centre).astype(np.float32)


def swapped(*order: int) -> np.ndarray:
    return FACE[list(order)]


def test_a_face_is_plausible_however_it_is_turned() -> None:
    assert [judge_plausibility(BOX, turned(FACE, degrees)) for degrees in (0, 20, 45, 90, 180, 270)] == [1.0] * 6


@pytest.mark.parametrize(
    "landmarks",
    [
        swapped(1, 0, 2, 4, 3),  # the eyes stand the wrong way round
        swapped(0, 1, 3, 2, 4),  # the nose beside the mouth
        np.where(np.arange(5)[:, None] == 2, FACE[2] - (0, 45), FACE).astype(np.float32),  # the nose above the eyes
        FACE + np.float32(60),  # beside the box
        (FACE - 136) / 4 + np.float32(136),  # far too small for the box
        np.full((5, 2), 130, np.float32),
        np.full((5, 2), np.nan, np.float32),
    ],
)
def test_what_no_face_has_is_impossible(landmarks: np.ndarray) -> None:
    assert judge_plausibility(BOX, landmarks.astype(np.float32)) == 0


def test_a_profile_is_plausible_enough_to_be_kept() -> None:
    assert judge_plausibility(BOX, PROFILE) > 0.3


def test_an_empty_box_holds_no_face() -> None:
    assert judge_plausibility(np.zeros(4, np.float32), FACE) == 0


def test_a_mirrored_face_is_as_plausible() -> None:
    tilted = turned(FACE, 25) + np.array([8, 0], np.float32)
    mirrored = (np.array([275, 0]) + tilted * np.array([-1, 1]))[[1, 0, 2, 4, 3]].astype(np.float32)

    assert judge_plausibility(BOX, mirrored) == pytest.approx(judge_plausibility(BOX, tilted), abs=1e-6)


@pytest.mark.parametrize("degrees", [0, 30, 90, 179, -90, -45])
def test_a_roll_is_told_from_the_landmarks(degrees: float) -> None:
    assert face_roll(turned(FACE, degrees)) == pytest.approx(degrees, abs=0.01)
