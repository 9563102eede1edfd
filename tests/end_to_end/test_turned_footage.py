"""Footage that lies on its side, without a word about it in the file, gives what it gives upright."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.analysis import Analysis, analyze
from pipeline.options import AnalysisOptions
from pipeline.video.writing import WritingOptions, write_video

pytestmark = pytest.mark.slow

FPS = 15


def write_turned(source: Path, target: Path, quarters: int) -> Path:
    """The pictures of `source`, turned counter-clockwise and nearly without loss."""
    with av.open(str(source)) as container:
        pictures = (np.rot90(frame.to_ndarray(format="bgr24"), quarters) for frame in container.decode(video=0))
        write_video(target, pictures, FPS, WritingOptions(codec_options={"crf": "8"}))
    return target


def told(analysis: Analysis) -> list[tuple[str | None, str, float, float]]:
    return [(one.person_name, one.status, one.media_start_s, one.media_end_s) for one in analysis.sightings]


def test_a_video_on_its_side_is_seen_as_upright(open_data: Path, tmp_path: Path, weights_cache: Path) -> None:
    (tmp_path / "weights").symlink_to(weights_cache)
    podium = open_data / "videos/obama_podium.mp4"
    videos = [write_turned(podium, tmp_path / f"turned{quarters}.mp4", quarters) for quarters in (0, 1)]

    upright, turned = analyze(videos, data_dir=tmp_path, gallery=open_data / "gallery/obama")

    assert [one.person_name for one in upright.sightings] == ["barack_obama"]
    assert told(turned) == told(upright)
    assert upright.sightings[0].best_score == pytest.approx(turned.sightings[0].best_score, abs=0.02)
    pinned = [AnalysisOptions.from_json(one.run.options_json).sampling.rotation for one in (upright, turned)]
    assert pinned == [0, 270]
