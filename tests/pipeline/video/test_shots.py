import cv2
import numpy as np
import pytest

from pipeline.schemas import ImageU8
from pipeline.video.shots import ShotDetector


def draw_scene(seed: int) -> ImageU8:
    noise = np.random.default_rng(seed).integers(0, 256, (9, 16), np.uint8)
    return cv2.resize(noise, (640, 360), interpolation=cv2.INTER_CUBIC)


def find_cuts(frames: list[ImageU8]) -> list[int]:
    detector = ShotDetector()
    return [index for index, frame in enumerate(frames) if detector.starts_shot(frame)]


def test_no_frames_no_cuts() -> None:
    assert find_cuts([]) == []


def test_new_scene_starts_a_shot() -> None:
    assert find_cuts([draw_scene(1)] * 5 + [draw_scene(2)] * 5) == [5]


def test_cuts_in_quick_succession_are_all_found() -> None:
    assert find_cuts([draw_scene(scene) for scene in (1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)]) == [3, 7]


@pytest.mark.parametrize("gain", [0.5, 1.8])
def test_flash_starts_no_shot(gain: float) -> None:
    scene = draw_scene(1)
    flash = np.clip(scene * gain, 0, 255).astype(np.uint8)

    assert find_cuts([scene] * 4 + [flash] + [scene] * 4) == []


def test_fast_pan_starts_no_shot() -> None:
    wide = cv2.resize(np.random.default_rng(1).integers(0, 256, (9, 64), np.uint8), (2560, 360))

    assert find_cuts([np.ascontiguousarray(wide[:, x : x + 640]) for x in range(0, 1500, 10)]) == []


def test_black_frames_are_one_shot() -> None:
    rng = np.random.default_rng(1)

    assert find_cuts([rng.integers(16, 18, (360, 640), np.uint8) for _ in range(6)]) == []
