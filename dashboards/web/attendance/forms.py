"""Forms of attendance's settings, read as the settings' own values."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, Request
from starlette.datastructures import FormData

from pipeline.attendance.rules.settings import (
    HolidaySettings,
    LeaveSettings,
    PunchesBy,
    RosterSettings,
    ShiftSettings,
    check_shift_name,
)
from pipeline.control.attendance import CHOICES_KEY, Body, Choices, Section
from pipeline.errors import InputError, SettingsError

Value = TypeVar("Value")
LISTS = frozenset({"days", "people", "sources", "entries", "exits"})
"""Fields with several values."""
BOXES = frozenset({"counts_days_off", "take_mtime"})
"""Fields that are not sent when they are off."""
LONGEST = 200


async def read_form(request: Request) -> FormData:
    """The fields of the request's form."""
    return await request.form()


Form = Annotated[FormData, Depends(read_form)]


def entry_of(section: Section, form: FormData) -> tuple[str, Body]:
    """The key and the body that a section's form gives; raises `InputError` in the words of the form."""
    return _READERS[section](form)


def _shift(form: FormData) -> tuple[str, Body]:
    name = _text(form, "name")
    check_shift_name(name)
    if not form.getlist("days"):
        raise SettingsError("a shift needs a day of the week on which it begins")
    return name, _value(ShiftSettings, form)


def _roster(form: FormData) -> tuple[str, Body]:
    roster = _value(RosterSettings, form)
    return _text(form, "key"), roster


def _holiday(form: FormData) -> tuple[str, Body]:
    holiday = _value(HolidaySettings, form)
    return holiday.day.isoformat(), holiday


def _leave(form: FormData) -> tuple[str, Body]:
    return _text(form, "key"), _value(LeaveSettings, form)


def _code(form: FormData) -> tuple[str, Body]:
    person, code = _text(form, "person"), _text(form, "code")
    if not person or not code:
        raise InputError("a code needs a person and the code itself")
    return person, code


def _choices(form: FormData) -> tuple[str, Body]:
    fields = _plain(form)
    if "least_coverage_percent" in fields:
        fields["least_coverage"] = _percent(str(fields.pop("least_coverage_percent")))
    if str(fields.get("punches", PunchesBy.SEEN)) not in set(PunchesBy):
        raise InputError(f"punches {fields['punches']!r} are not known; there are {', '.join(PunchesBy)}")
    return CHOICES_KEY, _converted(Choices, fields)


_READERS = {
    Section.SHIFTS: _shift,
    Section.ROSTER: _roster,
    Section.HOLIDAYS: _holiday,
    Section.LEAVE: _leave,
    Section.CODES: _code,
    Section.CHOICES: _choices,
}


def _value(kind: type[Value], form: FormData) -> Value:
    known = set(getattr(kind, "__dataclass_fields__", {}))
    return _converted(kind, {name: value for name, value in _plain(form).items() if name in known})


def _plain(form: FormData) -> dict[str, Any]:
    """The fields that say something: empty ones are left out, boxes are on or off."""
    fields: dict[str, Any] = {}
    for name in form:
        texts = [text.strip()[:LONGEST] for text in form.getlist(name) if isinstance(text, str)]
        filled = [text for text in texts if text]
        if name in BOXES:
            fields[name] = True
        elif name in LISTS:
            fields[name] = filled
        elif filled:
            fields[name] = filled[-1]
    return fields


def _converted(kind: type[Value], fields: dict[str, Any]) -> Value:
    try:
        return msgspec.convert(fields, kind, strict=False)
    except msgspec.ValidationError as error:
        raise InputError(f"this cannot be saved: {error}") from error


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip()[:LONGEST] if isinstance(value, str) else ""


def _percent(text: str) -> float:
    try:
        return float(text) / 100
    except ValueError as error:
        raise InputError(f"{text!r} is no number of percent") from error
