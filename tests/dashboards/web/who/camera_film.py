"""A film for Chromium's camera: somebody looks straight ahead, then aside to the left, then to the right."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipeline.schemas import ImageU8

SIZE_WH = (640, 480)
FRAMES_A_SECOND = 10
FRAMES_A_POSE = 10
FRONT_BOX = (0.41, 0.07, 0.67, 0.37)
"""Left, top, right, bottom of the face in `obama.jpg`, as shares of its sides."""
ASIDE_BOX = (0.32, 0.19, 0.75, 0.52)
"""The same in `obama2.jpg`, where the face looks to its own right."""
SHIFTS = tuple(range(-9, 11, 2))
"""How far aside the head is in each frame, in pixels: a detector's landmarks are never quite the same."""
NARROWED = 0.88
"""The photograph shows a head that is turned just too little; narrower, it looks turned farther."""


def write_camera_film(path: Path, front: Path, aside: Path) -> None:
    """The film as YUV4MPEG2, from two photographs of one person."""
    ahead = [_framed(front, FRONT_BOX)] * FRAMES_A_POSE
    right = [_framed(aside, ASIDE_BOX, shift) for shift in SHIFTS]
    left = [picture[:, ::-1] for picture in right]
    width, height = SIZE_WH
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in (*ahead, *left, *right):
            file.write(b"FRAME\n" + cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_BGR2YUV_I420).tobytes())


def _framed(path: Path, box: tuple[float, float, float, float], aside: int | None = None) -> ImageU8:
    """The photograph with its face a third of the film's width, `(480, 640, 3)` uint8 BGR.

    With `aside` it is narrowed, and moved to the right by so many pixels.
    """
    photo = cv2.imread(str(path))
    assert photo is not None
    (left, top, right, bottom), (height, width) = box, photo.shape[:2]
    scale = SIZE_WH[0] / ((right - left) * width * 3)
    shift_x = SIZE_WH[0] / 2 - (left + right) / 2 * width * scale
    shift_y = SIZE_WH[1] / 2 - (top + bottom) / 2 * height * scale
    move = np.array([[scale, 0, shift_x], [0, scale, shift_y]], np.float32)
    if aside is not None:
        middle = SIZE_WH[0] / 2
        move[0] = [scale * NARROWED, 0, middle + (shift_x - middle) * NARROWED + aside]
    return np.asarray(cv2.warpAffine(photo, move, SIZE_WH, borderMode=cv2.BORDER_REPLICATE), np.uint8)
