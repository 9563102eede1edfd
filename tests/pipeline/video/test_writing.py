from pathlib import Path

import pytest

from pipeline.video.files.container import open_footage
from pipeline.video.files.decoding import FrameReader
from pipeline.video.writing import write_video
from tests.pipeline.video.clips import draw_frames


def read_times(path: Path) -> list[float]:
    with open_footage(path) as footage:
        return [float(frame.media_time) for frame in FrameReader(footage).read()]


@pytest.mark.parametrize("fps", [10, 23.976, 25, 29.97])
def test_frames_are_shown_at_the_rate(tmp_path: Path, fps: float) -> None:
    write_video(tmp_path / "clip.mp4", draw_frames(6), fps)

    assert read_times(tmp_path / "clip.mp4") == pytest.approx([index / fps for index in range(6)], abs=1e-4)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_frames_are_shown_at_given_times(tmp_path: Path, suffix: str) -> None:
    times_s = [0.0, 0.1, 0.5, 2.0]
    path = tmp_path / f"clip.{suffix}"

    write_video(path, draw_frames(4), 25, times_s=times_s)

    assert read_times(path) == pytest.approx(times_s, abs=1e-3)
