"""All faces of a picture, each judged as a reference image is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.faces.alignment import ALIGNMENTS
from pipeline.faces.detection import Detections
from pipeline.identity.enrolment import ReferenceStatus, examine_image
from pipeline.identity.picture_faces import MOST_FACES, ExaminedPicture, examine_picture
from tests.builders_faces import ColourEncoder, ScriptedDetector, make_detections, make_texture

FACE, TINY = (100, 60, 200, 160), (10, 10, 25, 25)
PNG = cv2.imencode(".png", make_texture())[1].tobytes()


def examine(*script: Detections) -> ExaminedPicture:
    return examine_picture(PNG, ScriptedDetector(script), ColourEncoder())


def test_a_picture_without_a_face_says_so() -> None:
    picture = examine(make_detections(), make_detections())

    assert (picture.faces, picture.message()) == ((), "no face was found")


def test_what_is_no_picture_says_so() -> None:
    assert "that can be read" in examine_picture(b"?", ScriptedDetector(()), ColourEncoder()).problem


def test_one_face_gets_the_embedding_of_enrolment() -> None:
    (face,) = examine(make_detections(FACE)).faces

    enrolled = examine_image(PNG, ScriptedDetector((make_detections(FACE),)), ColourEncoder())
    assert face.embedding is not None
    assert enrolled.embedding is not None
    assert np.array_equal(face.embedding, enrolled.embedding)
    assert (face.status, face.quality, face.thumb_jpeg) == (enrolled.status, enrolled.quality, enrolled.thumb_jpeg)


def test_the_largest_face_comes_first_and_one_too_small_is_not_encoded() -> None:
    large, tiny = examine(make_detections(TINY, FACE)).faces

    assert (large.status, tiny.status) == (ReferenceStatus.OK, ReferenceStatus.TOO_SMALL)
    assert tiny.embedding is None


def test_a_face_found_within_a_border_lies_where_it_is_in_the_picture() -> None:
    height, width = make_texture().shape[:2]
    bordered = [FACE[0] + width / 2, FACE[1] + height / 2, FACE[2] + width / 2, FACE[3] + height / 2]

    (face,) = examine(make_detections(), make_detections(bordered)).faces

    assert (face.box_xyxy * [width, height, width, height]).tolist() == pytest.approx(FACE, abs=0.01)


def test_a_crowd_is_bounded() -> None:
    boxes = [(x, y, x + 30, y + 30) for x in range(0, 270, 30) for y in range(0, 200, 20)]

    assert len(examine(make_detections(*boxes)).faces) == MOST_FACES


def test_a_picture_is_taken_whole_where_the_encoder_wants_it_so() -> None:
    encoder = ColourEncoder(alignment=ALIGNMENTS["whole-96"])

    (face,) = examine_picture(PNG, ScriptedDetector(()), encoder).faces

    assert face.box_xyxy.tolist() == [0, 0, 1, 1]
