"""What a visitor asks of attendance: which days, and whom; as it stands in the page's address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from urllib.parse import urlencode

from fastapi import Request

from pipeline.attendance.exporting import Shape
from pipeline.attendance.selecting import Selection, selection_of
from pipeline.errors import InputError

YEARS = range(1970, 2200)
_DAY = timedelta(days=1)


class View(StrEnum):
    """How many days are shown."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


SHAPES = {View.DAY: Shape.DAILY, View.WEEK: Shape.WEEK, View.MONTH: Shape.MONTH}
"""The table that is as a view shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One page of attendance."""

    view: View
    day: date
    """Any day of what is shown."""
    text: str
    shift: str
    what: tuple[str, ...]
    page: int

    @property
    def first(self) -> date:
        """The first day shown; weeks begin on Monday."""
        if self.view is View.DAY:
            return self.day
        return self.day - self.day.weekday() * _DAY if self.view is View.WEEK else self.day.replace(day=1)

    @property
    def last(self) -> date:
        """The last day shown."""
        if self.view is View.MONTH:
            return (self.first + 31 * _DAY).replace(day=1) - _DAY
        return self.first + (6 * _DAY if self.view is View.WEEK else 0 * _DAY)

    @property
    def days(self) -> list[date]:
        """All days shown."""
        return [self.first + n * _DAY for n in range((self.last - self.first).days + 1)]

    @property
    def title(self) -> str:
        """`Monday 4 May 2026`, `4 – 10 May 2026`, `May 2026`."""
        if self.view is View.MONTH:
            return f"{self.first:%B %Y}"
        if self.view is View.DAY:
            return f"{self.day:%A} {self.day.day} {self.day:%B %Y}"
        return f"{self.first.day} {self.first:%b} – {self.last.day} {self.last:%b %Y}"

    def selection(self, person_id: str | None = None) -> Selection:
        """Whom the filters pick; raises `InputError` for a word that is no status."""
        try:
            return selection_of(person_id=person_id, text=self.text, shift=self.shift, what=self.what)
        except ValueError as error:
            raise InputError(f"what={','.join(self.what)}: {error}") from error

    def query(self, **changed: object) -> str:
        """The query of the same page with some parts changed; parts without a value are left out."""
        parts: dict[str, object] = {
            "view": self.view.value,
            "day": self.day.isoformat(),
            "q": self.text,
            "shift": self.shift,
            "what": list(self.what),
            "page": self.page if self.page > 1 else "",
        }
        if changed and "page" not in changed:
            parts["page"] = ""
        merged = {**parts, **changed}
        return urlencode({name: value for name, value in merged.items() if value not in ("", None, [])}, doseq=True)

    def before(self) -> date:
        """A day of the span before."""
        return self.first - _DAY

    def after(self) -> date:
        """A day of the span after."""
        return self.last + _DAY


def asked_of(request: Request, zone: tzinfo, now: datetime) -> Asked:
    """What the address asks for: this month, unless it says otherwise. Raises `InputError`."""
    given: Mapping[str, str] = request.query_params
    view = given.get("view") or View.MONTH.value
    if view not in set(View):
        raise InputError(f"view {view!r} is not known; there are {', '.join(View)}")
    page = given.get("page", "1")
    return Asked(
        view=View(view),
        day=day_of(given.get("day", ""), now.astimezone(zone).date()),
        text=given.get("q", ""),
        shift=given.get("shift", ""),
        what=tuple(word for word in request.query_params.getlist("what") if word),
        page=max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1,
    )


def day_of(text: str, today: date) -> date:
    """The day or the month that is written; today for nothing. Raises `InputError`."""
    if not text:
        return today
    try:
        day = date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError as error:
        raise InputError(f"{text!r} is no day; 2026-05-01 is") from error
    if day.year not in YEARS:
        raise InputError(f"{text!r} lies in the year {day.year}; a year from {YEARS[0]} to {YEARS[-1]} can be")
    return day
