"""Bring a face upright and to an encoder's size, by the similarity that maps its five landmarks onto a template.

Landmarks and template points are read as complex numbers. With both sets centred on their means, the similarity
`d = a s + b` of least squared error has `a = sum(conj(s) d) / sum(|s|^2)`: its modulus is the scale, its argument the
rotation. It is Umeyama's estimate in the plane with reflections ruled out, which dlib and ArcFace use as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.schemas import ImageU8, VectorF32, check_array

SMALLEST_SPREAD = 0.5
"""Root mean square distance of landmarks from their mean, in pixels, below which they name no face."""

COARSEST_STEP = 0.75
"""Bilinear sampling skips pixels when it shrinks; below this scale the picture is shrunk by areas first."""


@dataclass(frozen=True, slots=True, eq=False)
class AlignmentTemplate:
    """Where an encoder wants the five landmarks in its square input."""

    name: str
    size: int
    """Side of the aligned crop in pixels."""
    points_xy: VectorF32
    """`(5, 2)` float32 pixels: left eye, right eye, nose, left and right mouth corner, image left first."""

    def __post_init__(self) -> None:
        check_array("points_xy", self.points_xy, (5, 2), np.float32)


def _template(name: str, size: int, *points_xy: tuple[float, float]) -> AlignmentTemplate:
    return AlignmentTemplate(name, size, np.array(points_xy, np.float32))


TEMPLATES = {
    template.name: template
    for template in (
        _template("dlib-150", 150, (47.73, 47.14), (100.28, 47.12), (74.01, 76.56), (50.41, 103.02), (97.61, 103.02)),
        _template(
            "arcface-112",
            112,
            (38.2946, 51.6963),
            (73.5318, 51.5014),
            (56.0252, 71.7366),
            (41.5493, 92.3655),
            (70.7299, 92.2041),
        ),
        _template("openface-96", 96, (26.63, 16.06), (67.79, 15.26), (47.24, 40.52), (29.48, 61.62), (66.76, 60.88)),
    )
}
"""The templates that encoders of the manifest may name."""


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


def align_face(image: ImageU8, landmarks_xy: VectorF32, template: AlignmentTemplate) -> ImageU8 | None:
    """The aligned crop `(S, S, 3)` uint8 in the colour order of `image` `(H, W, 3)`; black beyond the image's edge.

    None when the landmarks name no face.
    """
    matrix = similarity_transform(landmarks_xy, template.points_xy)
    if matrix is None or not np.any(matrix[:, :2]):
        return None
    scale = float(np.hypot(*matrix[:, 0]))
    if scale >= COARSEST_STEP:
        return _warp(image, matrix, template.size)
    return _shrink_then_warp(image, matrix, template.size)


def _warp(image: ImageU8, matrix: np.ndarray, size: int) -> ImageU8:
    aligned: ImageU8 = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR)
    return aligned


def _shrink_then_warp(image: ImageU8, matrix: np.ndarray, size: int) -> ImageU8:
    left, top, right, bottom = _region_seen(image, matrix, size)
    if right <= left or bottom <= top:
        return np.zeros((size, size, 3), np.uint8)
    region = image[top:bottom, left:right]
    scale = float(np.hypot(*matrix[:, 0]))
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
