"""A camera or a file as annotated pictures, in one process: read, find faces, encode, follow, name, draw."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.encoders.embedding import FaceEmbedder
from pipeline.errors import SourceLost
from pipeline.faces.finding import FaceFinder, to_bgr
from pipeline.options import SamplingOptions
from pipeline.schemas import FrameChunk, ImageU8, RunEnded, RunKey
from pipeline.video.chunks import read_chunks
from pipeline.video.live.address import CameraAddress, CameraKind
from pipeline.video.live.reading import LiveReader, ReadingLimits, ThreadLedger
from pipeline.viewing.drawing import draw_marks
from pipeline.viewing.naming import FaceNamer, NamedFace, Naming

KEPT_BYTES = 4 * 1024 * 1024
"""Pictures that wait to be looked at, in bytes: three of 720p. Older ones would only be shown late."""
RATE_S = 3.0
"""The rate that is shown is that of the last pictures, in seconds."""
VIEW = RunKey("view", "view")


@dataclass(frozen=True, slots=True, eq=False)
class ViewedFrame:
    """One picture with what was found in it."""

    frame_bgr: ImageU8
    """`(H, W, 3)` uint8 BGR, annotated."""
    media_s: float
    """Since the first picture, in seconds."""
    faces: tuple[NamedFace, ...]
    fps: float | None
    """Pictures a second that were looked at lately."""
    delay_s: float | None
    """From the camera's picture to this one, in seconds; None for a file, which does not wait."""


@dataclass(frozen=True, slots=True)
class Look:
    """The models and the gallery to look with."""

    finder: FaceFinder
    embedder: FaceEmbedder
    naming: Naming


def view_file(path: Path, sampling: SamplingOptions, look: Look) -> Iterator[ViewedFrame]:
    """Every sample of a video file, as fast as it goes; raises `SourceUnreadable`."""
    annotator = _Annotator(look, path.name)
    for chunk in read_chunks(path, VIEW, _every_picture(sampling)):
        if isinstance(chunk, FrameChunk):
            yield from annotator.annotate(chunk, None)


def view_camera(
    address: CameraAddress, name: str, sampling: SamplingOptions, look: Look, stop: threading.Event
) -> Iterator[ViewedFrame]:
    """What a camera shows, until `stop` is set; pictures that come too fast are left out.

    Raises `SourceRefused` or `SourceLost`, the latter also when the camera goes away; the end of a file is no loss.
    """
    annotator = _Annotator(look, name)
    limits = ReadingLimits(kept_bytes=KEPT_BYTES)
    with LiveReader(address, _every_picture(sampling), ThreadLedger(), stop, limits) as reader:
        connected_at = reader.open().connected_at
        began_s = time.monotonic() - (datetime.now(UTC) - connected_at).total_seconds()
        try:
            for chunk in reader.read(VIEW):
                if not isinstance(chunk, RunEnded):
                    yield from annotator.annotate(chunk, began_s)
        except SourceLost:
            if address.kind is not CameraKind.FILE:
                raise


def _every_picture(sampling: SamplingOptions) -> SamplingOptions:
    """Without the gate, which leaves out pictures in which nothing moves."""
    return replace(sampling, gate=False)


class _Annotator:
    """Finds, names and draws the faces of one source's chunks."""

    def __init__(self, look: Look, name: str) -> None:
        self._look = look
        self._name = name
        self._namer = FaceNamer(look.naming)
        self._times: deque[float] = deque()

    def annotate(self, chunk: FrameChunk, began_s: float | None) -> Iterator[ViewedFrame]:
        """The chunk's pictures; `began_s` is when its first one was taken, on the clock that never jumps."""
        found = self._look.embedder.embed(self._look.finder.find(chunk))
        named = {sample.index: (sample.media_s, faces) for sample, faces in self._namer.name(found)}
        for frame in chunk.frames:
            media_s, faces = named[frame.sample_index]
            fps = self._rate()
            delay_s = None if began_s is None else max(0.0, time.monotonic() - began_s - media_s)
            drawn = draw_marks(to_bgr(frame), [face.mark for face in faces], self._caption(fps, delay_s, media_s))
            yield ViewedFrame(drawn, media_s, faces, fps, delay_s)

    def _rate(self) -> float | None:
        now_s = time.monotonic()
        self._times.append(now_s)
        while self._times[0] < now_s - RATE_S:
            self._times.popleft()
        span_s = now_s - self._times[0]
        return (len(self._times) - 1) / span_s if span_s > 0 else None

    def _caption(self, fps: float | None, delay_s: float | None, media_s: float) -> str:
        minutes, seconds = divmod(media_s, 60)
        parts = [self._name, f"{int(minutes):02d}:{seconds:04.1f}"]
        if delay_s is not None:
            parts += [] if fps is None else [f"{fps:.1f} fps"]
            parts.append(f"{delay_s:.2f} s late")
        return "   ".join(parts)
