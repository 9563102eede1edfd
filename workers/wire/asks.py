"""What askers and examiners of pictures say to each other: typed, versioned, every length bounded.

A question names the models that are to look; its picture travels beside it, as the file's bytes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec
import numpy as np
from msgspec import Meta, Struct

from pipeline.errors import MessageError, SettingsError
from pipeline.identity.enrolment import ReferenceReport, ReferenceStatus
from pipeline.identity.picture_faces import MOST_FACES, ExaminedFace, ExaminedPicture
from pipeline.options import DetectionOptions
from pipeline.schemas import FaceQuality, VectorF32
from workers.wire.headers import MAX_DIMENSIONS, MAX_REASON, MAX_THUMB_BYTES, Name, Reason

VERSION = 1
"""Of questions and answers; those of another version are not guessed."""
MOST_QUESTION_BYTES = 64 << 10
MOST_ANSWER_BYTES = 16 << 20
"""Of `MOST_FACES` faces with pictures and embeddings of any size that occurs, with room to spare."""

Sha256 = Annotated[str, Meta(max_length=64)]
Vector = Annotated[bytes, Meta(max_length=4 * MAX_DIMENSIONS)]
"""Little-endian float32; empty for none."""
Thumb = Annotated[bytes, Meta(max_length=MAX_THUMB_BYTES)]
"""A JPEG; empty for none."""


class Wanted(StrEnum):
    """How a picture is to be examined."""

    REFERENCE = "reference"  # as a reference image: whose one face it shows
    FACES = "faces"  # every face in it


class Question(Struct, frozen=True, kw_only=True):
    """What is asked about one picture."""

    version: int = VERSION
    wanted: Wanted
    detection: DetectionOptions
    encoder: Name


class ReferenceAnswer(Struct, frozen=True, kw_only=True, tag_field="kind", tag="reference"):
    """A picture as a reference image."""

    version: int = VERSION
    sha256: Sha256
    status: ReferenceStatus
    message: Reason
    quality: FaceQuality | None
    vector: Vector
    thumb: Thumb


class FaceAnswer(Struct, frozen=True, kw_only=True):
    """One face of a `FacesAnswer`."""

    status: ReferenceStatus
    message: Reason
    box: tuple[float, float, float, float]
    landmarks: Annotated[tuple[tuple[float, float], ...], Meta(min_length=5, max_length=5)]
    score: float
    quality: FaceQuality
    turn: float | None
    vector: Vector
    thumb: Thumb


class FacesAnswer(Struct, frozen=True, kw_only=True, tag_field="kind", tag="faces"):
    """A picture with all its faces."""

    version: int = VERSION
    sha256: Sha256
    problem: Reason
    size_wh: tuple[int, int]
    faces: Annotated[tuple[FaceAnswer, ...], Meta(max_length=MOST_FACES)]


class Refusal(Struct, frozen=True, kw_only=True, tag_field="kind", tag="refusal"):
    """Why nobody can answer: models that cannot be had, or a picture that ended those who looked at it."""

    version: int = VERSION
    reason: Reason


Answer = ReferenceAnswer | FacesAnswer | Refusal
Message = TypeVar("Message", Question, Answer)
_ENCODER = msgspec.msgpack.Encoder()
_QUESTIONS: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)
_ANSWERS: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def encode_message(message: Question | Answer) -> bytes:
    """The message as msgpack."""
    return _ENCODER.encode(message)


def decode_question(data: bytes) -> Question:
    """The question that `data` holds; raises `MessageError` when it is none, or out of bounds."""
    return _decoded(data, _QUESTIONS, MOST_QUESTION_BYTES)


def decode_answer(data: bytes) -> Answer:
    """The answer that `data` holds; raises `MessageError` when it is none, or out of bounds."""
    return _decoded(data, _ANSWERS, MOST_ANSWER_BYTES)


def answer_of_report(report: ReferenceReport) -> ReferenceAnswer:
    """A report as an answer; its crop and its path stay where they are."""
    return ReferenceAnswer(
        sha256=report.sha256,
        status=report.status,
        message=report.message[:MAX_REASON],
        quality=report.quality,
        vector=_vector_bytes(report.embedding),
        thumb=report.thumb_jpeg or b"",
    )


def report_of_answer(answer: ReferenceAnswer, label: str) -> ReferenceReport:
    """The report that an answer stands for; `label` is what the user calls the picture."""
    return ReferenceReport(
        label=label,
        sha256=answer.sha256,
        status=answer.status,
        message=answer.message,
        embedding=_vector(answer.vector),
        quality=answer.quality,
        thumb_jpeg=answer.thumb or None,
    )


def answer_of_picture(picture: ExaminedPicture) -> FacesAnswer:
    """An examined picture as an answer."""
    return FacesAnswer(
        sha256=picture.sha256,
        problem=picture.problem[:MAX_REASON],
        size_wh=picture.size_wh,
        faces=tuple(_face_answer(face) for face in picture.faces),
    )


def picture_of_answer(answer: FacesAnswer) -> ExaminedPicture:
    """The examined picture that an answer stands for."""
    return ExaminedPicture(
        sha256=answer.sha256,
        problem=answer.problem,
        size_wh=answer.size_wh,
        faces=tuple(_face(face) for face in answer.faces),
    )


def _face_answer(face: ExaminedFace) -> FaceAnswer:
    left, top, right, bottom = (float(edge) for edge in face.box_xyxy)
    return FaceAnswer(
        status=face.status,
        message=face.message[:MAX_REASON],
        box=(left, top, right, bottom),
        landmarks=tuple((float(x), float(y)) for x, y in face.landmarks_xy),
        score=face.score,
        quality=face.quality,
        turn=face.turn,
        vector=_vector_bytes(face.embedding),
        thumb=face.thumb_jpeg or b"",
    )


def _face(answer: FaceAnswer) -> ExaminedFace:
    return ExaminedFace(
        status=answer.status,
        message=answer.message,
        box_xyxy=np.array(answer.box, np.float32),
        landmarks_xy=np.array(answer.landmarks, np.float32),
        score=answer.score,
        quality=answer.quality,
        turn=answer.turn,
        thumb_jpeg=answer.thumb or None,
        embedding=_vector(answer.vector),
    )


def _vector_bytes(vector: VectorF32 | None) -> bytes:
    return b"" if vector is None else vector.astype("<f4").tobytes()


def _vector(data: bytes) -> VectorF32 | None:
    if len(data) % 4:
        raise MessageError(f"an embedding of {len(data)} bytes; each number takes 4")
    return np.frombuffer(data, "<f4").astype(np.float32) if data else None


def _decoded(data: bytes, decoder: msgspec.msgpack.Decoder[Message], most_bytes: int) -> Message:
    if len(data) > most_bytes:
        raise MessageError(f"a message of {len(data)} bytes; at most {most_bytes} are taken")
    try:
        message = decoder.decode(data)
    except (msgspec.DecodeError, SettingsError) as error:
        raise MessageError(f"a message that cannot be read: {error}") from error
    if message.version != VERSION:
        raise MessageError(f"a message of version {message.version}; this program speaks {VERSION}")
    return message
