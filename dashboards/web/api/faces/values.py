"""Faces of pictures, and answers about them, as the API tells them."""

from __future__ import annotations

from dashboards.web.api.values import ApiValue
from dashboards.web.who.answers import FaceAnswer, PictureAnswer
from pipeline.identity.picture_faces import ExaminedFace
from pipeline.identity.verdicts import Identification, Verification


class FaceValue(ApiValue):
    """One face of a picture."""

    number: int
    """Counted from 0, the largest first."""
    box_xyxy: tuple[float, float, float, float]
    """Left, top, right, bottom as parts of the upright picture; a little beyond 0 to 1 where the face is cut off."""
    is_usable: bool
    """Whether somebody can be known by it."""
    message: str
    """What was found, in words."""
    detector_score: float
    """0 to 1."""
    quality: float
    """0 (useless) to 1 (ideal)."""


class FaceIdentified(FaceValue):
    """A face, and who it is."""

    headline: str
    """The answer in words."""
    identification: Identification | None
    """Null for a face that nobody can be known by."""


class FaceVerified(FaceValue):
    """A face, and whether it is that person's."""

    headline: str
    """The answer in words."""
    verification: Verification | None
    """Null for a face that nobody can be known by."""


class PictureIdentified(ApiValue):
    """Who a picture shows."""

    picture_sha256: str
    message: str
    """What was found in it, in words."""
    n_people: int
    """Those who are enrolled, and were compared."""
    encoder: str
    faces: tuple[FaceIdentified, ...]


class PictureVerified(ApiValue):
    """Whether a picture shows one person."""

    picture_sha256: str
    message: str
    person_id: str
    person_name: str
    encoder: str
    is_same: bool
    """Whether one of its faces is that person's."""
    faces: tuple[FaceVerified, ...]


def face_values(number: int, face: ExaminedFace) -> dict[str, object]:
    """The fields of `FaceValue`."""
    left, top, right, bottom = (float(edge) for edge in face.box_xyxy)
    return {
        "number": number,
        "box_xyxy": (left, top, right, bottom),
        "is_usable": face.is_usable,
        "message": face.message,
        "detector_score": float(face.score),
        "quality": float(face.quality.overall),
    }


def picture_identified(answer: PictureAnswer) -> PictureIdentified:
    """Who each face is."""
    return PictureIdentified(
        picture_sha256=answer.picture.sha256,
        message=answer.picture.message(),
        n_people=answer.n_people,
        encoder=answer.encoder,
        faces=tuple(_identified(number, face) for number, face in enumerate(answer.faces)),
    )


def picture_verified(answer: PictureAnswer, person_id: str, person_name: str) -> PictureVerified:
    """Whether each face is that person's."""
    return PictureVerified(
        picture_sha256=answer.picture.sha256,
        message=answer.picture.message(),
        person_id=person_id,
        person_name=person_name,
        encoder=answer.encoder,
        is_same=any(face.verification.is_same for face in answer.faces if face.verification),
        faces=tuple(_verified(number, face) for number, face in enumerate(answer.faces)),
    )


def _identified(number: int, answer: FaceAnswer) -> FaceIdentified:
    values = {"headline": answer.headline, "identification": answer.identification}
    return FaceIdentified.model_validate({**face_values(number, answer.face), **values})


def _verified(number: int, answer: FaceAnswer) -> FaceVerified:
    values = {"headline": answer.headline, "verification": answer.verification}
    return FaceVerified.model_validate({**face_values(number, answer.face), **values})
