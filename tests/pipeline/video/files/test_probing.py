"""What can be footage at all, by its content and whatever it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SourceUnreadable
from pipeline.video.files.probing import check_beginning, footage_suffix
from tests.pipeline.video.clips import MakeClip


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100_000, b"#EXTM3U\n/etc/passwd\n", b"<html></html>", b"\x7fELF" * 999]
)
def test_what_is_no_video_is_refused_by_its_beginning(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)

    with pytest.raises(SourceUnreadable):
        check_beginning(path)


def test_beginning_of_a_video_is_enough(tmp_path: Path, make_clip: MakeClip) -> None:
    whole = make_clip("whole.mp4").read_bytes()  # with its index at the end
    path = tmp_path / "upload"
    path.write_bytes(whole[: len(whole) // 2])

    check_beginning(path)


@pytest.mark.parametrize(("name", "suffix"), [("whole.mp4", ".mp4"), ("whole.mkv", ".mkv"), ("whole.avi", ".avi")])
def test_ending_follows_the_content(tmp_path: Path, make_clip: MakeClip, name: str, suffix: str) -> None:
    path = tmp_path / "no ending at all"
    path.write_bytes(make_clip(name).read_bytes())

    assert footage_suffix(path) == suffix
