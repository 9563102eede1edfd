"""Uploads: known by their content, bounded while they come in, never named by their sender."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest

from dashboards.web.failures import TooMuch
from dashboards.web.security.incoming.uploads import keep_footage, read_picture, shown_name
from pipeline.config import WebSettings
from pipeline.errors import ImageUnreadable, PipelineError, SourceUnreadable
from pipeline.video.writing import write_video
from tests.dashboards.web.waiting import finished

SMALL = WebSettings(most_picture_mb=1, most_upload_mb=6)
PNG = b"\x89PNG\r\n\x1a\n"


class Sent:
    """An upload that counts what was read of it."""

    def __init__(self, content: bytes) -> None:
        self._file = BytesIO(content)

    @property
    def n_read(self) -> int:
        return self._file.tell()

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


def picture(size_wh: tuple[int, int] = (40, 30)) -> bytes:
    drawn = np.full((size_wh[1], size_wh[0], 3), 128, np.uint8)
    return cv2.imencode(".jpg", drawn)[1].tobytes()


def bomb(side: int) -> bytes:
    """A PNG of `side` x `side` pixels, whose black rows take next to nothing."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (side // 8 + 1) * side)
    parts = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return PNG + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def test_picture_comes_as_it_was_sent() -> None:
    content = picture()

    assert finished(read_picture(Sent(content), SMALL)) == content


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"#!/bin/sh\n" + picture(), PNG],
    ids=["empty", "cut", "svg", "pdf", "script", "head only"],
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(ImageUnreadable):
        finished(read_picture(Sent(content), SMALL))


def test_large_picture_is_not_read_to_its_end() -> None:
    sent = Sent(picture() + b"\0" * 20_000_000)

    with pytest.raises(TooMuch, match="1 MB"):
        finished(read_picture(sent, SMALL))

    assert sent.n_read < 3_000_000


def test_bomb_is_refused_by_its_header() -> None:
    content = bomb(15_000)
    assert len(content) < 1_000_000

    with pytest.raises(ImageUnreadable, match="15000 x 15000"):
        finished(read_picture(Sent(content), SMALL))


async def in_parts(content: bytes, size: int = 300_000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_video(path, (np.full((96, 160, 3), value, np.uint8) for value in range(25)), 25)
    return path.read_bytes()


def test_footage_is_named_by_its_content(tmp_path: Path, clip: bytes) -> None:
    kept = finished(keep_footage(in_parts(clip), tmp_path / "footage", SMALL))

    assert kept.path == tmp_path / "footage" / f"{hashlib.sha256(clip).hexdigest()}.mp4"
    assert (kept.path.read_bytes(), kept.was_there) == (clip, False)
    assert finished(keep_footage(in_parts(clip), tmp_path / "footage", SMALL)).was_there
    assert list(kept.path.parent.iterdir()) == [kept.path]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", SourceUnreadable),
        (b"#EXTM3U\nfile:///etc/passwd\n", SourceUnreadable),
        (b"PK\3\4" + b"x" * 1000, SourceUnreadable),
        (picture(), SourceUnreadable),
        (b"\0\0\0\x18ftypisom" + b"\0" * 7_000_000, TooMuch),
    ],
    ids=["empty", "playlist", "archive", "picture", "too large"],
)
def test_refused_upload_leaves_nothing(tmp_path: Path, content: bytes, error: type[PipelineError]) -> None:
    with pytest.raises(error) as raised:
        finished(keep_footage(in_parts(content), tmp_path / "footage", SMALL))

    assert str(tmp_path) not in str(raised.value)
    assert list((tmp_path / "footage").iterdir()) == []


def test_large_upload_that_is_no_video_ends_early(tmp_path: Path) -> None:
    n_parts = 0

    async def nothing() -> AsyncIterator[bytes]:
        nonlocal n_parts
        for _ in range(1000):
            n_parts += 1
            yield b"\0" * 1_048_576

    with pytest.raises(SourceUnreadable):
        finished(keep_footage(nothing(), tmp_path, WebSettings()))

    assert n_parts < 10


def test_sender_who_goes_away_leaves_nothing(tmp_path: Path, clip: bytes) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield clip[:1000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        finished(keep_footage(broken(), tmp_path, SMALL))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("door.mp4", "door.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\videos\\door.mp4", "door.mp4"),
        ("a\nb\x00\u202egpj.mp4", "abgpj.mp4"),
        ("x" * 500, "x" * 120),
        ("", "footage"),
        (None, "footage"),
    ],
)
def test_senders_name_is_only_shown(name: str | None, shown: str) -> None:
    assert shown_name(name) == shown
