"""The detector on real pictures, and on pictures that show nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pipeline.faces.detection import Detections
from pipeline.options import DetectionOptions
from pipeline.schemas import ImageU8
from tests.pipeline.faces.mtcnn.conftest import Pictures, read_pictures

if TYPE_CHECKING:
    from pipeline.faces.mtcnn.detector import MtcnnDetector

pytestmark = pytest.mark.slow  # TensorFlow takes three seconds to import

PUBLISHED_BOX_XYWH = (277, 90, 48, 63)
PUBLISHED_POINTS_XY = ((291, 117), (314, 114), (303, 131), (296, 143), (313, 141))
"""What the package's README prints for ivan.jpg: both eyes, nose, both mouth corners."""


@pytest.fixture(scope="session")
def ivan(open_data: Path) -> ImageU8:
    return np.asarray(cv2.imread(str(open_data / "detection" / "mtcnn" / "ivan.jpg")))


@pytest.fixture(scope="session")
def walk(open_data: Path) -> Pictures:
    return read_pictures(open_data / "videos" / "intel_three_walk.mp4")[0]


def same(one: Detections, other: Detections) -> bool:
    return all(
        np.array_equal(getattr(one, field), getattr(other, field)) for field in ("boxes_xyxy", "landmarks_xy", "scores")
    )


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((11, 400, 3), np.uint8),
        np.zeros((8, 8), np.uint8),
        np.zeros((360, 640, 3), np.uint8),
        np.full((361, 643, 3), 127, np.uint8),
        np.full((200, 200), 200, np.uint8),
    ],
    ids=["empty", "strip", "tiny grey", "black", "odd uniform", "uniform grey"],
)
def test_a_picture_that_shows_nothing_has_no_faces(detector: MtcnnDetector, picture: ImageU8) -> None:
    assert [len(faces) for faces in detector.detect([picture])] == [0]


def test_a_chunk_of_black_frames_has_no_faces(detector: MtcnnDetector) -> None:
    found = detector.detect_chunk([np.zeros((360, 640, 3), np.uint8)] * 5, [True] + [False] * 4)

    assert [len(faces) for faces in found] == [0] * 5


def test_an_empty_chunk_has_no_results(detector: MtcnnDetector) -> None:
    assert detector.detect_chunk([], []) == []


def test_a_chunk_wants_to_know_of_every_frame_whether_it_begins_a_shot(detector: MtcnnDetector) -> None:
    with pytest.raises(ValueError, match="one entry for each of 2 frames, got 1"):
        detector.detect_chunk([np.zeros((90, 160, 3), np.uint8)] * 2, [True])


def test_a_picture_of_another_kind_is_refused(detector: MtcnnDetector) -> None:
    with pytest.raises(ValueError, match="image_bgr: expected anyxanyx3 uint8"):
        detector.detect([np.zeros((90, 160, 4), np.uint8)])


def test_the_published_face_is_found_where_it_was_published(
    make_detector: Callable[[DetectionOptions], MtcnnDetector], ivan: ImageU8
) -> None:
    (faces,) = make_detector(DetectionOptions(min_face_size=20, thresholds=(0.6, 0.7, 0.8))).detect([ivan])

    left, top, width, height = PUBLISHED_BOX_XYWH
    assert faces.boxes_xyxy[-1:] == pytest.approx(np.array([[left, top, left + width, top + height]]), abs=3)
    assert faces.landmarks_xy[-1] == pytest.approx(np.array(PUBLISHED_POINTS_XY), abs=1.5)
    assert faces.scores[-1] > 0.99


def test_a_grey_photo_of_a_face_shows_a_face(detector: MtcnnDetector, ivan: ImageU8) -> None:
    (faces,) = detector.detect([np.asarray(cv2.cvtColor(ivan, cv2.COLOR_BGR2GRAY))])

    assert len(faces) == 1


def test_a_picture_without_faces_stays_without(detector: MtcnnDetector, open_data: Path) -> None:
    picture = cv2.imread(str(open_data / "detection" / "mtcnn" / "no-faces.jpg"))

    assert [len(faces) for faces in detector.detect([picture])] == [0]


@pytest.mark.parametrize("min_face_size", [20, 28, 30, 40, 60])
def test_a_small_picture_is_searched_at_any_smallest_face(
    make_detector: Callable[[DetectionOptions], MtcnnDetector], walk: Pictures, min_face_size: int
) -> None:
    widths = detector_widths(make_detector(DetectionOptions(min_face_size=min_face_size)), walk.frames_bgr[-1])

    assert sum(width > 36 for width in widths) == 3 if min_face_size <= 40 else len(widths) <= 3


def detector_widths(detector: MtcnnDetector, picture: ImageU8) -> list[float]:
    (faces,) = detector.detect([picture])
    return (faces.boxes_xyxy[:, 2] - faces.boxes_xyxy[:, 0]).tolist()


def test_pictures_do_not_touch_each_other(detector: MtcnnDetector, ivan: ImageU8, walk: Pictures) -> None:
    pictures = [ivan, walk.frames_bgr[0], np.zeros((5, 5, 3), np.uint8), ivan[:, ::-1]]

    together = detector.detect(pictures)

    assert all(same(faces, detector.detect([one])[0]) for faces, one in zip(together, pictures, strict=True))


def test_doing_a_chunk_again_gives_the_very_same_faces(detector: MtcnnDetector, walk: Pictures, ivan: ImageU8) -> None:
    first = detector.detect_chunk(walk.frames_bgr, walk.starts_shot)
    detector.detect([ivan])

    again = detector.detect_chunk(walk.frames_bgr, walk.starts_shot)

    assert all(same(one, other) for one, other in zip(first, again, strict=True))


def test_faces_of_a_chunk_are_in_the_order_of_their_boxes(detector: MtcnnDetector, walk: Pictures) -> None:
    found = detector.detect_chunk(walk.frames_bgr, walk.starts_shot)

    assert sum(len(faces) for faces in found) >= 3 * len(found) - 2
    assert all(np.array_equal(faces.boxes_xyxy[:, 0], np.sort(faces.boxes_xyxy[:, 0])) for faces in found)


def test_nothing_is_found_where_people_are_seen_from_behind(detector: MtcnnDetector, open_data: Path) -> None:
    chunks = read_pictures(open_data / "videos" / "intel_no_faces.mp4")

    found = [faces for chunk in chunks for faces in detector.detect_chunk(chunk.frames_bgr, chunk.starts_shot)]

    assert sum(len(faces) for faces in found) == 0
