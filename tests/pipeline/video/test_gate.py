import cv2
import numpy as np
import pytest

from pipeline.schemas import ImageU8
from pipeline.video.gate import MotionGate, is_unchanged


@pytest.fixture
def room() -> ImageU8:
    noise = np.random.default_rng(1).integers(60, 160, (18, 32), np.uint8)
    return cv2.resize(noise, (1280, 720), interpolation=cv2.INTER_CUBIC)


def add_noise(luma: ImageU8, sigma: float, seed: int) -> ImageU8:
    noise = np.random.default_rng(seed).normal(0, sigma, luma.shape)
    return np.clip(luma + noise, 0, 255).astype(np.uint8)


def is_gated(first: ImageU8, second: ImageU8) -> bool:
    gate = MotionGate()
    gate.is_still(first, afresh=True)
    return gate.is_still(second, afresh=False)


def test_same_picture_is_still(room: ImageU8) -> None:
    assert is_gated(room, room)


@pytest.mark.parametrize("sigma", [2, 5, 8])
def test_sensor_noise_is_still(room: ImageU8, sigma: float) -> None:
    assert is_gated(add_noise(room, sigma, 1), add_noise(room, sigma, 2))


@pytest.mark.parametrize("sigma", [0, 5, 8])
def test_smallest_face_in_bad_light_is_motion_when_it_appears(room: ImageU8, sigma: float) -> None:
    somebody = room.copy()
    cv2.ellipse(somebody, (700, 300), (15, 20), 0, 0, 360, int(room[300, 700]) + 14, -1)

    assert not is_gated(add_noise(room, sigma, 1), add_noise(somebody, sigma, 2))


def test_slow_drift_is_compared_with_what_was_looked_at_last(room: ImageU8) -> None:
    gate = MotionGate()
    gate.is_still(room, afresh=True)

    still = [gate.is_still(cv2.add(room, step), afresh=False) for step in range(1, 12)]

    assert still == [True] * 8 + [False] + [True] * 2


def test_first_sample_after_a_fresh_start_is_never_still(room: ImageU8) -> None:
    gate = MotionGate()

    assert [gate.is_still(room, afresh=afresh) for afresh in (True, False, True)] == [False, True, False]


def test_picture_of_another_size_is_changed() -> None:
    assert not is_unchanged(np.zeros((180, 320), np.uint8), np.zeros((180, 300), np.uint8))


def test_tiny_picture_can_be_compared() -> None:
    assert is_gated(np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8))
