"""Cut a crop out of a picture by an affine map of the plane, without skipping pixels where the picture shrinks.

Landmarks and template points are read as complex numbers. With both sets centred on their means, the similarity
`d = a s + b` of least squared error has `a = sum(conj(s) d) / sum(|s|^2)`: its modulus is the scale, its argument the
rotation. It is Umeyama's estimate in the plane with reflections ruled out, which dlib and ArcFace use as well.
"""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.schemas import ImageU8, VectorF32

SMALLEST_SPREAD = 0.5
"""Root mean square distance of landmarks from their mean, in pixels, below which they name no face."""

COARSEST_STEP = 0.75
"""Bilinear sampling skips pixels when it shrinks; below this scale the picture is shrunk by areas first."""


def similarity_transform(source_xy: VectorF32, target_xy: VectorF32) -> np.ndarray | None:
    """The `(2, 3)` float64 matrix that maps `source_xy` onto `target_xy`, both `(N, 2)`, with least squared error.

    None when the source points are not finite or coincide.
    """
    if not np.isfinite(source_xy).all():
        return None
    source, target = (np.asarray(points, np.float64) @ (1, 1j) for points in (source_xy, target_xy))
    centred = source - source.mean()
    spread = float(np.vdot(centred, centred).real)
    if spread < len(source) * SMALLEST_SPREAD**2:
        return None
    a = np.vdot(centred, target - target.mean()) / spread
    b = target.mean() - a * source.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def affine_transform(source_xy: VectorF32, target_xy: VectorF32) -> np.ndarray | None:
    """The `(2, 3)` float64 matrix that maps three points `(3, 2)` exactly onto three others.

    None when the source points are not finite, or lie on a line or nearly so.
    """
    if not np.isfinite(source_xy).all():
        return None
    source = np.asarray(source_xy, np.float64)
    sides = source[1:] - source[0]
    if abs(np.linalg.det(sides)) < SMALLEST_SPREAD * float(np.abs(sides).max()):
        return None
    return np.asarray(cv2.getAffineTransform(source.astype(np.float32), np.asarray(target_xy, np.float32)))


def warp_square(image: ImageU8, matrix: np.ndarray, size: int) -> ImageU8 | None:
    """The crop `(S, S, 3)` uint8 that the `(2, 3)` matrix cuts out of `image` `(H, W, 3)`; black beyond its edge.

    None when the matrix maps the picture onto a point or a line.
    """
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if not scale:
        return None
    if scale >= COARSEST_STEP:
        return _warp(image, matrix, size)
    return _shrink_then_warp(image, matrix, scale, size)


def _warp(image: ImageU8, matrix: np.ndarray, size: int) -> ImageU8:
    warped: ImageU8 = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR)
    return warped


def _shrink_then_warp(image: ImageU8, matrix: np.ndarray, scale: float, size: int) -> ImageU8:
    left, top, right, bottom = _region_seen(image, matrix, size)
    if right <= left or bottom <= top:
        return np.zeros((size, size, 3), np.uint8)
    region = image[top:bottom, left:right]
    small_wh = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    shrunk = cv2.resize(region, small_wh, interpolation=cv2.INTER_AREA)
    return _warp(shrunk, matrix @ _back_to_image((right - left, bottom - top), small_wh, (left, top)), size)


def _region_seen(image: ImageU8, matrix: np.ndarray, size: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what the crop sees of the image, with a pixel to spare, clipped to the image."""
    corners = np.array([[0, size, 0, size], [0, 0, size, size], [1, 1, 1, 1]], np.float64)
    seen = cv2.invertAffineTransform(matrix) @ corners
    height, width = image.shape[:2]
    left, top = np.clip(np.floor(seen.min(axis=1)) - 2, 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(seen.max(axis=1)) + 2, 0, (width, height)).astype(int)
    return int(left), int(top), int(right), int(bottom)


def _back_to_image(region_wh: tuple[int, int], small_wh: tuple[int, int], corner_xy: tuple[int, int]) -> np.ndarray:
    """The `(3, 3)` matrix from pixel centres of the shrunk region to pixel centres of the image."""
    step_x, step_y = region_wh[0] / small_wh[0], region_wh[1] / small_wh[1]
    offset_x, offset_y = corner_xy[0] + (step_x - 1) / 2, corner_xy[1] + (step_y - 1) / 2
    return np.array([[step_x, 0, offset_x], [0, step_y, offset_y], [0, 0, 1]])
