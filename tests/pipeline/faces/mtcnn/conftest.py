"""Real frames, and the detector built once: what the tests with TensorFlow share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pipeline.options import DetectionOptions, SamplingOptions
from pipeline.schemas import FrameChunk, ImageU8, RunKey
from pipeline.video.chunks import read_chunks

if TYPE_CHECKING:
    from pipeline.faces.mtcnn.detector import MtcnnDetector

VIDEOS = (
    "videos/friends_apartment_part1.mp4",
    "videos/intel_classroom.mp4",
    "videos/intel_head_tilt.mp4",
    "videos/intel_three_walk.mp4",
    "videos/obama_podium.mp4",
    "videos/short_hamilton.mp4",
    "synthetic/synthetic_open.mp4",
)


@dataclass(frozen=True, eq=False)
class Pictures:
    """A chunk's frames `(H, W, 3)` uint8 BGR, which of them begin a shot, and their media times in seconds."""

    frames_bgr: list[ImageU8]
    starts_shot: list[bool]
    times_s: list[float]


def read_pictures(path: Path) -> list[Pictures]:
    """The chunks of a video at the default sampling, nothing gated."""
    read = read_chunks(path, RunKey("f_0", "r_0"), SamplingOptions(gate=False))
    return [_to_pictures(chunk) for chunk in read if isinstance(chunk, FrameChunk)]


def _to_pictures(chunk: FrameChunk) -> Pictures:
    samples = {sample.index: sample for sample in chunk.samples}
    return Pictures(
        [np.asarray(cv2.cvtColor(frame.i420, cv2.COLOR_YUV2BGR_I420)) for frame in chunk.frames],
        [samples[frame.sample_index].starts_shot for frame in chunk.frames],
        [samples[frame.sample_index].media_s for frame in chunk.frames],
    )


@pytest.fixture(scope="session")
def make_detector() -> Callable[[DetectionOptions], MtcnnDetector]:
    """Builds a detector; imports TensorFlow when it is first called."""

    def make(options: DetectionOptions) -> MtcnnDetector:
        from pipeline.faces.mtcnn.detector import MtcnnDetector

        return MtcnnDetector(options)

    return make


@pytest.fixture(scope="session")
def detector(make_detector: Callable[[DetectionOptions], MtcnnDetector]) -> MtcnnDetector:
    """The detector as it is by default."""
    return make_detector(DetectionOptions())
