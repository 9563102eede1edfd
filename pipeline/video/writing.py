"""Writing a video file from pictures: the sample clip, and what the tests need to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import av
import numpy as np

from pipeline.schemas import ImageU8

TICKS_PER_SECOND = 60_000
"""The clock of frames at given times; some codecs take no finer one than 65 535."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingOptions:
    """How a video is encoded; the container follows the file's suffix."""

    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    rotation_degrees: int = 0
    """Degrees, counter-clockwise, by which a player turns the pictures."""
    pixel_aspect: Fraction = Fraction(1)
    created_at: datetime | None = None
    codec_options: Mapping[str, str] = field(default_factory=dict)
    """FFmpeg's own options of the codec, for example `{"crf": "23", "bf": "2"}`."""
    container_options: Mapping[str, str] = field(default_factory=dict)


def write_video(
    path: Path,
    frames_bgr: Iterable[ImageU8],
    fps: float,
    options: WritingOptions | None = None,
    times_s: Iterable[float] | None = None,
) -> None:
    """Write `frames_bgr`, each `(H, W, 3)` uint8 BGR and all of one even size, to a new file at `path`.

    Frames are `1 / fps` seconds apart, or shown at `times_s` when given. Whatever the frames raise passes; the file is
    whole up to there.
    """
    options = options or WritingOptions()
    rate = Fraction(fps).limit_denominator(1001)
    tick = 1 / rate if times_s is None else Fraction(1, TICKS_PER_SECOND)
    stamps = count() if times_s is None else (round(time_s / tick) for time_s in times_s)
    with av.open(str(path), "w", options=dict(options.container_options)) as container:
        if options.created_at is not None:
            container.metadata["creation_time"] = options.created_at.isoformat()
        stream: Any = None
        try:
            for stamp, frame_bgr in zip(stamps, frames_bgr, strict=False):
                stream = stream or _add_stream(container, frame_bgr, rate, tick, options)
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame_bgr), format="bgr24")
                frame = frame.reformat(format=options.pixel_format)
                frame.time_base, frame.pts = tick, stamp
                container.mux(stream.encode(frame))
        finally:
            if stream is not None:
                container.mux(stream.encode())


def write_silence(path: Path, seconds: float) -> None:
    """Write a file at `path` with nothing but silent sound in it."""
    rate, block = 16_000, 1_024
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=rate, layout="mono")
        for start in range(0, round(seconds * rate), block):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, block), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _add_stream(container: Any, frame_bgr: ImageU8, rate: Fraction, tick: Fraction, options: WritingOptions) -> Any:
    stream = container.add_stream(options.codec, rate=rate, options=dict(options.codec_options))
    stream.height, stream.width = frame_bgr.shape[:2]
    stream.pix_fmt = options.pixel_format
    stream.codec_context.time_base = tick
    stream.codec_context.sample_aspect_ratio = options.pixel_aspect
    if options.rotation_degrees:
        stream.set_display_rotation(options.rotation_degrees)
    return stream
