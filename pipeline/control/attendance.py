"""Attendance as it is set on the page; what the settings file says is not here.

    StoredAttendance(control).settings() -> AttendanceSettings
    StoredAttendance(control).entries(Section) -> [StoredEntry]
    enabled_cameras(control) -> names of those that were entered by a command, and when
    StoredAttendance(control).put(Section, key, body, by=...) / remove(Section, key, by=...)

Each change is in the audit log.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select

from pipeline.attendance.rules.settings import (
    AttendanceSettings,
    HolidaySettings,
    LeaveSettings,
    PunchesBy,
    RosterSettings,
    ShiftSettings,
)
from pipeline.control.attendance_tables import attendance_entries
from pipeline.control.audit import append_entry, new_entry
from pipeline.control.database import Control, Transaction
from pipeline.control.live.camera_tables import cameras
from pipeline.errors import NotFound, StoreDamaged

CHOICES_KEY = "choices"
"""The one key of the section of choices."""


class Section(StrEnum):
    """The parts of what can be set; the names of the settings."""

    SHIFTS = "shifts"  # by name
    ROSTER = "roster"
    HOLIDAYS = "holidays"  # by day
    LEAVE = "leave"
    CODES = "codes"  # by person
    CHOICES = "choices"  # cameras, punches, least coverage: one entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What there is one of; the words are those of `AttendanceSettings`."""

    sources: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()
    punches: PunchesBy = PunchesBy.SEEN
    same_visit_s: float = AttendanceSettings().same_visit_s
    least_coverage: float = AttendanceSettings().least_coverage
    take_mtime: bool = AttendanceSettings().take_mtime


Body = ShiftSettings | RosterSettings | HolidaySettings | LeaveSettings | Choices | str
KINDS: dict[Section, Any] = {
    Section.SHIFTS: ShiftSettings,
    Section.ROSTER: RosterSettings,
    Section.HOLIDAYS: HolidaySettings,
    Section.LEAVE: LeaveSettings,
    Section.CODES: str,
    Section.CHOICES: Choices,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """One line of a section."""

    key: str
    body: Any
    """Of the section's kind."""
    changed_at: datetime
    changed_by: str


class StoredAttendance:
    """What is set of attendance in one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def entries(self, section: Section) -> list[StoredEntry]:
        """The lines of a section, in the order in which they were first written; raises `StoreDamaged`."""
        query = select(attendance_entries).where(attendance_entries.c.section == section.value)
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(query.order_by(attendance_entries.c.id)).all()
        return [
            StoredEntry(
                key=row.key,
                body=_decoded(section, row.body_json),
                changed_at=row.changed_at,
                changed_by=row.changed_by,
            )
            for row in rows
        ]

    def settings(self) -> AttendanceSettings:
        """All sections together."""
        found = {section: {entry.key: entry.body for entry in self.entries(section)} for section in Section}
        choices = found[Section.CHOICES].get(CHOICES_KEY, Choices())
        return msgspec.convert(
            {
                **msgspec.to_builtins(choices),
                "shifts": msgspec.to_builtins(found[Section.SHIFTS]),
                "roster": msgspec.to_builtins(list(found[Section.ROSTER].values())),
                "holidays": msgspec.to_builtins(list(found[Section.HOLIDAYS].values())),
                "leave": msgspec.to_builtins(list(found[Section.LEAVE].values())),
                "codes": found[Section.CODES],
            },
            AttendanceSettings,
        )

    def put(self, section: Section, key: str, body: Body, *, by: str) -> str:
        """Add a line, or let it take the place of the one with its key; an empty key makes a new one. Returns it."""
        key = key or secrets.token_hex(6)
        with self._control.writing() as transaction:
            _remove(transaction, section, key)
            row = {
                "section": section.value,
                "key": key,
                "body_json": msgspec.json.encode(body).decode(),
                "changed_at": datetime.now(UTC),
                "changed_by": by,
            }
            transaction.connection.execute(insert(attendance_entries).values(row))
            _note(transaction, "set", section, by)
        return key

    def remove(self, section: Section, key: str, *, by: str) -> None:
        """Take a line away; raises `NotFound`."""
        with self._control.writing() as transaction:
            if not _remove(transaction, section, key):
                raise NotFound(f"nothing of attendance's {section.value} is called {key!r} (any more)")
            _note(transaction, "remove", section, by)


def enabled_cameras(control: Control) -> dict[str, datetime]:
    """The names of the cameras that were entered by a command and are to be read -> when they were entered."""
    with control.reading() as transaction:
        query = select(cameras.c.name, cameras.c.added_at).where(cameras.c.enabled)
        return {row.name: row.added_at for row in transaction.connection.execute(query)}


def _remove(transaction: Transaction, section: Section, key: str) -> bool:
    here = (attendance_entries.c.section == section.value) & (attendance_entries.c.key == key)
    return transaction.connection.execute(delete(attendance_entries).where(here)).rowcount > 0


def _note(transaction: Transaction, change: str, section: Section, by: str) -> None:
    append_entry(transaction, new_entry(f"{change} attendance", "", who=by, detail=section.value))


def _decoded(section: Section, text: str) -> Any:
    try:
        return msgspec.json.decode(text.encode(), type=KINDS[section])
    except msgspec.ValidationError as error:
        raise StoreDamaged(f"control database: attendance's {section.value} cannot be read: {error}") from error
