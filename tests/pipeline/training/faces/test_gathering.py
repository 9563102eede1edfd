"""Gathering the faces of a folder of people."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.errors import GalleryEmpty, NotFound
from pipeline.faces.alignment import ALIGNMENTS
from pipeline.faces.mtcnn.detector import MtcnnDetector
from pipeline.training.faces.gathering import gather_faces

pytestmark = pytest.mark.slow


def test_faces_are_cut_and_what_cannot_be_used_is_named(tmp_path: Path, open_data: Path, detector: MtcnnDetector):
    stills = open_data / "verification" / "friends_stills" / "ross_geller"
    person = tmp_path / "Ross"
    person.mkdir()
    for name in ("01.jpg", "02.jpg"):
        shutil.copy(stills / name, person)
    shutil.copy(stills / "01.jpg", person / "copy.jpg")
    shutil.copy(open_data / "detection" / "mtcnn" / "no-faces.jpg", person / "nobody.jpg")
    (person / "torn.jpg").write_bytes(b"\xff\xd8\xff")
    heard: list[tuple[int, int]] = []

    faces = gather_faces(tmp_path, detector, ALIGNMENTS["arcface-112"], lambda *counts: heard.append(counts))

    assert [(one.name, one.crops_rgb.shape) for one in faces.people] == [("Ross", (2, 112, 112, 3))]
    assert [one.image for one in faces.left_out] == ["copy.jpg", "nobody.jpg", "torn.jpg"]
    assert heard == [(number, 5) for number in range(1, 6)]


def test_pictures_that_are_cut_already_need_no_detector(open_data: Path, detector: MtcnnDetector):
    whole = gather_faces(open_data / "identification" / "dlai_course" / "database", detector, ALIGNMENTS["whole-96"])

    assert (len(whole.people), whole.left_out) == (12, ())


def test_a_person_without_a_usable_picture_is_not_there(tmp_path: Path, detector: MtcnnDetector):
    (tmp_path / "Nobody.jpg").write_bytes(b"no picture")

    faces = gather_faces(tmp_path, detector, ALIGNMENTS["arcface-112"])

    assert (faces.people, faces.n_faces, len(faces.left_out)) == ((), 0, 1)


def test_an_empty_or_missing_folder_is_refused(tmp_path: Path, detector: MtcnnDetector):
    with pytest.raises(GalleryEmpty):
        gather_faces(tmp_path, detector, ALIGNMENTS["arcface-112"])
    with pytest.raises(NotFound):
        gather_faces(tmp_path / "missing", detector, ALIGNMENTS["arcface-112"])
