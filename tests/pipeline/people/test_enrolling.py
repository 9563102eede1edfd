"""Pictures that somebody sent: the usable ones are enrolled, the others keep their verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.control.audit import AuditLog
from pipeline.control.database import Control, open_control
from pipeline.control.gallery.files import face_path_of
from pipeline.control.gallery.people import People
from pipeline.encoders.manifest import encoder_entry
from pipeline.errors import InputError
from pipeline.identity.enrolment import ReferenceReport, ReferenceStatus
from pipeline.people.enrolling import JudgedPicture, enrol_pictures

ENCODER = "sface"


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_control(tmp_path)
    yield opened
    opened.close()


def judged(axis: int, status: ReferenceStatus = ReferenceStatus.OK, shade: int = 0) -> JudgedPicture:
    """A picture whose embedding points along one axis; `shade` makes another file of it."""
    vector = np.zeros(encoder_entry(ENCODER).dimensions, np.float32)
    vector[axis] = 1
    content = cv2.imencode(".png", np.full((8, 8, 3), 10 * axis + shade, np.uint8))[1].tobytes()
    usable = vector if status is ReferenceStatus.OK else None
    digest = hashlib.sha256(content).hexdigest()
    report = ReferenceReport(f"{axis}.png", digest, status, "said", embedding=usable, thumb_jpeg=b"a face")
    return JudgedPicture(report, content)


def test_usable_pictures_are_enrolled_and_the_others_keep_their_verdict(control: Control) -> None:
    done = enrol_pictures(control, ENCODER, "Ada", [judged(0), judged(1, ReferenceStatus.TWO_FACES)], who="grace")

    assert [verdict.verdict for verdict in done.verdicts] == ["enrolled", "two_faces"]
    (person,) = People(control).list_people()
    assert (person.name, done.person_id, done.is_new) == ("Ada", person.person_id, True)
    picture = control.data_dir / person.references[0].image_ref
    assert (picture.read_bytes(), face_path_of(picture).read_bytes()) == (judged(0).content, b"a face")
    assert [(entry.action, entry.who) for entry in AuditLog(control).read()] == [("enrol", "grace")]


def test_the_same_picture_again_is_known_and_a_copy_of_it_is_not_taken(control: Control) -> None:
    enrol_pictures(control, ENCODER, "Ada", [judged(0)], who="grace")

    again = enrol_pictures(control, ENCODER, "Ada", [judged(0), judged(0, shade=1)], who="grace")

    assert [verdict.verdict for verdict in again.verdicts] == ["known", "near_duplicate"]
    assert (again.is_new, again.n_added, again.gallery_version) == (False, 0, 1)


def test_nobody_is_enrolled_without_a_usable_picture(control: Control) -> None:
    done = enrol_pictures(control, ENCODER, "Ada", [judged(0, ReferenceStatus.NO_FACE)], who="grace")

    assert done.person_id is None
    assert People(control).list_people() == []


def test_a_name_that_nobody_can_have_is_refused(control: Control) -> None:
    with pytest.raises(InputError, match="must not be like the id of a stranger"):
        enrol_pictures(control, ENCODER, "unknown-0001", [judged(0)], who="grace")
