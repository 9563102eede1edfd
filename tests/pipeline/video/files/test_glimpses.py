"""A few pictures of a video: spread over it, in a bounded number."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.errors import SourceUnreadable
from pipeline.video.files.glimpses import far_apart, glimpse_keyframes, glimpse_opening
from pipeline.video.writing import WritingOptions
from tests.pipeline.video.clips import MakeClip

KEYED = WritingOptions(codec_options={"g": "25", "bf": "2"})


def test_places_fill_the_widest_gaps() -> None:
    assert far_apart(5) == [Fraction(1, 2), Fraction(1, 4), Fraction(3, 4), Fraction(1, 8), Fraction(3, 8)]
    assert far_apart(0) == []


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "avi"])
def test_keyframes_come_from_all_containers(make_clip: MakeClip, suffix: str) -> None:
    pictures = list(glimpse_keyframes(make_clip(f"keyed.{suffix}", 200, options=KEYED), 6, 120))

    assert 4 <= len(pictures) <= 6
    assert {picture.shape for picture in pictures} == {(72, 120, 3)}


def test_each_keyframe_is_seen_once(make_clip: MakeClip) -> None:
    assert len(list(glimpse_keyframes(make_clip("keyed.mp4", 200, options=KEYED), 40, 160))) <= 8


def test_an_opening_gives_pictures_where_keyframes_are_few(make_clip: MakeClip) -> None:
    path = make_clip("one_keyframe.mp4", 60, options=WritingOptions(codec_options={"g": "250", "sc_threshold": "0"}))

    assert len(list(glimpse_keyframes(path, 8, 160))) == 1
    assert len(list(glimpse_opening(path, 160))) == 6


def test_pictures_are_turned_by_the_metadata(make_clip: MakeClip) -> None:
    path = make_clip("on_its_side.mp4", 5, options=WritingOptions(rotation_degrees=90))

    assert next(glimpse_keyframes(path, 1, 160)).shape == (160, 96, 3)


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable):
        list(glimpse_keyframes(tmp_path / "missing.mp4", 3, 160))
