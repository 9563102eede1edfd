"""Real footage, upright and turned by our writer without a word about it in the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.encoders.manifest import encoder_entry
from pipeline.errors import WeightsError
from pipeline.faces.detectors.choice import detector_weights, has_weights
from pipeline.intake.orientation import can_find_rotation, find_rotation
from pipeline.options import AnalysisOptions, EncodingOptions
from pipeline.video.writing import WritingOptions, write_video

OPEN_VIDEOS = [
    "videos/friends_apartment_part1.mp4",
    "videos/intel_classroom.mp4",
    "videos/intel_head_tilt.mp4",
    "videos/intel_no_faces.mp4",
    "videos/intel_three_walk.mp4",
    "videos/obama_podium.mp4",
    "videos/short_hamilton.mp4",
    "synthetic/synthetic_open.mp4",
]
OPTIONS = AnalysisOptions()
Turn = Callable[[Path, int], Path]


@pytest.fixture(scope="module")
def weights(weights_cache: Path) -> Path:
    try:
        detector_weights("yunet", weights_cache)
    except WeightsError as error:
        pytest.skip(f"YuNet cannot be had: {error}")
    return weights_cache


@pytest.fixture
def turn(tmp_path: Path) -> Turn:
    """Write a video's first 90 frames turned counter-clockwise by so many quarters."""

    def turned(path: Path, quarters: int) -> Path:
        target = tmp_path / f"turned{quarters}.mp4"
        with av.open(str(path)) as container:
            frames = [np.rot90(frame.to_ndarray(format="bgr24"), quarters) for frame in container.decode(video=0)]
        write_video(target, frames[:90], 25, WritingOptions(codec_options={"crf": "18"}))
        return target

    return turned


@pytest.mark.slow
@pytest.mark.parametrize("video", OPEN_VIDEOS)
def test_upright_footage_is_never_turned(open_data: Path, weights: Path, video: str) -> None:
    assert find_rotation(open_data / video, weights, OPTIONS) == 0


@pytest.mark.slow
@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("video", ["videos/obama_podium.mp4", "videos/intel_three_walk.mp4"])
def test_turned_footage_is_turned_back(open_data: Path, weights: Path, turn: Turn, video: str, quarters: int) -> None:
    assert find_rotation(turn(open_data / video, quarters), weights, OPTIONS) == 360 - 90 * quarters


@pytest.mark.slow
def test_without_the_detector_footage_is_taken_as_it_lies(
    open_data: Path, tmp_path: Path, turn: Turn, caplog: pytest.LogCaptureFixture
) -> None:
    options = AnalysisOptions(encoding=EncodingOptions(encoder="dlib-resnet"))
    if has_weights("yunet", tmp_path):
        pytest.skip("the detector is installed")

    assert not can_find_rotation(tmp_path, options)
    with caplog.at_level("INFO"):
        rotation = find_rotation(turn(open_data / "videos/obama_podium.mp4", 1), tmp_path, options)

    assert rotation == 0
    assert "taken as it lies" in caplog.text
    assert not any(tmp_path.rglob("*.onnx")), "nothing is fetched for it that the run does not need"


def test_the_default_encoder_and_the_detector_come_in_one_package(tmp_path: Path) -> None:
    from pipeline.faces.detectors.manifest import detector_entry

    assert encoder_entry(OPTIONS.encoding.encoder).package == detector_entry("yunet").package
    assert can_find_rotation(tmp_path, OPTIONS)
