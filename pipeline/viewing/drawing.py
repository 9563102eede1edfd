"""Faces with their names, drawn into a picture: a frame goes in, another frame comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.schemas import ImageU8, VectorF32
from pipeline.sightings.rows import Status
from pipeline.viewing.lettering import draw_words
from pipeline.viewing.placing import Area, place_in_corner, place_labels

COLOURS_BGR = {Status.KNOWN: (96, 168, 24), Status.UNCERTAIN: (16, 132, 214), Status.UNKNOWN: (112, 100, 92)}
"""Dark enough for white letters; what they say is also in the words."""
INK_BGR = (255, 255, 255)
PAPER_BGR = (24, 20, 18)
LETTERS = 1 / 36
"""Height of letters as a part of the picture's height."""
LETTERS_PX = (13, 40)
"""Least and most, in pixels: smaller ones cannot be read, larger ones hide too much."""
PADDING = 0.28
"""Of a label around its words, as a part of the letters' height."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A face to be drawn."""

    box_xyxy: VectorF32
    """`(4,)` float32 pixels of the frame: left, top, right, bottom; not clipped."""
    status: Status
    words: str
    """What its label says."""


def draw_marks(frame_bgr: ImageU8, marks: Sequence[Mark], caption: str = "") -> ImageU8:
    """The frame `(H, W, 3)` uint8 BGR with boxes and labels, and a caption in a free corner; a new array."""
    drawn = frame_bgr.copy()
    height, width = drawn.shape[:2]
    letters = int(np.clip(round(height * LETTERS), *LETTERS_PX))
    boxes = [_area_of(mark, (width, height)) for mark in marks]
    words = [draw_words(mark.words, letters) for mark in marks]
    labels = place_labels(boxes, [_plate_wh(ink, letters) for ink in words], (width, height))
    for mark, box in zip(marks, boxes, strict=True):
        _draw_box(drawn, box, COLOURS_BGR[mark.status], max(2, letters // 8))
    for mark, label, ink in zip(marks, labels, words, strict=True):
        _draw_plate(drawn, label, ink, COLOURS_BGR[mark.status])
    if caption:
        ink = draw_words(caption, letters)
        _draw_plate(drawn, place_in_corner(_plate_wh(ink, letters), [*boxes, *labels], (width, height)), ink, PAPER_BGR)
    return drawn


def draw_away(frame_bgr: ImageU8, words: str) -> ImageU8:
    """The frame `(H, W, 3)` uint8 BGR without its colours and darker, with words: a picture that is not of now."""
    grey = cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2GRAY)
    return draw_marks(cv2.cvtColor(grey // 2, cv2.COLOR_GRAY2BGR), [], words)


def _area_of(mark: Mark, frame_wh: tuple[int, int]) -> Area:
    """The box in whole pixels, as far as it lies in the frame."""
    left, top, right, bottom = (round(float(value)) for value in mark.box_xyxy)
    left, right = (min(max(value, 0), frame_wh[0] - 1) for value in (left, right))
    top, bottom = (min(max(value, 0), frame_wh[1] - 1) for value in (top, bottom))
    return Area(left, top, right - left, bottom - top)


def _plate_wh(ink: ImageU8, letters: int) -> tuple[int, int]:
    """Width and height of the label around the words."""
    room = 2 * round(letters * PADDING)
    return ink.shape[1] + 2 * room, ink.shape[0] + room // 2


def _draw_box(drawn: ImageU8, box: Area, colour_bgr: tuple[int, int, int], thickness: int) -> None:
    cv2.rectangle(drawn, (box.left, box.top), (box.right, box.bottom), PAPER_BGR, thickness + 2, cv2.LINE_AA)
    cv2.rectangle(drawn, (box.left, box.top), (box.right, box.bottom), colour_bgr, thickness, cv2.LINE_AA)


def _draw_plate(drawn: ImageU8, plate: Area, ink: ImageU8, paper_bgr: tuple[int, int, int]) -> None:
    """Words in the middle of a plate; what does not fit into the frame is cut off."""
    cover = np.zeros((plate.height, plate.width), np.float32)
    top, left = (plate.height - ink.shape[0]) // 2, (plate.width - ink.shape[1]) // 2
    cover[top : top + ink.shape[0], left : left + ink.shape[1]] = ink / np.float32(255)
    part = drawn[plate.top : plate.bottom, plate.left : plate.right]
    cover = cover[: part.shape[0], : part.shape[1], None]
    part[:] = np.rint(cover * np.array(INK_BGR) + (1 - cover) * np.array(paper_bgr)).astype(np.uint8)
