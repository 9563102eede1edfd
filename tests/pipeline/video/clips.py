"""Drawn videos, and reading them whole: what the video tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from pipeline.options import SamplingOptions
from pipeline.schemas import FrameChunk, ImageU8, RunEnded, RunKey, Sample
from pipeline.video.chunks import read_chunks

RUN = RunKey("f_0123456789abcdef", "run")

MakeClip = Callable[..., Path]


def draw_frames(count: int, size_wh: tuple[int, int] = (160, 96), shot_frames: int = 170) -> Iterator[ImageU8]:
    """`count` pictures: in each shot another blurred texture, over which a bright square moves."""
    width, height = size_wh
    for index in range(count):
        shot, step = divmod(index, shot_frames)
        noise = np.random.default_rng(shot).integers(0, 256, (9, 16, 3), np.uint8)
        frame = cv2.resize(noise, size_wh, interpolation=cv2.INTER_CUBIC)
        x = step * 2 % max(1, width - 24)
        frame[height // 4 : height // 2, x : x + 24] = 255
        yield frame


def read_run(path: Path, *, start_chunk: int = 0, **options: object) -> tuple[list[FrameChunk], RunEnded]:
    """A whole run; the options are those of `SamplingOptions`."""
    *chunks, ended = read_chunks(path, RUN, SamplingOptions(**options), start_chunk)  # type: ignore[arg-type]
    assert isinstance(ended, RunEnded)
    return [chunk for chunk in chunks if isinstance(chunk, FrameChunk)], ended


def all_samples(chunks: list[FrameChunk]) -> list[Sample]:
    return [sample for chunk in chunks for sample in chunk.samples]
