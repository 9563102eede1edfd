"""The tutorials' network: the distances that they print."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.encoders.network import NetworkEncoder
from pipeline.encoders.networks.nn4_small2_tutorial import build
from pipeline.faces.alignment import ALIGNMENTS
from pipeline.schemas import VectorF32

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(nn4_file: Path, open_data: Path) -> dict[str, VectorF32]:
    """The vectors of the course's pictures, unaligned as they are, by name."""
    encoder = NetworkEncoder("nn4-small2-tutorial", build(nn4_file), ALIGNMENTS["whole-96"])
    paths = sorted((open_data / "identification" / "dlai_course").glob("*/*.*"))
    crops = np.stack([cv2.imread(str(path))[..., ::-1] for path in paths])
    return dict(zip((path.stem for path in paths), encoder.embed(crops), strict=True))


@pytest.mark.parametrize(
    ("probe", "person", "distance"),
    [("camera_0", "younes", 0.6671406), ("camera_2", "kian", 0.8586887), ("camera_1", "bertrand", 0.4680733)],
)
def test_distances_are_those_the_tutorials_print(
    course: dict[str, VectorF32], probe: str, person: str, distance: float
):
    assert np.linalg.norm(course[probe] - course[person]) == pytest.approx(distance, abs=1e-5)
