"""Examined pictures for tests that say only what matters to them, and somebody who is asked about pictures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import cv2
import numpy as np

from pipeline.encoders.manifest import encoder_entry
from pipeline.identity.enrolment import ReferenceReport, ReferenceStatus
from pipeline.identity.picture_faces import ExaminedFace, ExaminedPicture
from pipeline.schemas import FaceQuality, VectorF32

ENCODER = "sface"
GOOD = FaceQuality(size=1, sharpness=1, pose=1, light=1, overall=0.9)


def make_vector(axis: int, other: int | None = None, share: float = 0.0) -> VectorF32:
    """A unit vector along one axis, leaning by `share` (a cosine) towards another."""
    vector = np.zeros(encoder_entry(ENCODER).dimensions, np.float32)
    vector[axis] = np.sqrt(1 - share**2)
    if other is not None:
        vector[other] = share
    return vector


def make_examined_face(
    vector: VectorF32 | None = None,
    *,
    turn: float | None = 0.0,
    box: tuple[float, float, float, float] = (0.3, 0.2, 0.6, 0.7),
    quality: FaceQuality = GOOD,
) -> ExaminedFace:
    """A good face straight ahead in the middle; one without a vector is too small."""
    return ExaminedFace(
        status=ReferenceStatus.TOO_SMALL if vector is None else ReferenceStatus.OK,
        message="the face is 9 pixels wide" if vector is None else "one face",
        box_xyxy=np.array(box, np.float32),
        landmarks_xy=np.full((5, 2), 0.4, np.float32),
        score=0.99,
        quality=quality,
        turn=turn,
        thumb_jpeg=None,
        embedding=vector,
    )


def make_examined(*faces: ExaminedFace, problem: str = "") -> ExaminedPicture:
    """A picture of 640 x 480 pixels with these faces."""
    return ExaminedPicture(sha256="5" * 64, problem=problem, size_wh=(640, 480), faces=faces)


def make_png(shade: int = 90) -> bytes:
    """A picture's file; another one for each shade."""
    return cv2.imencode(".png", np.full((12, 16, 3), shade, np.uint8))[1].tobytes()


@dataclass(slots=True)
class GivenAsker:
    """Says of every picture what it was given to say."""

    picture: ExaminedPicture = field(default_factory=make_examined)
    loads: bool = False

    def is_loading(self) -> bool:
        return self.loads

    def faces(self, picture: bytes) -> ExaminedPicture:
        return self.picture

    def reference(self, picture: bytes, label: str = "picture") -> ReferenceReport:
        digest = hashlib.sha256(picture).hexdigest()
        face = self.picture.faces[0] if self.picture.faces else None
        if face is None:
            return ReferenceReport(label, digest, ReferenceStatus.NO_FACE, "no face was found")
        return ReferenceReport(label, digest, face.status, face.message, embedding=face.embedding, quality=face.quality)
