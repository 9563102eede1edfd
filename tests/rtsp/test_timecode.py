"""Time codes come through coding and scaling, and damage is noticed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.options import SamplingOptions
from pipeline.schemas import RunKey
from pipeline.video.chunks import read_chunks
from pipeline.video.writing import write_video
from tests.pipeline.video.clips import draw_frames
from tests.rtsp.timecode import draw_timecode, read_timecode


def test_picture_without_a_code_has_none() -> None:
    assert read_timecode(np.full((270, 480), 235, np.uint8)) is None


@pytest.mark.parametrize("number", [0, 1, 4_000, 2**32 - 1])
def test_code_is_read_back(number: int) -> None:
    marked = draw_timecode(np.full((270, 480, 3), 90, np.uint8), number)

    assert read_timecode(marked[:, :, 0]) == number


def test_code_survives_a_video_codec(tmp_path: Path) -> None:
    frames = [draw_timecode(frame, place * 40) for place, frame in enumerate(draw_frames(25, (480, 270)))]
    write_video(tmp_path / "coded.mp4", frames, 25)

    chunks = list(read_chunks(tmp_path / "coded.mp4", RunKey("f", "r"), SamplingOptions(fps=None, gate=False)))[:-1]

    lumas = [frame.i420[:270] for chunk in chunks for frame in chunk.frames]  # type: ignore[union-attr]
    assert [read_timecode(luma) for luma in lumas] == [place * 40 for place in range(25)]
