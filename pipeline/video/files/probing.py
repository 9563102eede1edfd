"""Whether a file can be footage at all, told by FFmpeg from its content: names say nothing."""

from __future__ import annotations

from pathlib import Path

from pipeline.video.files.container import open_footage

SUFFIXES = {
    "mov": ".mp4",
    "mp4": ".mp4",
    "matroska": ".mkv",
    "webm": ".mkv",
    "avi": ".avi",
    "mpegts": ".ts",
    "mpeg": ".mpg",
    "flv": ".flv",
    "asf": ".wmv",
    "mpjpeg": ".mjpeg",
    "mjpeg": ".mjpeg",
    "h264": ".h264",
    "hevc": ".hevc",
    "ogg": ".ogv",
}
"""How files of FFmpeg's formats are called."""
OTHER_SUFFIX = ".video"
BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})
"""What QuickTime's and MP4 files begin with, after four bytes; their index is often at the end."""


def check_beginning(path: Path) -> None:
    """Raise `SourceUnreadable` when the file, of which perhaps only the beginning is there, cannot become footage."""
    with path.open("rb") as file:
        head = file.read(8)
    if head[4:] in BOXES:
        return
    with open_footage(path):
        return


def footage_suffix(path: Path) -> str:
    """The ending that a file of this content should have; raises `SourceUnreadable` when it is no video."""
    with open_footage(path) as footage:
        names = str(footage.container.format.name).split(",")
    return next((SUFFIXES[name] for name in names if name in SUFFIXES), OTHER_SUFFIX)
