"""See a picture as a video would: its face at full size, and shrunk to the few pixels that faces have in footage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.encoders.registry import Encoder
from pipeline.faces.detection import Detector
from pipeline.identity.enrolment import FoundFace, ReferenceReport, detector_for, encode_face, find_face
from pipeline.identity.photos.portraits import Portrait
from pipeline.schemas import ImageU8, VectorF32

FULL_SIZE = 0
"""Stands for the picture as it is, where a size in pixels is expected."""
VIDEO_SIZES_PX = (40, 28, 20)
"""Sides of faces as footage has them: 28 px is about where a good pipeline names people."""
AROUND = 2.0
"""Side of the part of the picture that is shrunk, in box sides: no alignment reaches further."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceViews:
    """One picture, examined, and its face in several sizes."""

    report: ReferenceReport
    views: dict[int, VectorF32]
    """Side of the face in pixels, or `FULL_SIZE`, -> `(D,)` float32 of unit length; empty without a usable face, and
    without the sizes that are larger than the face."""


def view_face(
    source: Path | bytes, detector: Detector, encoder: Encoder, sizes_px: Sequence[int] = VIDEO_SIZES_PX
) -> FaceViews:
    """Examine a picture as enrolment does, and encode its face in each size. Never raises for what is in the file.

    A shrunk face keeps the landmarks of the large one: the detector's own errors on small faces are not in it.
    """
    found = find_face(source, detector_for(encoder.alignment, detector))
    report = encode_face(found, encoder)
    if report.embedding is None or found.portrait is None:
        return FaceViews(report, {})
    crops = _small_crops(found, encoder, [size for size in sizes_px if size < found.portrait.side_px])
    views = {FULL_SIZE: report.embedding}
    if crops:
        views.update(zip(crops, encoder.embed(np.stack(list(crops.values()))), strict=True))
    return FaceViews(report, views)


def shrink_face(portrait: Portrait, side_px: float) -> Portrait:
    """The portrait with its face `side_px` wide; what lies far from the face is left out."""
    box, scale = portrait.box_xyxy, side_px / portrait.side_px
    left_top, right_bottom = _around(box, portrait.image_bgr)
    part = portrait.image_bgr[left_top[1] : right_bottom[1], left_top[0] : right_bottom[0]]
    size_wh = np.maximum(1, np.round((right_bottom - left_top) * scale)).astype(int)
    small = np.asarray(cv2.resize(part, size_wh.tolist(), interpolation=cv2.INTER_AREA), np.uint8)
    scales = (size_wh / (right_bottom - left_top)).astype(np.float32)
    shift = left_top.astype(np.float32)
    return Portrait(
        image_bgr=small,
        box_xyxy=(((box.reshape(2, 2) - shift) + 0.5) * scales - 0.5).reshape(4).astype(np.float32),
        landmarks_xy=(((portrait.landmarks_xy - shift) + 0.5) * scales - 0.5).astype(np.float32),
        score=portrait.score,
        n_faces=portrait.n_faces,
        dominance=portrait.dominance,
    )


def _small_crops(found: FoundFace, encoder: Encoder, sizes_px: Sequence[int]) -> dict[int, ImageU8]:
    """Size -> `(S, S, 3)` uint8 RGB, as the encoder wants it."""
    crops: dict[int, ImageU8] = {}
    for size in sizes_px:
        if found.portrait is None:
            break
        small = shrink_face(found.portrait, size)
        crop_bgr = encoder.alignment.cut(small.image_bgr, small.box_xyxy, small.landmarks_xy)
        if crop_bgr is not None:
            crops[size] = np.ascontiguousarray(crop_bgr[..., ::-1])
    return crops


def _around(box_xyxy: VectorF32, image_bgr: ImageU8) -> tuple[np.ndarray, np.ndarray]:
    """Left top and right bottom, `(2,)` integers, of the picture's part around the box; at least one pixel."""
    corners = box_xyxy.reshape(2, 2)
    centre, half = corners.mean(axis=0), (corners[1] - corners[0]).max() * AROUND / 2
    limit = np.array([image_bgr.shape[1], image_bgr.shape[0]])
    left_top = np.clip(np.floor(centre - half), 0, limit - 1).astype(int)
    right_bottom = np.clip(np.ceil(centre + half), left_top + 1, limit).astype(int)
    return left_top, right_bottom
