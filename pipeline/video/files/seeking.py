"""Where to begin decoding so that a chunk in the middle of a video comes out as in a pass from the beginning."""

from __future__ import annotations

from fractions import Fraction
from itertools import takewhile
from pathlib import Path

from pipeline.options import SamplingOptions
from pipeline.video.files.container import open_footage
from pipeline.video.files.decoding import FrameReader
from pipeline.video.shots import HISTORY_FRAMES

WARM_UP_S = 10
"""Least media time that is decoded before the wanted sample, in seconds."""

WARM_UP_CELLS = 3
"""Least number of cells that are decoded before the wanted sample."""


def find_restart(path: Path, options: SamplingOptions, first_index: int) -> Fraction | None:
    """The media time to seek to before reading sample `first_index`; None when only the beginning is safe."""
    if options.fps is None or not first_index:
        return None
    fps = Fraction(str(options.fps))
    begin = first_index / fps
    target = begin - max(Fraction(WARM_UP_S), WARM_UP_CELLS / fps)
    if target <= WARM_UP_S:
        return None
    times = _times_after_seek(path, options, target, begin)
    return target if is_warm([int(time * fps) for time in times]) else None


def is_warm(cells: list[int]) -> bool:
    """Whether frames that fall into `cells` tell everything about the next cell that depends on frames before it.

    The last sample before it must be certain (its cell was seen to begin), with a whole history of shots before it.
    """
    if not cells:
        return False
    last_sample = cells.index(cells[-1])
    return last_sample >= HISTORY_FRAMES and cells[-1] > cells[0]


def _times_after_seek(path: Path, options: SamplingOptions, target: Fraction, end: Fraction) -> list[Fraction]:
    with open_footage(path) as footage:
        reader = FrameReader(footage, keyframes_only=options.keyframes_only)
        if not footage.is_seekable:
            return []
        reader.read_first()
        reader.seek(target)
        return [frame.media_time for frame in takewhile(lambda frame: frame.media_time < end, reader.read())]
