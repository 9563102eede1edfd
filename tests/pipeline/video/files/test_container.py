import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import SourceUnreadable
from pipeline.video.files.container import open_footage
from pipeline.video.writing import write_silence
from tests.pipeline.video.clips import MakeClip


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "is empty"), (b"\x07" * 5000, "no video"), (b"a,b\n1,2\n" * 99, "no video")],
    ids=["empty", "junk", "text"],
)
def test_file_that_is_no_video_is_refused_with_the_reason(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)

    with pytest.raises(SourceUnreadable, match=problem) as raised, open_footage(path):
        pass

    assert str(path) in str(raised.value)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="no such file"), open_footage(tmp_path / "nothing.mp4"):
        pass


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="is a folder"), open_footage(tmp_path):
        pass


def test_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")

    with pytest.raises(SourceUnreadable, match="is a pipe"), open_footage(tmp_path / "pipe.mp4"):
        pass


def test_sound_without_picture_is_refused(tmp_path: Path) -> None:
    write_silence(tmp_path / "sound.m4a", 0.5)

    with pytest.raises(SourceUnreadable, match="sound but no picture"), open_footage(tmp_path / "sound.m4a"):
        pass


@pytest.mark.parametrize("name", ["list.m3u8", "clip.mp4", "clip.ffconcat"])
@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXTINF:2,\nfile://{}\n#EXT-X-ENDLIST\n",
        '#EXTM3U\n#EXT-X-MAP:URI="file://{}"\n#EXTINF:2,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n',
        "#EXTM3U\n#EXTINF:2,\nconcat:{}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nfile://{}\n",
        "ffconcat version 1.0\nfile {}\n",
        "ffconcat version 1.0\nfile /etc/passwd\n",
        "v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "<MPD><Period><AdaptationSet><Representation><BaseURL>file://{}</BaseURL></Representation></AdaptationSet></Period>",
    ],
)
def test_playlist_cannot_open_other_files(tmp_path: Path, make_clip: MakeClip, name: str, playlist: str) -> None:
    path = tmp_path / name
    path.write_text(playlist.format(make_clip("secret.mp4").resolve()))

    with pytest.raises(SourceUnreadable), open_footage(path):
        pass


def count_open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_file_is_closed_even_when_reading_is_given_up(make_clip: MakeClip) -> None:
    path = make_clip("closed.mp4", 5)
    before = count_open_files()

    with open_footage(path):
        pass

    assert count_open_files() == before


def test_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), np.full((40, 40, 3), 128, np.uint8))

    with pytest.raises(SourceUnreadable, match=r"portrait\.png: is a picture"), open_footage(path):
        pass
