"""Questions and answers about pictures: what is said arrives, and what is out of bounds is refused."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from pipeline.errors import MessageError
from pipeline.identity.enrolment import ReferenceReport, ReferenceStatus
from pipeline.options import DetectionOptions
from tests.builders_examined import make_examined, make_examined_face, make_vector
from workers.wire.asks import (
    MOST_QUESTION_BYTES,
    FacesAnswer,
    Question,
    ReferenceAnswer,
    Wanted,
    answer_of_picture,
    answer_of_report,
    decode_answer,
    decode_question,
    encode_message,
    picture_of_answer,
    report_of_answer,
)

QUESTION = Question(wanted=Wanted.FACES, detection=DetectionOptions(detector="yunet"), encoder="sface")


def test_a_question_arrives_as_it_was_asked() -> None:
    assert decode_question(encode_message(QUESTION)) == QUESTION


def test_a_picture_without_faces_and_one_with_two_arrive() -> None:
    for picture in (make_examined(), make_examined(make_examined_face(make_vector(3)), make_examined_face(turn=None))):
        answer = decode_answer(encode_message(answer_of_picture(picture)))
        assert isinstance(answer, FacesAnswer)
        told = picture_of_answer(answer)
        assert [face.turn for face in told.faces] == [face.turn for face in picture.faces]
        assert [face.embedding is None for face in told.faces] == [face.embedding is None for face in picture.faces]


def test_an_embedding_arrives_to_the_last_bit() -> None:
    vector = make_vector(3, 4, 0.1234567)
    report = ReferenceReport("a", "0" * 64, ReferenceStatus.OK, "one face", embedding=vector)

    answer = decode_answer(encode_message(answer_of_report(report)))

    assert isinstance(answer, ReferenceAnswer)
    told = report_of_answer(answer, "b").embedding
    assert told is not None
    assert np.array_equal(told, vector)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cannot be read"),
        (b"\x00" * (MOST_QUESTION_BYTES + 1), "at most"),
        (encode_message(msgspec.structs.replace(QUESTION, version=9)), "version 9"),
        (encode_message(msgspec.structs.replace(QUESTION, encoder="")), "cannot be read"),
        (encode_message(QUESTION).replace(b"yunet", b"yunit"), "cannot be read"),
    ],
)
def test_what_is_no_question_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(MessageError, match=said):
        decode_question(data)


def test_half_a_number_is_no_embedding() -> None:
    report = ReferenceReport("a", "", ReferenceStatus.NO_FACE, "no face was found")

    with pytest.raises(MessageError, match="each number takes 4"):
        report_of_answer(msgspec.structs.replace(answer_of_report(report), vector=b"123"), "a")
