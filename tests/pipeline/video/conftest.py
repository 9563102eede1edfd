"""A folder of drawn clips that lives as long as the session."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.video.writing import WritingOptions, write_video
from tests.pipeline.video.clips import MakeClip, draw_frames


@pytest.fixture(scope="session")
def make_clip(tmp_path_factory: pytest.TempPathFactory) -> MakeClip:
    """Write a drawn clip of `count` frames, 25 a second unless told, and return its path; the same clip is kept."""
    folder = tmp_path_factory.mktemp("clips")

    def make(
        name: str,
        count: int = 50,
        *,
        size_wh: tuple[int, int] = (160, 96),
        options: WritingOptions | None = None,
        times_s: list[float] | None = None,
    ) -> Path:
        drawn = hashlib.sha256(repr((count, size_wh, options, times_s)).encode()).hexdigest()[:8]
        path = folder / drawn / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            write_video(path, draw_frames(count, size_wh), 25, options, times_s)
        return path

    return make
