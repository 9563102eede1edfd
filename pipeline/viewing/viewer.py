"""Chunks as annotated pictures, in one process: find faces, encode, follow, name, draw."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.encoders.embedding import FaceEmbedder
from pipeline.faces.finding import FaceFinder, to_bgr
from pipeline.options import SamplingOptions
from pipeline.schemas import FrameChunk, ImageU8, RunKey
from pipeline.video.chunks import read_chunks
from pipeline.viewing.drawing import draw_away, draw_marks
from pipeline.viewing.naming import FaceNamer, NamedFace, Naming

RATE_S = 3.0
"""The rate that is shown is that of the last pictures, in seconds."""
LEAST_STEP_S = 0.001
"""Between two pictures, in seconds: the time that is shown never stands still."""
VIEW = RunKey("view", "view")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ViewedFrame:
    """One picture with what was found in it."""

    frame_bgr: ImageU8
    """`(H, W, 3)` uint8 BGR, annotated."""
    media_s: float
    """Since the first picture, in seconds; later than that of the picture before."""
    faces: tuple[NamedFace, ...] = ()
    fps: float | None = None
    """Pictures a second that were looked at lately."""
    delay_s: float | None = None
    """From the camera's picture to this one, in seconds; None for a file, which does not wait."""
    problem: str | None = None
    """Why the camera is away, of its last picture told again; None while it is there."""


@dataclass(frozen=True, slots=True)
class Look:
    """The models and the gallery to look with."""

    finder: FaceFinder
    embedder: FaceEmbedder
    naming: Naming


def view_file(path: Path, sampling: SamplingOptions, look: Look) -> Iterator[ViewedFrame]:
    """Every sample of a video file, as fast as it goes; raises `SourceUnreadable`."""
    annotator = Annotator(look, path.name)
    for chunk in read_chunks(path, VIEW, every_picture(sampling)):
        if isinstance(chunk, FrameChunk):
            yield from annotator.annotate(chunk)


def every_picture(sampling: SamplingOptions) -> SamplingOptions:
    """Without the gate, which leaves out pictures in which nothing moves."""
    return replace(sampling, gate=False)


class Annotator:
    """Finds, names and draws the faces of one source's chunks."""

    def __init__(self, look: Look, name: str) -> None:
        self._look = look
        self._name = name
        self._namer = FaceNamer(look.naming)
        self._times: deque[float] = deque()
        self._began_s: float | None = None
        self._first_s = 0.0
        self._shown_s = 0.0
        self._last_bgr: ImageU8 | None = None

    @property
    def has_shown(self) -> bool:
        """Whether there was a picture yet."""
        return self._last_bgr is not None

    def begin(self, began_s: float) -> None:
        """The next chunks are of a connection whose first picture was taken at `began_s`, on the clock that never
        jumps: nobody is followed across the gap before it."""
        self._namer = FaceNamer(self._look.naming)
        self._first_s = began_s if self._began_s is None else self._first_s
        self._began_s = began_s

    def annotate(self, chunk: FrameChunk) -> Iterator[ViewedFrame]:
        """The chunk's pictures."""
        found = self._look.embedder.embed(self._look.finder.find(chunk))
        named = {sample.index: (sample.media_s, faces) for sample, faces in self._namer.name(found)}
        for frame in chunk.frames:
            media_s, faces = named[frame.sample_index]
            fps, shown_s = self._rate(), self._advance(self._offset_s + media_s)
            delay_s = None if self._began_s is None else max(0.0, time.monotonic() - self._began_s - media_s)
            self._last_bgr = to_bgr(frame)
            drawn = draw_marks(self._last_bgr, [face.mark for face in faces], self._caption(fps, delay_s, shown_s))
            yield ViewedFrame(frame_bgr=drawn, media_s=shown_s, faces=faces, fps=fps, delay_s=delay_s)

    def away(self, words: str, problem: str) -> ViewedFrame:
        """The last picture, without its colours and with some words; `has_shown` holds."""
        if self._last_bgr is None:
            raise RuntimeError("there was no picture yet")
        drawn = draw_away(self._last_bgr, f"{self._name}   {words}")
        return ViewedFrame(frame_bgr=drawn, media_s=self._advance(time.monotonic() - self._first_s), problem=problem)

    @property
    def _offset_s(self) -> float:
        """From the first picture of all to the connection's, in seconds."""
        return 0.0 if self._began_s is None else self._began_s - self._first_s

    def _advance(self, media_s: float) -> float:
        self._shown_s = max(media_s, self._shown_s + LEAST_STEP_S) if self.has_shown else media_s
        return self._shown_s

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
