"""Faces of real people to learn from, gathered once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.network import Network
from pipeline.encoders.registry import alignment_of, load_network
from pipeline.faces.alignment import ALIGNMENTS
from pipeline.faces.mtcnn.detector import MtcnnDetector
from pipeline.options import DetectionOptions
from pipeline.training.faces.gathering import FaceFolder, gather_faces


@pytest.fixture(scope="session")
def detector() -> MtcnnDetector:
    return MtcnnDetector(DetectionOptions())


@pytest.fixture(scope="session")
def dlib_network(weights_cache: Path) -> Network:
    return load_network(encoder_entry("dlib-resnet"), weights_cache)


@pytest.fixture(scope="session")
def orl_for_dlib(open_data: Path, detector: MtcnnDetector) -> FaceFolder:
    folder = open_data / "verification" / "orl_s01_s20"
    return gather_faces(folder, detector, alignment_of(encoder_entry("dlib-resnet")))


@pytest.fixture(scope="session")
def orl_small(open_data: Path, detector: MtcnnDetector) -> FaceFolder:
    return gather_faces(open_data / "verification" / "orl_s01_s20", detector, ALIGNMENTS["openface-96"])


@pytest.fixture(scope="session")
def stills_for_dlib(open_data: Path, detector: MtcnnDetector) -> FaceFolder:
    folder = open_data / "verification" / "friends_stills"
    return gather_faces(folder, detector, alignment_of(encoder_entry("dlib-resnet")))
