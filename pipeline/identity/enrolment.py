"""Examine reference images: is there one good face to know a person by, and if not, what is wrong in plain words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from pipeline.encoders.registry import Encoder
from pipeline.errors import ImageUnreadable
from pipeline.faces.alignment import Alignment, WholePicture
from pipeline.faces.detection import Detector
from pipeline.faces.quality import judge_face
from pipeline.faces.thumbs import make_thumb
from pipeline.identity.photos.portraits import Portrait, find_portrait, whole_portrait
from pipeline.identity.photos.reading import list_gallery, read_photo
from pipeline.schemas import FaceQuality, ImageU8, VectorF32

SMALLEST_FACE = 24
"""Side of a face in pixels from which a reference helps; a smaller one is a little like everybody."""

BLURRED_BELOW = 0.02
"""Sharpness of a face that has no detail left."""

THUMB_SIDE = 400
"""Of a reference's thumbnail in pixels: pages show it some 170 wide, on screens with more than two pixels for one."""


class ReferenceStatus(StrEnum):
    """What became of a reference image."""

    OK = "ok"
    NO_FACE = "no_face"
    TWO_FACES = "two_faces"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    UNREADABLE = "unreadable"
    NEAR_DUPLICATE = "near_duplicate"


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceReport:
    """One reference image, examined; it can be enrolled when the status is OK."""

    label: str
    """The file's name, for the user."""
    sha256: str
    """Of the file's content, in hexadecimal digits; empty when it could not be read at all."""
    status: ReferenceStatus
    message: str
    """What was found, in the user's words."""
    embedding: VectorF32 | None = None
    """`(D,)` float32 of unit length; None without a usable face."""
    quality: FaceQuality | None = None
    crop_rgb: ImageU8 | None = None
    """`(S, S, 3)` uint8 RGB: the face as the encoder saw it; None without a usable face."""
    thumb_jpeg: bytes | None = None
    """A loose crop of the face, for those who look at it."""
    path: Path | None = None

    @property
    def is_usable(self) -> bool:
        return self.status is ReferenceStatus.OK


