from datetime import UTC, datetime
from fractions import Fraction

import pytest

from pipeline.video.files.source import probe_source
from pipeline.video.writing import WritingOptions
from tests.pipeline.video.clips import MakeClip


def test_facts_of_a_plain_clip(make_clip: MakeClip) -> None:
    info = probe_source(make_clip("two_seconds.mp4"), 1920)

    assert (info.size_wh, info.duration_s, info.fps_average) == ((160, 96), 2.0, 25.0)
    assert (info.codec, info.rotation_degrees, info.created_at) == ("h264", 0, None)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_video_is_upright(make_clip: MakeClip, degrees: int) -> None:
    info = probe_source(make_clip(f"turned{degrees}.mp4", 5, options=WritingOptions(rotation_degrees=degrees)), 1920)

    assert info.rotation_degrees == degrees
    assert info.size_wh == ((160, 96) if degrees == 180 else (96, 160))


def test_pixels_become_square(make_clip: MakeClip) -> None:
    path = make_clip("wide.mp4", 5, options=WritingOptions(pixel_aspect=Fraction(4, 3)))

    assert probe_source(path, 1920).size_wh == (212, 96)


def test_no_side_is_longer_than_asked_for(make_clip: MakeClip) -> None:
    assert probe_source(make_clip("two_seconds.mp4"), 80).size_wh == (80, 48)


def test_odd_sizes_become_even(make_clip: MakeClip) -> None:
    path = make_clip("odd.mkv", 5, size_wh=(161, 97), options=WritingOptions(codec="ffv1"))

    assert probe_source(path, 1920).size_wh == (160, 96)


def test_creation_time_is_read(make_clip: MakeClip) -> None:
    moment = datetime(2024, 1, 31, 12, tzinfo=UTC)

    assert probe_source(make_clip("dated.mp4", 5, options=WritingOptions(created_at=moment)), 1920).created_at == moment
