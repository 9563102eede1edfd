"""How encoders want to see a face: an alignment cuts a square crop out of a picture, by landmarks or by the box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from pipeline.errors import NotFound
from pipeline.faces.warping import affine_transform, similarity_transform, warp_square
from pipeline.schemas import ImageU8, VectorF32, check_array

EYES_AND_NOSE = slice(0, 3)
"""The first three of the five landmarks."""


class Alignment(Protocol):
    """Cuts faces to the size and place that an encoder was trained on."""

    @property
    def name(self) -> str:
        """What the manifest calls it."""

    @property
    def size(self) -> int:
        """S, the side of the crop in pixels."""

    def cut(self, image: ImageU8, box_xyxy: VectorF32, landmarks_xy: VectorF32) -> ImageU8 | None:
        """The crop `(S, S, 3)` uint8 in the colour order of `image` `(H, W, 3)`; None when there is no face to cut.

        `box_xyxy` is `(4,)`, `landmarks_xy` `(5, 2)` float32, both in pixels of `image`; landmarks are left eye, right
        eye, nose, left and right mouth corner, image left first.
        """


@dataclass(frozen=True, slots=True, eq=False)
class FivePointAlignment:
    """Brings the five landmarks onto a template by the nearest similarity: shift, turn and one scale."""

    name: str
    size: int
    points_xy: VectorF32
    """`(5, 2)` float32 pixels of the crop: left eye, right eye, nose, left and right mouth corner."""

    def __post_init__(self) -> None:
        check_array("points_xy", self.points_xy, (5, 2), np.float32)

    def cut(self, image: ImageU8, box_xyxy: VectorF32, landmarks_xy: VectorF32) -> ImageU8 | None:
        """See `Alignment`; black beyond the image's edge."""
        matrix = similarity_transform(landmarks_xy, self.points_xy)
        return None if matrix is None else warp_square(image, matrix, self.size)


@dataclass(frozen=True, slots=True, eq=False)
class ThreePointAlignment:
    """Brings both eyes and the nose exactly onto three positions, by the one affine map that does."""

    name: str
    size: int
    points_xy: VectorF32
    """`(3, 2)` float32 pixels of the crop: left eye, right eye, nose."""

    def __post_init__(self) -> None:
        check_array("points_xy", self.points_xy, (3, 2), np.float32)

    def cut(self, image: ImageU8, box_xyxy: VectorF32, landmarks_xy: VectorF32) -> ImageU8 | None:
        """See `Alignment`; black beyond the image's edge."""
        matrix = affine_transform(landmarks_xy[EYES_AND_NOSE], self.points_xy)
        return None if matrix is None else warp_square(image, matrix, self.size)


@dataclass(frozen=True, slots=True)
class BoxAlignment:
    """Takes the detector's box, widened, clipped to the picture and resized without regard to its proportions."""

    name: str
    size: int
    margin: float
    """What is added to the box, relative to its width and its height, half on either side."""

    def cut(self, image: ImageU8, box_xyxy: VectorF32, landmarks_xy: VectorF32) -> ImageU8 | None:
        """See `Alignment`; landmarks play no part."""
        if not np.isfinite(box_xyxy).all():
            return None
        half_wh = (box_xyxy[2:] - box_xyxy[:2]) * (self.margin / 2)
        wanted = np.concatenate([box_xyxy[:2] - half_wh, box_xyxy[2:] + half_wh]).round().astype(int)
        left, right = np.clip(wanted[[0, 2]], 0, image.shape[1])
        top, bottom = np.clip(wanted[[1, 3]], 0, image.shape[0])
        if right <= left or bottom <= top:
            return None
        return _resize(image[top:bottom, left:right], self.size)


@dataclass(frozen=True, slots=True)
class WholePicture:
    """Takes the picture as it is, for pictures that were cut to the face before."""

    name: str
    size: int

    def cut(self, image: ImageU8, box_xyxy: VectorF32, landmarks_xy: VectorF32) -> ImageU8 | None:
        """See `Alignment`; box and landmarks play no part."""
        return _resize(image, self.size) if image.size else None


def _resize(image: ImageU8, size: int) -> ImageU8:
    shrinks = min(image.shape[:2]) > size
    resized: ImageU8 = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return resized


def _five(name: str, size: int, *points_xy: tuple[float, float]) -> FivePointAlignment:
    return FivePointAlignment(name, size, np.array(points_xy, np.float32))


OPENFACE = ((26.63, 16.06), (67.79, 15.26), (47.24, 40.52), (29.48, 61.62), (66.76, 60.88))
"""Where OpenFace's alignment puts the landmarks in 96 pixels, measured on aligned faces."""

ALIGNMENTS: dict[str, Alignment] = {
    alignment.name: alignment
    for alignment in (
        _five("dlib-150", 150, (47.73, 47.14), (100.28, 47.12), (74.01, 76.56), (50.41, 103.02), (97.61, 103.02)),
        _five(
            "arcface-112",
            112,
            (38.2946, 51.6963),
            (73.5318, 51.5014),
            (56.0252, 71.7366),
            (41.5493, 92.3655),
            (70.7299, 92.2041),
        ),
        _five("openface-96", 96, *OPENFACE),
        BoxAlignment("facenet-160", 160, margin=0.25),
        BoxAlignment("vggface-224", 224, margin=0.0),
        WholePicture("whole-96", 96),
    )
}
"""The alignments that encoders of the manifest may name."""

EYES_NOSE = "eyes-nose"
"""The alignment whose three positions the user configures."""


def eyes_nose_alignment(size: int, points: Sequence[tuple[float, float]] = ()) -> ThreePointAlignment:
    """The alignment of the face-login tutorial at any size: left eye, right eye and nose onto `points`.

    `points` are fractions of the crop's side, 0..1; without them the positions of OpenFace.
    """
    fractions = np.array(points or np.array(OPENFACE[:3]) / 96, np.float32)
    return ThreePointAlignment(EYES_NOSE, size, (fractions * size).astype(np.float32))


def alignment_named(name: str, size: int, points: Sequence[tuple[float, float]] = ()) -> Alignment:
    """The alignment `name` for crops of `size` pixels; `points` are those of `eyes-nose`.

    Raises `NotFound`, listing the known ones, for another name or a size that the alignment does not have.
    """
    if name == EYES_NOSE:
        return eyes_nose_alignment(size, points)
    found = ALIGNMENTS.get(name)
    if found is None or found.size != size:
        known = ", ".join([*(known for known, one in ALIGNMENTS.items() if one.size == size), EYES_NOSE])
        raise NotFound(f"no alignment {name!r} gives crops of {size} pixels; known are {known}")
    return found
