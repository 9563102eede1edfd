"""YuNet on real pictures, and on pictures that show nothing."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import WeightsError
from pipeline.faces.detection import Detections
from pipeline.faces.detectors.yunet import YunetDetector, scales_for
from pipeline.faces.linking import iou_matrix
from pipeline.options import DetectionOptions
from pipeline.schemas import ImageU8

PUBLISHED_POINTS_XY = np.array([(291, 117), (314, 114), (303, 131), (296, 143), (313, 141)])
"""What MTCNN's authors print for the same face: both eyes, nose, both mouth corners."""


def same(one: Detections, other: Detections) -> bool:
    return all(
        np.array_equal(getattr(one, field), getattr(other, field)) for field in ("boxes_xyxy", "landmarks_xy", "scores")
    )


@pytest.mark.parametrize(
    "shape", [(0, 0, 3), (11, 400, 3), (8, 8), (360, 640, 3), (361, 643, 3)], ids=["empty", "strip", "tiny", "x", "odd"]
)
def test_a_black_picture_has_no_faces(yunet: YunetDetector, shape: tuple[int, ...]) -> None:
    assert [len(faces) for faces in yunet.detect([np.zeros(shape, np.uint8)])] == [0]


def test_an_empty_chunk_has_no_results(yunet: YunetDetector) -> None:
    assert yunet.detect_chunk([], []) == []


def test_landmarks_lie_where_they_were_published_in_our_order(yunet: YunetDetector, ivan: ImageU8) -> None:
    (found,) = yunet.detect([ivan])

    assert len(found) == 1
    assert np.abs(found.landmarks_xy[0] - PUBLISHED_POINTS_XY).max() < 4


def test_every_labelled_face_is_found(yunet: YunetDetector, open_data: Path) -> None:
    folder = open_data / "detection" / "dlib_faces"
    with (folder / "boxes.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["ignore"] == "0"]
    pictures = {name: cv2.imread(str(folder / name)) for name in sorted({row["file"] for row in rows})}
    found = dict(zip(pictures, yunet.detect(list(pictures.values())), strict=True))

    for row in rows:
        x, y, width, height = (float(row[key]) for key in ("x", "y", "w", "h"))
        box = np.array([[x, y, x + width, y + height]], np.float32)
        assert iou_matrix(box, found[row["file"]].boxes_xyxy).max(initial=0) > 0.3, row


@pytest.mark.parametrize("min_face_size", [20, 40, 60, 100])
def test_only_faces_of_the_wanted_size_are_found(yunet_file: Path, ivan: ImageU8, min_face_size: int) -> None:
    detector = YunetDetector(DetectionOptions(detector="yunet", min_face_size=min_face_size), yunet_file)

    assert len(detector.detect([ivan])[0]) == (1 if min_face_size <= 60 else 0)


def test_a_face_that_fills_a_large_picture_is_found_among_small_ones(yunet_file: Path, ivan: ImageU8) -> None:
    detector = YunetDetector(DetectionOptions(detector="yunet", min_face_size=20), yunet_file)
    close_up = cv2.resize(ivan[80:165, 260:345], (1400, 1400), interpolation=cv2.INTER_CUBIC)

    (found,) = detector.detect([np.asarray(close_up, np.uint8)])

    assert (found.boxes_xyxy[:, 3] - found.boxes_xyxy[:, 1]).max() > 700


def test_what_else_is_looked_at_changes_nothing(yunet: YunetDetector, ivan: ImageU8) -> None:
    alone = yunet.detect([ivan])[0]

    among_others = yunet.detect([ivan[:200], ivan, ivan[:, ::-1].copy(), ivan])

    assert same(among_others[1], alone)
    assert same(among_others[3], alone)


def test_the_number_of_threads_changes_nothing(yunet: YunetDetector, ivan: ImageU8) -> None:
    threads = cv2.getNumThreads()
    found = []
    try:
        for number in (1, 2, 4):
            cv2.setNumThreads(number)
            found.append(yunet.detect([ivan])[0])
    finally:
        cv2.setNumThreads(threads)

    assert same(found[0], found[1])
    assert same(found[0], found[2])


def test_scales_reach_from_the_smallest_face_to_the_whole_picture() -> None:
    assert scales_for((1280, 720), 40) == [0.5]
    assert scales_for((4000, 3000), 20) == [1.0, 0.125]
    assert scales_for((30, 20), 40) == []


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"nothing")

    with pytest.raises(WeightsError, match=r"broken\.onnx is no network"):
        YunetDetector(DetectionOptions(detector="yunet"), broken)


def test_finding_faces_with_it_needs_no_tensorflow(yunet_file: Path) -> None:
    code = (
        "import sys, numpy as np; from pathlib import Path; from pipeline.faces.detectors.choice import load_detector;"
        "from pipeline.options import DetectionOptions;"
        "detector = load_detector(DetectionOptions(detector='yunet'), Path(sys.argv[1]));"
        "detector.detect([np.zeros((90, 90, 3), np.uint8)]);"
        "print(*sys.modules)"
    )
    cache = yunet_file.parent.parent
    loaded = subprocess.run([sys.executable, "-c", code, str(cache)], check=True, capture_output=True, text=True)

    assert not {"tensorflow", "keras", "joblib"} & set(loaded.stdout.split())
