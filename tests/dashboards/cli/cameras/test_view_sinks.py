"""Where the pictures of `camera view` go: whole at every end, of one size, and nothing where nothing was shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dashboards.cli.cameras.view_page import Newest, page_at
from dashboards.cli.cameras.view_sinks import Target, sink_for
from pipeline.errors import SettingsError
from pipeline.video.files.source import probe_source
from pipeline.viewing.viewer import ViewedFrame


def make_viewed(media_s: float, size_wh: tuple[int, int] = (64, 48), problem: str | None = None) -> ViewedFrame:
    picture = np.full((size_wh[1], size_wh[0], 3), 90, np.uint8)
    return ViewedFrame(frame_bgr=picture, media_s=media_s, problem=problem)


def target(tmp_path: Path, *, out: str | None = None, out_dir: str | None = None, port: int = 0) -> Target:
    return Target(
        out=tmp_path / out if out else None,
        out_dir=tmp_path / out_dir if out_dir else None,
        host="127.0.0.1",
        port=port,
    )


def test_nothing_shown_no_video(tmp_path: Path) -> None:
    sink_for(target(tmp_path, out="a.mp4"))(iter(()))

    assert list(tmp_path.iterdir()) == []


def test_video_is_whole_when_the_looking_is_broken_off(tmp_path: Path) -> None:
    def broken_off() -> Iterator[ViewedFrame]:
        yield from (make_viewed(number / 10) for number in range(20))
        raise SettingsError("no more")

    with pytest.raises(SettingsError):
        sink_for(target(tmp_path, out="a.mp4"))(broken_off())

    assert probe_source(tmp_path / "a.mp4", 1920).duration_s == pytest.approx(2, abs=0.2)


def test_camera_that_comes_back_with_another_size_goes_on_in_the_same_video(tmp_path: Path) -> None:
    frames = [make_viewed(0.0), make_viewed(0.5, problem="away"), make_viewed(1.0, (320, 180)), make_viewed(1.5)]

    sink_for(target(tmp_path, out="a.mp4"))(iter(frames))

    assert probe_source(tmp_path / "a.mp4", 1920).size_wh == (64, 48)


def test_folder_has_pictures_of_the_camera_and_none_of_its_absence(tmp_path: Path) -> None:
    frames = [make_viewed(0.0), make_viewed(1.0, problem="away"), make_viewed(2.5)]

    sink_for(target(tmp_path, out_dir="frames"))(iter(frames))

    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == ["000001_000000.000s.jpg", "000002_000002.500s.jpg"]


@pytest.mark.slow
def test_port_that_is_taken_is_told_before_any_model_is_loaded(tmp_path: Path) -> None:
    with page_at("127.0.0.1", 0, Newest()) as address:
        port = int(address.split(":")[2].partition("/")[0])

        with pytest.raises(SettingsError, match="--port takes another"):
            target(tmp_path, port=port).check()
