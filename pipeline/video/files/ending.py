"""Where a video ends, where it should have ended, and how to tell the user the difference."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipeline.options import SamplingOptions
from pipeline.video.files.container import Footage
from pipeline.video.files.decoding import DecodedFrame, FrameReader
from pipeline.video.files.timeline import MAX_PAUSE_S

TOLERATED_SHORTFALL_S = 1
"""A video may end this much before its stated end, in seconds: containers round, and sound outlasts the picture."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of one pass over a video."""

    lasts_until: Fraction
    """Media time in seconds until which the last picture is shown."""
    failed_until: Fraction | None
    """Media time in seconds until which there should have been pictures; None when none is missing."""
    problem: str | None
    """What is missing or damaged, in words for the user; None when the video is whole."""


def judge_ending(footage: Footage, reader: FrameReader, last: DecodedFrame, options: SamplingOptions) -> Ending:
    """The ending of a pass that `reader` has finished with the frame `last`."""
    lasts_until = last.media_time + _length(last, reader)
    stated_end = _stated_end(footage, reader)
    data_end = min(reader.data_end, stated_end or reader.data_end) if not reader.n_jumps else Fraction(0)
    if options.keyframes_only and not reader.n_lost:
        lasts_until = max(lasts_until, data_end)
    failed_until = None
    if stated_end is not None and stated_end > lasts_until + TOLERATED_SHORTFALL_S:
        failed_until = stated_end
    return Ending(lasts_until, failed_until, _describe(reader, lasts_until, failed_until))


def _length(last: DecodedFrame, reader: FrameReader) -> Fraction:
    return last.duration if 0 < last.duration <= MAX_PAUSE_S else reader.frame_s


def _stated_end(footage: Footage, reader: FrameReader) -> Fraction | None:
    stated_s = footage.stream_duration_s if footage.states_duration else None
    if stated_s is None or reader.n_jumps:
        return None
    return Fraction(stated_s) - (reader.begins_at if footage.counts_from_zero else 0)


def _describe(reader: FrameReader, lasts_until: Fraction, failed_until: Fraction | None) -> str | None:
    parts = []
    if failed_until is not None:
        parts.append(f"stops at {format_clock(lasts_until)} of {format_clock(failed_until)}")
    if reader.n_lost:
        parts.append(f"{reader.n_lost} {'picture' if reader.n_lost == 1 else 'pictures'} could not be decoded")
    if reader.broke_off:
        parts.append(f"reading broke off at {format_clock(lasts_until)} ({reader.broke_off})")
    return "; ".join(parts) or None


def format_clock(seconds: Fraction | float) -> str:
    """Seconds as "0:12.3" or "1:00:05.0"."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02d}:{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{clock}" if hours else clock.removeprefix("0")
