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


def write_camera_film(path: Path, front: Path, aside: Path) -> None:
    """The film as YUV4MPEG2, from two photographs of one person."""
    ahead, right = _framed(front, FRONT_BOX), _framed(aside, ASIDE_BOX)
    width, height = SIZE_WH
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in (ahead, right[:, ::-1], right):
            planes = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_BGR2YUV_I420).tobytes()
            file.write((b"FRAME\n" + planes) * FRAMES_A_POSE)


def _framed(path: Path, box: tuple[float, float, float, float]) -> ImageU8:
    """The photograph so that its face takes a third of the film's width, `(480, 640, 3)` uint8 BGR."""
    photo = cv2.imread(str(path))
    assert photo is not None
    (left, top, right, bottom), (height, width) = box, photo.shape[:2]
    scale = SIZE_WH[0] / ((right - left) * width * 3)
    shift_x = SIZE_WH[0] / 2 - (left + right) / 2 * width * scale
    shift_y = SIZE_WH[1] / 2 - (top + bottom) / 2 * height * scale
    move = np.array([[scale, 0, shift_x], [0, scale, shift_y]], np.float32)
    return np.asarray(cv2.warpAffine(photo, move, SIZE_WH, borderMode=cv2.BORDER_REPLICATE), np.uint8)
