"""Reference images: one good face is taken, and whatever is wrong is said in plain words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.encoders.registry import Encoder, encoder_entry, load_encoder
from pipeline.errors import GalleryEmpty, WeightsError
from pipeline.faces.alignment import ALIGNMENTS
from pipeline.faces.detection import Detections
from pipeline.identity.enrolment import ReferenceReport, ReferenceStatus, examine_gallery, examine_image
from pipeline.options import DetectionOptions
from tests.builders_faces import ColourEncoder, ScriptedDetector, make_detections, make_texture

FACE = (100, 60, 200, 160)

SAME_PICTURE = encoder_entry("sface").calibration.duplicate_cosine


def png(image_bgr: np.ndarray) -> bytes:
    return cv2.imencode(".png", image_bgr)[1].tobytes()


def examine(*script: Detections, image_bgr: np.ndarray | None = None) -> ReferenceReport:
    image = make_texture() if image_bgr is None else image_bgr
    return examine_image(png(image), ScriptedDetector(script), ColourEncoder())


def test_one_good_face_is_taken():
    report = examine(make_detections(FACE))

    assert report.is_usable
    assert report.message == "one face"
    assert report.embedding is not None
    assert report.crop_rgb is not None
    assert report.thumb_jpeg is not None
    assert len(report.sha256) == 64


def test_a_picture_is_taken_whole_where_the_encoder_wants_it_so():
    encoder = ColourEncoder(alignment=ALIGNMENTS["whole-96"])

    report = examine_image(png(make_texture()), ScriptedDetector(()), encoder)

    assert report.is_usable
    assert report.message == "the whole picture, taken for a face"
    assert report.crop_rgb is not None
    assert report.crop_rgb.shape == (96, 96, 3)
    assert report.quality is not None
    assert report.quality.pose == 1


@pytest.mark.parametrize(
    ("image_bgr", "status"),
    [
        (np.full((96, 96, 3), 90, np.uint8), ReferenceStatus.BLURRED),
        (make_texture()[:20, :20], ReferenceStatus.TOO_SMALL),
    ],
)
def test_a_whole_picture_must_be_of_use_as_well(image_bgr: np.ndarray, status: ReferenceStatus):
    encoder = ColourEncoder(alignment=ALIGNMENTS["whole-96"])

    assert examine_image(png(image_bgr), ScriptedDetector(()), encoder).status is status


def test_without_a_face_a_border_is_tried_before_giving_up():
    nobody = Detections.empty()

    assert examine(nobody, nobody).status is ReferenceStatus.NO_FACE
    assert examine(nobody, make_detections((260, 180, 360, 280))).is_usable


def test_two_faces_of_like_size_are_refused():
    report = examine(make_detections(FACE, (210, 60, 290, 140)))

    assert report.status is ReferenceStatus.TWO_FACES
    assert report.message.startswith("2 faces, and nothing says whose picture this is")
    assert report.embedding is None


def test_a_dominant_face_is_taken_and_that_is_said():
    report = examine(make_detections((0, 0, 30, 30), FACE))

    assert report.is_usable
    assert report.message == "one face taken: the largest of 2"


def test_a_face_too_small_is_refused_with_its_size():
    report = examine(make_detections((100, 60, 118, 78)))

    assert report.status is ReferenceStatus.TOO_SMALL
    assert "18 pixels wide; at least 24" in report.message


def test_a_blurred_face_is_refused():
    blurred = cv2.GaussianBlur(make_texture(cell_px=40), (0, 0), 12)

    assert examine(make_detections(FACE), image_bgr=blurred).status is ReferenceStatus.BLURRED


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"no picture", "damaged"), (png(make_texture())[:500], "damaged")],
    ids=["empty", "text", "cut short"],
)
def test_what_is_no_picture_is_said_to_be_none(content: bytes, words: str):
    report = examine_image(content, ScriptedDetector([]), ColourEncoder())

    assert report.status is ReferenceStatus.UNREADABLE
    assert words in report.message


def test_a_file_that_is_not_there_is_reported(tmp_path: Path):
    report = examine_image(tmp_path / "ada.jpg", ScriptedDetector([]), ColourEncoder())

    assert report.status is ReferenceStatus.UNREADABLE
    assert report.label == "ada.jpg"
    assert "No such file" in report.message


def test_a_gallery_is_examined_person_by_person_and_copies_are_found(tmp_path: Path):
    red, green = np.zeros((2, 240, 320, 3), np.uint8)
    red[..., 2], green[..., 1] = make_texture()[..., 0], make_texture()[..., 0]
    (tmp_path / "Ada Lovelace").mkdir()
    for name, image in (("1.png", red), ("2.png", green), ("3.png", red)):
        (tmp_path / "Ada Lovelace" / name).write_bytes(png(image))
    (tmp_path / "Bob.png").write_bytes(png(red))
    heard: list[str] = []

    people = examine_gallery(
        tmp_path,
        ScriptedDetector([make_detections(FACE)] * 4),
        ColourEncoder(),
        SAME_PICTURE,
        on_image=lambda report: heard.append(report.label),
    )

    assert [person.name for person in people] == ["Ada Lovelace", "Bob"]
    assert [report.status.value for report in people[0].references] == ["ok", "ok", "near_duplicate"]
    assert people[0].references[2].message == "nearly the same picture as 1.png"
    assert people[1].references[0].is_usable
    assert heard == ["1.png", "2.png", "3.png", "Bob.png"]


def test_an_empty_gallery_is_refused(tmp_path: Path):
    with pytest.raises(GalleryEmpty):
        examine_gallery(tmp_path, ScriptedDetector([]), ColourEncoder(), SAME_PICTURE)


@pytest.fixture(scope="module")
def examine_really(weights_cache: Path) -> Callable[[Path], list[str]]:
    """Examines a folder with the real detector and encoder, and gives the statuses in order."""
    from pipeline.faces.mtcnn.detector import MtcnnDetector  # TensorFlow

    try:
        encoder: Encoder = load_encoder("sface", weights_cache)
    except WeightsError as error:
        pytest.skip(f"the weights of sface cannot be had: {error}")
    detector = MtcnnDetector(DetectionOptions())

    def statuses(folder: Path) -> list[str]:
        people = examine_gallery(folder, detector, encoder, SAME_PICTURE)
        return [report.status.value for person in people for report in person.references]

    return statuses


@pytest.mark.slow
@pytest.mark.parametrize("gallery", ["hamilton", "obama"])
def test_real_galleries_are_usable(open_data: Path, examine_really: Callable[[Path], list[str]], gallery: str):
    assert set(examine_really(open_data / "gallery" / gallery)) == {"ok"}


@pytest.mark.slow
def test_of_a_real_gallery_only_the_copy_is_refused(open_data: Path, examine_really: Callable[[Path], list[str]]):
    statuses = examine_really(open_data / "gallery" / "friends")

    assert statuses.count("ok") == 35
    assert statuses.count("near_duplicate") == 1


@pytest.mark.slow
def test_small_grey_portraits_that_the_face_fills_are_usable(
    open_data: Path, examine_really: Callable[[Path], list[str]], tmp_path: Path
):
    for subject in range(1, 21):
        person = f"s{subject:02d}"
        shutil.copy(open_data / "verification" / "orl_s01_s20" / person / "01.png", tmp_path / f"{person}.png")

    assert examine_really(tmp_path) == ["ok"] * 20
