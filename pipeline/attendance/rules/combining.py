"""What the settings file says of attendance together with what was set on the page. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from pipeline.attendance.rules.settings import AttendanceSettings
from pipeline.errors import SettingsError

Value = TypeVar("Value")

LISTS = ("roster", "holidays", "leave")
CHOICES = ("sources", "entries", "exits", "punches", "same_visit_s", "least_coverage", "take_mtime")
"""What there is one of: the settings file goes before the page."""


def combined(from_file: AttendanceSettings, from_page: AttendanceSettings) -> AttendanceSettings:
    """Both; raises `SettingsError` for a shift or a code in both, since nobody could say which of them is meant."""
    shifts = _joined("shifts", from_file.shifts, from_page.shifts)
    codes = _joined("codes", from_file.codes, from_page.codes)
    lists: dict[str, Any] = {name: (*getattr(from_file, name), *getattr(from_page, name)) for name in LISTS}
    fixed = fixed_choices(from_file)
    choices: dict[str, Any] = {name: getattr(from_file if name in fixed else from_page, name) for name in CHOICES}
    return replace(from_file, shifts=shifts, codes=codes, **lists, **choices)


def fixed_choices(from_file: AttendanceSettings) -> frozenset[str]:
    """The choices that the settings file makes: those that differ from the default."""
    default = AttendanceSettings()
    return frozenset(name for name in CHOICES if getattr(from_file, name) != getattr(default, name))


def _joined(section: str, one: dict[str, Value], other: dict[str, Value]) -> dict[str, Value]:
    twice = sorted(one.keys() & other.keys())
    if twice:
        raise SettingsError(
            f"attendance.{section}: {', '.join(twice)} is in the settings file and was set on the page; remove one"
        )
    return {**one, **other}
