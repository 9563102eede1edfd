"""Faces turned any way: each is found once, where it is, in the order of its own upright sense, and looks the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pipeline.errors import WeightsError
from pipeline.faces.alignment import ALIGNMENTS
from pipeline.faces.detection import Detections, Detector
from pipeline.faces.detectors.plausibility import face_roll
from pipeline.options import DetectionOptions, Tilt
from pipeline.schemas import ImageU8

if TYPE_CHECKING:
    from pipeline.encoders.registry import Encoder

pytestmark = pytest.mark.slow  # TensorFlow takes three seconds to import

TURNED = [(f"rot_{degrees}", "rot_0", degrees) for degrees in (0, 90, 180, 270)]
TURNED += [(f"astronaut_rot{degrees}", "astronaut_full", -degrees) for degrees in (30, 45, 60, 75)]
"""Picture, the same face upright, and by how many degrees it is turned clockwise."""

Load = Callable[[str], Detector]


@pytest.fixture(scope="module")
def load(weights_cache: Path) -> Load:
    @cache
    def loaded(name: str) -> Detector:
        from pipeline.faces.detectors.choice import load_detector

        return load_detector(DetectionOptions(detector=name, tilt=Tilt.ANY), weights_cache)

    return loaded


@pytest.fixture(scope="module")
def sface(weights_cache: Path) -> Encoder:
    from pipeline.encoders.registry import load_encoder

    try:
        return load_encoder("sface", weights_cache)
    except WeightsError as error:
        pytest.skip(f"SFace cannot be had: {error}")


def picture_of(open_data: Path, name: str) -> ImageU8:
    room = "lowlight" if name == "astronaut_full" else "rotation"
    return np.asarray(cv2.imread(str(open_data / "hard" / room / f"{name}.jpg")))


def embedding(encoder: Encoder, image: ImageU8, found: Detections) -> np.ndarray:
    crop = ALIGNMENTS["arcface-112"].cut(image, found.boxes_xyxy[0], found.landmarks_xy[0])
    assert crop is not None
    return encoder.embed(np.ascontiguousarray(crop[None, ..., ::-1]))[0]


@pytest.mark.parametrize("name", ["mtcnn", "yunet"])
@pytest.mark.parametrize("case", TURNED, ids=[turned for turned, _, _ in TURNED])
def test_a_turned_face_is_found_once_and_looks_as_it_does_upright(
    open_data: Path, load: Load, sface: Encoder, name: str, case: tuple[str, str, int]
) -> None:
    turned, upright, degrees = case
    here, there = picture_of(open_data, turned), picture_of(open_data, upright)
    found, expected = load(name).detect([here])[0], load(name).detect([there])[0]

    askew = (face_roll(found.landmarks_xy[0]) - face_roll(expected.landmarks_xy[0]) - degrees + 180) % 360 - 180

    assert len(found) == 1
    assert abs(askew) < 8
    assert embedding(sface, here, found) @ embedding(sface, there, expected) > 0.9


@pytest.mark.parametrize("name", ["mtcnn", "yunet"])
@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_landmarks_lie_where_the_picture_was_turned_to(open_data: Path, load: Load, name: str, quarter: int) -> None:
    upright = picture_of(open_data, "rot_0")
    turned = np.ascontiguousarray(np.rot90(upright, quarter))
    expected = load(name).detect([upright])[0].landmarks_xy[0]

    found = load(name).detect([turned])[0].landmarks_xy[0]

    right, bottom = upright.shape[1] - 1, upright.shape[0] - 1
    x, y = expected.T
    wanted = {1: (y, right - x), 2: (right - x, bottom - y), 3: (bottom - y, x)}[quarter]
    eye_distance = np.hypot(*(expected[1] - expected[0]))
    assert np.abs(found - np.stack(wanted, axis=1)).max() < 0.12 * eye_distance


@pytest.mark.parametrize("name", ["mtcnn", "yunet"])
def test_a_group_is_found_as_without_it_and_nobody_twice(
    open_data: Path, load: Load, weights_cache: Path, name: str
) -> None:
    from pipeline.faces.detectors.choice import load_detector

    group = np.asarray(cv2.imread(str(open_data / "detection/dlib_faces/2007_007763.jpg")))
    plain = load_detector(DetectionOptions(detector=name), weights_cache)

    assert len(load(name).detect([group])[0]) == len(plain.detect([group])[0]) == 7


def test_the_frames_of_a_chunk_are_turned_as_well(open_data: Path, load: Load) -> None:
    frame = picture_of(open_data, "rot_180")

    found = load("yunet").detect_chunk([frame, np.zeros_like(frame), frame], [True, True, True])

    assert [len(each) for each in found] == [1, 0, 1]
    assert found[0].landmarks_xy[0, 0, 0] > found[0].landmarks_xy[0, 1, 0], "the face's left eye is at the right"


def test_nothing_is_found_in_nothing(load: Load) -> None:
    nothing = [np.zeros((90, 160, 3), np.uint8), np.zeros((0, 0), np.uint8)]

    assert [len(each) for each in load("yunet").detect(nothing)] == [0, 0]
    assert load("yunet").detect_chunk([], []) == []
