"""Clips for cameras: with motion in every picture, and a keyframe every half second, so that damage heals."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.video.writing import WritingOptions
from tests.pipeline.video.clips import MakeClip

OFTEN_WHOLE = WritingOptions(codec_options={"g": "12", "bf": "0"})


@pytest.fixture(scope="session")
def clip(make_clip: MakeClip) -> Path:
    """Six seconds of 320x180, 25 pictures a second."""
    return make_clip("live.mp4", 150, size_wh=(320, 180), options=OFTEN_WHOLE)


@pytest.fixture(scope="session")
def wide_clip(make_clip: MakeClip) -> Path:
    """The same at 480x270."""
    return make_clip("live_wide.mp4", 150, size_wh=(480, 270), options=OFTEN_WHOLE)
