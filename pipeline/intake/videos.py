"""The videos that a command line means: files, folders of videos, and patterns."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import SourceUnreadable

# fmt: off
SUFFIXES = frozenset({
    ".3gp", ".asf", ".avi", ".dav", ".divx", ".f4v", ".flv", ".gif", ".h264", ".h265", ".hevc", ".m2t", ".m2ts", ".m4v",
    ".mjpeg", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".qt", ".rm", ".rmvb", ".ts", ".vob",
    ".webm", ".wmv", ".y4m",
})
# fmt: on
"""Endings that a folder is searched for; a file that is named itself may have any."""


def list_videos(arguments: Iterable[Path]) -> tuple[Path, ...]:
    """The files meant, each once, in the order given; folders are searched with those below them.

    Raises `SourceUnreadable` for an argument that means nothing.
    """
    found = [path for argument in arguments for path in _meant(argument)]
    return tuple(dict.fromkeys(found))


def _meant(argument: Path) -> list[Path]:
    if argument.is_dir():
        return _in_folder(argument)
    if argument.exists() or not glob.has_magic(str(argument)):
        return [argument]
    matching = sorted(Path(path) for path in glob.glob(str(argument), recursive=True))  # noqa: PTH207 # absolute too
    videos = [video for path in matching for video in (_in_folder(path) if path.is_dir() else [path])]
    if not videos:
        raise SourceUnreadable(f"{argument}: no file matches")
    return videos


def _in_folder(folder: Path) -> list[Path]:
    inside = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    videos = [path for path in inside if not path.name.startswith(".")]
    if not videos:
        raise SourceUnreadable(f"{folder}: no video in this folder or below (endings such as .mp4, .mkv, .avi)")
    return videos
