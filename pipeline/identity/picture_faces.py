"""Examine all faces of one picture that somebody asks about, each judged as the face of a reference image is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.encoders.registry import Encoder
from pipeline.errors import ImageUnreadable
from pipeline.faces.alignment import Alignment
from pipeline.faces.detection import Detector
from pipeline.faces.quality import judge_face, turn_of
from pipeline.faces.thumbs import make_thumb
from pipeline.identity.enrolment import ReferenceStatus, detector_for, judge_portrait
from pipeline.identity.photos.portraits import Portrait, border_of, find_portraits, whole_portrait
from pipeline.identity.photos.reading import read_photo
from pipeline.schemas import FaceQuality, ImageU8, VectorF32

MOST_FACES = 64
"""Faces of one picture that are examined, the largest ones; a crowd is no picture to ask about."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ExaminedFace:
    """One face of a picture."""

    status: ReferenceStatus
    """OK when somebody can be known by it; else TOO_SMALL or BLURRED."""
    message: str
    """What was found, in the user's words."""
    box_xyxy: VectorF32
    """`(4,)` float32: left, top, right, bottom as shares of the upright picture's sides; a little beyond 0..1 where a
    face is cut off."""
    landmarks_xy: VectorF32
    """`(5, 2)` float32 in the same shares: left eye, right eye, nose, left and right mouth corner."""
    score: float
    """The detector's confidence, 0..1."""
    quality: FaceQuality
    turn: float | None
    """As `turn_of`: 0 is frontal, positive is towards the picture's right; None for a profile."""
    thumb_jpeg: bytes | None
    """A loose crop of the face."""
    embedding: VectorF32 | None = None
    """`(D,)` float32 of unit length; None for a face that nobody can be known by."""

    @property
    def is_usable(self) -> bool:
        return self.status is ReferenceStatus.OK


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ExaminedPicture:
    """A picture with its faces."""

    sha256: str
    """Of the file's content, in hexadecimal digits."""
    problem: str
    """Why the picture could not be read, in the user's words; empty when it could."""
    size_wh: tuple[int, int] = (0, 0)
    """Of the upright picture as it was examined, in pixels."""
    faces: tuple[ExaminedFace, ...] = ()
    """The largest first."""

    def message(self) -> str:
        """What was found, in the user's words."""
        if self.problem or not self.faces:
            return self.problem or "no face was found"
        return "one face" if len(self.faces) == 1 else f"{len(self.faces)} faces"


def examine_picture(content: bytes, detector: Detector, encoder: Encoder) -> ExaminedPicture:
    """All faces of a picture, given as its file's content. Never raises for what is in the file.

    The faces that can be used are encoded together. For an encoder that takes pictures whole, the picture is the face.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        image_bgr = read_photo(content)
    except ImageUnreadable as error:
        return ExaminedPicture(sha256=sha256, problem=str(error))
    portraits = _portraits(image_bgr, detector_for(encoder.alignment, detector))
    faces = [_judge(image_bgr, portrait) for portrait in portraits]
    crops = [
        _crop_rgb(portrait, encoder.alignment) if face.is_usable else None
        for portrait, face in zip(portraits, faces, strict=True)
    ]
    height, width = image_bgr.shape[:2]
    return ExaminedPicture(sha256=sha256, problem="", size_wh=(width, height), faces=_embedded(faces, crops, encoder))


def _portraits(image_bgr: ImageU8, detector: Detector | None) -> list[Portrait]:
    if detector is None:
        return [whole_portrait(image_bgr)]
    return find_portraits(image_bgr, detector)[:MOST_FACES]


def _judge(image_bgr: ImageU8, portrait: Portrait) -> ExaminedFace:
    quality = judge_face(portrait.image_bgr, portrait.box_xyxy, portrait.landmarks_xy, portrait.score)
    status, message = judge_portrait(portrait, quality)
    border = np.array(border_of(image_bgr, portrait), np.float32)
    size_wh = np.array(image_bgr.shape[1::-1], np.float32)
    return ExaminedFace(
        status=status,
        message=message,
        box_xyxy=((portrait.box_xyxy.reshape(2, 2) - border) / size_wh).reshape(4).astype(np.float32),
        landmarks_xy=((portrait.landmarks_xy - border) / size_wh).astype(np.float32),
        score=portrait.score,
        quality=quality,
        turn=turn_of(portrait.landmarks_xy),
        thumb_jpeg=make_thumb(portrait.image_bgr, portrait.box_xyxy),
    )


def _crop_rgb(portrait: Portrait, alignment: Alignment) -> ImageU8 | None:
    crop_bgr = alignment.cut(portrait.image_bgr, portrait.box_xyxy, portrait.landmarks_xy)
    return None if crop_bgr is None else np.ascontiguousarray(crop_bgr[..., ::-1])


def _embedded(
    faces: Sequence[ExaminedFace], crops: Sequence[ImageU8 | None], encoder: Encoder
) -> tuple[ExaminedFace, ...]:
    """The faces, those that have a crop with its embedding."""
    stacked = [crop for crop in crops if crop is not None]
    if not stacked:
        return tuple(faces)
    vectors = iter(encoder.embed(np.stack(stacked)))
    return tuple(
        face if crop is None else replace(face, embedding=next(vectors))
        for face, crop in zip(faces, crops, strict=True)
    )
