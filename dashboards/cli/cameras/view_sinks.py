"""Where the pictures of `camera view` go: to a page, into a folder, or into a video."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, tee
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.cameras.view_page import Newest, check_free, page_at
from dashboards.cli.output import say
from dashboards.cli.progress import waiting
from pipeline.errors import InputError, StoreFull

if TYPE_CHECKING:
    from pipeline.schemas import ImageU8
    from pipeline.viewing.viewer import ViewedFrame

Sink = Callable[[Iterator["ViewedFrame"]], None]
"""Takes pictures until there are no more."""
JPEG_QUALITY = 85
VIDEO_SUFFIXES = (".mp4", ".mkv", ".mov")
USUAL_FPS = 10.0
"""What a video says its rate is; each picture is shown at its own time all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where pictures are to go, as the flags say."""

    out: Path | None
    out_dir: Path | None
    host: str
    port: int

    def check(self) -> None:
        """Raise `InputError` before any model is loaded for nothing."""
        if self.out is not None and self.out_dir is not None:
            raise InputError("--out and --out-dir: choose one of them")
        if self.out is not None and self.out.suffix.lower() not in VIDEO_SUFFIXES:
            raise InputError(f"--out {self.out}: a video is written as {', '.join(VIDEO_SUFFIXES)}")
        if self.out is not None and not self.out.absolute().parent.is_dir():
            raise InputError(f"--out {self.out}: there is no folder {self.out.absolute().parent}")
        if self.out is None and self.out_dir is None:
            check_free(self.host, self.port)


def sink_for(target: Target) -> Sink:
    """What takes the pictures."""
    if target.out is not None:
        out = target.out
        return lambda frames: _write_video(out, frames)
    if target.out_dir is not None:
        folder = target.out_dir
        return lambda frames: _write_pictures(folder, frames)
    return lambda frames: _show_page(target, frames)


def _show_page(target: Target, frames: Iterator[ViewedFrame]) -> None:
    newest = Newest()
    with page_at(target.host, target.port, newest) as address:
        say(f"open {address}")
        say("the address is good for one browser; q or Ctrl-C ends it")
        for frame in frames:
            newest.show(_jpeg(frame.frame_bgr))


def _write_pictures(folder: Path, frames: Iterator[ViewedFrame]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with waiting(f"writing pictures to {folder}"):
            there = (frame for frame in frames if frame.problem is None)
            for number, frame in enumerate(there, 1):
                name = f"{number:06d}_{frame.media_s:010.3f}s.jpg"
                (folder / name).write_bytes(_jpeg(frame.frame_bgr))
    except OSError as error:
        raise StoreFull(f"{folder} cannot be written: {error.strerror}") from error


def _write_video(path: Path, frames: Iterator[ViewedFrame]) -> None:
    from pipeline.video.writing import write_video

    first = next(frames, None)
    if first is None:
        return
    height, width = first.frame_bgr.shape[:2]
    pictures, times = tee(chain([first], frames))
    with waiting(f"writing {path}"):
        write_video(
            path,
            (_fitted(frame.frame_bgr, (width, height)) for frame in pictures),
            USUAL_FPS,
            times_s=(frame.media_s for frame in times),
        )


def _fitted(frame_bgr: ImageU8, size_wh: tuple[int, int]) -> ImageU8:
    """The picture in the middle of one of that size: a camera may come back with another, a video has one."""
    import cv2
    import numpy as np

    height, width = frame_bgr.shape[:2]
    if (width, height) == size_wh:
        return frame_bgr
    part = min(size_wh[0] / width, size_wh[1] / height)
    small = cv2.resize(frame_bgr, (max(1, round(width * part)), max(1, round(height * part))))
    left, top = (size_wh[0] - small.shape[1]) // 2, (size_wh[1] - small.shape[0]) // 2
    whole = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    whole[top : top + small.shape[0], left : left + small.shape[1]] = small
    return whole


def _jpeg(frame_bgr: ImageU8) -> bytes:
    import cv2

    _, coded = cv2.imencode(".jpg", frame_bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return bytes(coded.tobytes())
