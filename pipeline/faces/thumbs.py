"""Loose crops of faces as JPEG: evidence for a reader, and enough around the face to align it again later."""

from __future__ import annotations

import cv2
import numpy as np
import simplejpeg

from pipeline.schemas import ImageU8, VectorF32

LOOSENESS = 1.6
"""Side of a thumbnail relative to the box: takes in hair and chin, and what a rotation in alignment needs."""

LARGEST_SIDE = 200
"""Pixels; more than any encoder takes, about 10 kB."""

JPEG_QUALITY = 88
"""Below, encoders begin to notice; above, files grow without use."""


def loose_box(box_xyxy: VectorF32, image_size_wh: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom in whole pixels of the widened box, clipped to the image; empty when it lies outside."""
    centre = (box_xyxy[:2] + box_xyxy[2:]) / 2
    half = (box_xyxy[2:] - box_xyxy[:2]) * LOOSENESS / 2
    left, top = np.clip(np.floor(centre - half), 0, image_size_wh).astype(int)
    right, bottom = np.clip(np.ceil(centre + half), 0, image_size_wh).astype(int)
    return int(left), int(top), int(right), int(bottom)


def make_thumb(image_bgr: ImageU8, box_xyxy: VectorF32, largest_side: int = LARGEST_SIDE) -> bytes | None:
    """The JPEG of the loose crop of `(H, W, 3)` uint8 BGR; None when the box lies outside the picture.

    It is at most `largest_side` pixels wide and high, and never larger than it is in the picture.
    """
    height, width = image_bgr.shape[:2]
    left, top, right, bottom = loose_box(box_xyxy, (width, height))
    if right <= left or bottom <= top:
        return None
    crop = image_bgr[top:bottom, left:right]
    scale = largest_side / max(crop.shape[:2])
    if scale < 1:
        size_wh = max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale))
        crop = cv2.resize(crop, size_wh, interpolation=cv2.INTER_AREA)
    jpeg: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(crop), quality=JPEG_QUALITY, colorspace="BGR")
    return jpeg