@dataclass(frozen=True, slots=True)
class PersonReport:
    """One person of a gallery folder with all images examined."""

    name: str
    references: tuple[ReferenceReport, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """One reference image before any encoder has seen it."""

    report: ReferenceReport
    """Without embedding and crop."""
    portrait: Portrait | None
    """None when no face was found, or no picture."""


def examine_image(source: Path | bytes, detector: Detector, encoder: Encoder) -> ReferenceReport:
    """Examine one image, given as a file or as its content. Never raises for what is in the file.

    For an encoder that takes pictures whole, the picture is the face, and the detector is not asked.
    """
    return encode_face(find_face(source, detector_for(encoder.alignment, detector)), encoder)


def detector_for(alignment: Alignment, detector: Detector) -> Detector | None:
    """The detector, or None where the alignment takes pictures whole and nothing is to be looked for."""
    return None if isinstance(alignment, WholePicture) else detector


def find_face(source: Path | bytes, detector: Detector | None) -> FoundFace:
    """Look for the face of one image, given as a file or as its content. Never raises for what is in the file.

    Without a detector the whole picture is the face. Who asks several encoders about an image detects once.
    """
    path = source if isinstance(source, Path) else None
    report = ReferenceReport(path.name if path else "picture", "", ReferenceStatus.UNREADABLE, "", path=path)
    try:
        content = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        return FoundFace(replace(report, message=f"the file cannot be read: {error.strerror}"), None)
    report = replace(report, sha256=hashlib.sha256(content).hexdigest())
    try:
        image_bgr = read_photo(content)
    except ImageUnreadable as error:
        return FoundFace(replace(report, message=str(error)), None)
    return _examine_face(report, image_bgr, detector)


def encode_face(found: FoundFace, encoder: Encoder) -> ReferenceReport:
    """The report with crop and embedding, when the face can be used."""
    crop_rgb = cut_face(found, encoder.alignment)
    if crop_rgb is None:
        return found.report
    return replace(found.report, crop_rgb=crop_rgb, embedding=encoder.embed(crop_rgb[None])[0])


def cut_face(found: FoundFace, alignment: Alignment) -> ImageU8 | None:
    """The face `(S, S, 3)` uint8 RGB as an encoder wants it; None when there is none that can be used."""
    portrait = found.portrait
    if portrait is None or not found.report.is_usable:
        return None
    crop_bgr = alignment.cut(portrait.image_bgr, portrait.box_xyxy, portrait.landmarks_xy)
    return None if crop_bgr is None else np.ascontiguousarray(crop_bgr[..., ::-1])


def examine_gallery(
    folder: Path,
    detector: Detector,
    encoder: Encoder,
    same_picture: float,
    on_image: Callable[[ReferenceReport], None] | None = None,
) -> list[PersonReport]:
    """Examine everybody in a gallery folder; `on_image` hears of each image as it is done.

    A picture that is at least `same_picture` alike (cosine) to an earlier one of the same person is reported and not
    used. Raises `NotFound` without the folder, and `GalleryEmpty` without a picture in it.
    """
    people: list[PersonReport] = []
    for photos in list_gallery(folder):
        references: list[ReferenceReport] = []
        for path in photos.paths:
            report = examine_image(path, detector, encoder)
            references.append(flag_near_duplicate(report, references, same_picture))
            if on_image is not None:
                on_image(references[-1])
        people.append(PersonReport(photos.name, tuple(references)))
    return people


def flag_near_duplicate(
    report: ReferenceReport, earlier: Sequence[ReferenceReport], same_picture: float
) -> ReferenceReport:
    """The report, with status NEAR_DUPLICATE when a usable earlier one is at least `same_picture` alike (cosine)."""
    for other in earlier:
        if _likeness(report, other) >= same_picture:
            message = f"nearly the same picture as {other.label}"
            return replace(report, status=ReferenceStatus.NEAR_DUPLICATE, message=message)
    return report


def _likeness(report: ReferenceReport, other: ReferenceReport) -> float:
    if not (report.is_usable and other.is_usable) or report.embedding is None or other.embedding is None:
        return -1.0
    return float(report.embedding @ other.embedding)


def _examine_face(report: ReferenceReport, image_bgr: ImageU8, detector: Detector | None) -> FoundFace:
    portrait = whole_portrait(image_bgr) if detector is None else find_portrait(image_bgr, detector)
    if portrait is None:
        return FoundFace(replace(report, status=ReferenceStatus.NO_FACE, message="no face was found"), None)
    quality = judge_face(portrait.image_bgr, portrait.box_xyxy, portrait.landmarks_xy, portrait.score)
    status, message = judge_portrait(portrait, quality)
    if detector is None and status is ReferenceStatus.OK:
        message = "the whole picture, taken for a face"
    thumb = make_thumb(portrait.image_bgr, portrait.box_xyxy, THUMB_SIDE)
    return FoundFace(replace(report, status=status, message=message, quality=quality, thumb_jpeg=thumb), portrait)


def judge_portrait(portrait: Portrait, quality: FaceQuality) -> tuple[ReferenceStatus, str]:
    """Whether somebody can be known by a face of this quality, and what to tell the user."""
    if not portrait.is_of_one_face:
        message = f"{portrait.n_faces} faces, and nothing says whose picture this is; cut it down to one"
        return ReferenceStatus.TWO_FACES, message
    if portrait.side_px < SMALLEST_FACE:
        message = f"the face is {portrait.side_px:.0f} pixels wide; at least {SMALLEST_FACE} are needed"
        return ReferenceStatus.TOO_SMALL, message
    if quality.sharpness < BLURRED_BELOW:
        return ReferenceStatus.BLURRED, "the face is too blurred to know anybody by"
    if portrait.n_faces > 1:
        return ReferenceStatus.OK, f"one face taken: the largest of {portrait.n_faces}"
    return ReferenceStatus.OK, "one face"
