"""The rewritten cascade beside the package's, and following faces beside searching every frame."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pipeline.faces.detection import Detections
from pipeline.faces.mtcnn.suppression import overlap_matrix
from pipeline.options import DetectionOptions
from pipeline.schemas import ImageU8
from tests.pipeline.faces.mtcnn.conftest import VIDEOS, Pictures, read_pictures

if TYPE_CHECKING:
    from pipeline.faces.mtcnn.detector import MtcnnDetector

pytestmark = [
    pytest.mark.slow,
    # The package leaves its weight files to the garbage collector; lz4 complains about that from Python 3.13 on.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

STOCK = DetectionOptions(thresholds=(0.6, 0.7, 0.8))
FRAME_STRIDE = 6
"""Every sixth sampled frame of each video goes through the package, which takes a tenth of a second each."""
SAVED_FACES_PX = 28
"""Width from which the truth files of the open data call a face clear."""

MakeDetector = Callable[[DetectionOptions], "MtcnnDetector"]


@dataclass(frozen=True)
class Agreement:
    """How many of some faces were found by another way."""

    faces: int
    found: int

    @property
    def share(self) -> float:
        return self.found / max(self.faces, 1)


@pytest.fixture(scope="module")
def videos(open_data: Path) -> dict[str, list[Pictures]]:
    return {name: read_pictures(open_data / name) for name in VIDEOS}


@pytest.fixture(scope="module")
def pictures(open_data: Path, videos: dict[str, list[Pictures]]) -> list[ImageU8]:
    photos = [np.asarray(cv2.imread(str(path))) for path in sorted((open_data / "detection").glob("*/*.jpg"))]
    frames = [frame for chunks in videos.values() for chunk in chunks for frame in chunk.frames_bgr]
    return photos + frames[::FRAME_STRIDE]


def agreement(
    expected: list[Detections], found: list[Detections], *, overlap: float, min_width: float = 0
) -> Agreement:
    best = [
        overlap_matrix(wanted.boxes_xyxy, other.boxes_xyxy).max(axis=1, initial=0)
        for wanted, other in zip(expected, found, strict=True)
    ]
    widths = np.concatenate([wanted.boxes_xyxy[:, 2] - wanted.boxes_xyxy[:, 0] for wanted in expected])
    counted = np.concatenate(best)[widths >= min_width]
    return Agreement(len(counted), int((counted > overlap).sum()))


def detect_chunks(detector: MtcnnDetector, chunks: list[Pictures]) -> list[Detections]:
    return list(chain.from_iterable(detector.detect_chunk(chunk.frames_bgr, chunk.starts_shot) for chunk in chunks))


@pytest.fixture(scope="module")
def stock_faces(pictures: list[ImageU8]) -> list[Detections]:
    from tests.pipeline.faces.mended_stock import MendedStock

    stock = MendedStock(STOCK.thresholds)
    return [stock.find(picture, STOCK.min_face_size_for(picture.shape[0])) for picture in pictures]


def test_the_faces_are_those_of_the_package(
    make_detector: MakeDetector, pictures: list[ImageU8], stock_faces: list[Detections]
) -> None:
    ours = make_detector(STOCK).detect(pictures)

    found = agreement(stock_faces, ours, overlap=0.7)
    assert found.faces > 200
    assert found.share >= 0.99
    assert agreement(stock_faces, ours, overlap=0.7, min_width=40).share == 1
    assert agreement(ours, stock_faces, overlap=0.7).share >= 0.99


@pytest.mark.parametrize("name", VIDEOS)
def test_following_finds_what_searching_every_frame_finds(
    make_detector: MakeDetector, detector: MtcnnDetector, videos: dict[str, list[Pictures]], name: str
) -> None:
    searched = detect_chunks(make_detector(DetectionOptions(chunk_saving=False)), videos[name])

    followed = detect_chunks(detector, videos[name])

    found = agreement(searched, followed, overlap=0.5, min_width=SAVED_FACES_PX)
    assert found.found >= 0.85 * found.faces
    assert sum(map(len, followed)) <= 1.02 * sum(map(len, searched)) + 1


@pytest.mark.parametrize("name", [name for name in VIDEOS if name.startswith("videos/")])
def test_a_person_who_is_clearly_there_is_found_more_than_half_of_the_time(
    detector: MtcnnDetector, open_data: Path, videos: dict[str, list[Pictures]], name: str
) -> None:
    n_faces = [len(faces) for faces in detect_chunks(detector, videos[name])]
    times_s = [time_s for chunk in videos[name] for time_s in chunk.times_s]

    with (open_data / "videos" / "groundtruth" / f"{Path(name).stem}.csv").open() as lines:
        clear = [
            (float(row["t_start"]), float(row["t_end"])) for row in csv.DictReader(lines) if row["level"] == "clear"
        ]

    for start, end in clear:
        inside = [n for n, time_s in zip(n_faces, times_s, strict=True) if start <= time_s < end]
        n_people = sum(start < other_end and other_start < end for other_start, other_end in clear)
        assert sum(n >= n_people for n in inside) > len(inside) / 2
