"""Read and write media time codes (`1:02:03.5`) and durations (`90s`, `2h`), in seconds."""

from __future__ import annotations

import re

from pipeline.errors import SettingsError

EXAMPLES = "90, 90s, 500ms, 1.5m, 1h30m, 2d, 2:03 or 1:02:03.5"

_UNIT_S = {"d": 86400.0, "h": 3600.0, "m": 60.0, "min": 60.0, "s": 1.0, "ms": 0.001}
_NUMBER = r"\d+(?:\.\d+)?"
_PARTS = re.compile(rf"({_NUMBER})\s*(ms|min|d|h|m|s)\s*")
_TIME_CODE = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)")


def parse_duration(text: str) -> float:
    """Seconds of a plain number, a number with units, or a time code; raises `SettingsError` for anything else."""
    wanted = text.strip().lower()
    if re.fullmatch(_NUMBER, wanted):
        return float(wanted)
    if code := _TIME_CODE.fullmatch(wanted):
        return _seconds_of_code(*code.groups(), text=text)
    parts = _PARTS.findall(wanted)
    if not parts or _PARTS.sub("", wanted):
        raise SettingsError(f"{text!r} is no duration; write for example {EXAMPLES}")
    return sum(float(number) * _UNIT_S[unit] for number, unit in parts)


def format_time_code(seconds: float) -> str:
    """Hours, minutes, seconds and tenths of a place in footage: `0:01:02.5`."""
    tenths = round(max(seconds, 0.0) * 10)
    return f"{tenths // 36000}:{tenths // 600 % 60:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"


def format_media_span(start_s: float, end_s: float) -> str:
    """From one place in footage to another: `0:01:02.5–0:01:08.0`."""
    return f"{format_time_code(start_s)}–{format_time_code(end_s)}"


def format_duration(seconds: float) -> str:
    """A length of time as people say it, in its two largest units: `0.8 s`, `12 s`, `1 min 05 s`, `2 h 03 min`."""
    if round(seconds, 1) < 10:
        return f"{max(seconds, 0.0):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _seconds_of_code(hours: str | None, minutes: str, seconds: str, *, text: str) -> float:
    if (int(minutes) >= 60 and hours is not None) or float(seconds) >= 60:
        raise SettingsError(f"{text!r} is no time code: minutes and seconds end at 59")
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
