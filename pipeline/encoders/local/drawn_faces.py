"""Drawn faces: pictures that are the same everywhere, to try an encoder on without anybody's photograph."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.schemas import ImageU8

CANVAS = 256
"""Side in pixels in which faces are drawn before they are brought to an encoder's size."""
SKIN_RGB = ((224, 188, 160), (141, 94, 66), (197, 150, 115), (96, 61, 44))
HAIR_RGB = ((30, 22, 18), (120, 78, 40), (200, 170, 110))


def draw_faces(n: int, size: int) -> ImageU8:
    """`(n, size, size, 3)` uint8 RGB: the first `n` of an endless row of faces, each with features of its own."""
    faces = [cv2.resize(_draw(number), (size, size), interpolation=cv2.INTER_AREA) for number in range(n)]
    return np.array(faces, np.uint8).reshape(n, size, size, 3)


def _draw(number: int) -> ImageU8:
    random = np.random.default_rng(number)
    apart, low, wide = (int(value) for value in random.integers((34, 158, 18), (50, 176, 34)))
    skin, hair = SKIN_RGB[number % len(SKIN_RGB)], HAIR_RGB[number % len(HAIR_RGB)]
    face = np.full((CANVAS, CANVAS, 3), 40 + 20 * (number % 8), np.uint8)
    _oval(face, (128, 96), (96, 92), hair)
    _oval(face, (128, 134), (70 + number % 9, 98), skin)
    for x in (128 - apart, 128 + apart):
        _oval(face, (x, 106), (15, 8), (245, 245, 245))
        _oval(face, (x, 106), (6, 7), hair)
        _oval(face, (x, 86), (19, 4), hair)
    _oval(face, (128, 140), (9, 20), tuple(channel - 25 for channel in skin))
    _oval(face, (128, low + 12), (wide, 8), (170, 70, 70))
    return face


def _oval(face: ImageU8, centre: tuple[int, int], axes: tuple[int, int], colour: tuple[int, ...]) -> None:
    cv2.ellipse(face, centre, axes, 0, 0, 360, colour, thickness=cv2.FILLED)
