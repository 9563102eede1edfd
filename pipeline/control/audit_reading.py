"""Reading the audit log page by page, newest first, with today's names of the people in it.

read_audit(control, query, before_id) -> AuditPage
audit_actions(control) -> [str]                       the verbs that are in it
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from pipeline.control.audit import AuditEntry, entry_of
from pipeline.control.database import Control, Transaction
from pipeline.control.gallery.versions import active
from pipeline.control.tables import audit, person_names

PAGE_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which rows are asked for; what is empty or None leaves nothing out."""

    who: str = ""
    """A part of the name, in either case."""
    action: str = ""
    about: str = ""
    """A part of a person's id or of today's name, of the detail, or of the address."""
    from_at: datetime | None = None
    to_at: datetime | None = None
    """Rows before this."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A row of the log as it is read."""

    number: int
    entry: AuditEntry
    person_name: str | None
    """What the person of `entry.about` is called today; None for nobody, and for somebody who is gone."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some rows, newest first."""

    rows: tuple[AuditRow, ...]
    next_before: int | None
    """What continues it; None at the end."""


def read_audit(control: Control, query: AuditQuery, before: int | None = None, limit: int = PAGE_ROWS) -> AuditPage:
    """The newest rows of the query that are older than the row `before`."""
    named = active(person_names, None) & (person_names.c.person_id == audit.c.about)
    wanted = select(audit, person_names.c.name).outerjoin(person_names, named).order_by(audit.c.id.desc())
    wanted = _filtered(wanted, query)
    if before is not None:
        wanted = wanted.where(audit.c.id < before)
    with control.reading() as transaction:
        rows = tuple(_row(row) for row in transaction.connection.execute(wanted.limit(limit + 1)))
    has_more = len(rows) > limit
    return AuditPage(rows[:limit], rows[limit - 1].number if has_more else None)


def audit_actions(control: Control) -> list[str]:
    """All verbs of the log, in order."""
    with control.reading() as transaction:
        return _actions(transaction)


def _actions(transaction: Transaction) -> list[str]:
    return list(transaction.connection.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars())


def _filtered(wanted: Select[Any], query: AuditQuery) -> Select[Any]:
    conditions = [
        func.lower(audit.c.who).contains(query.who.lower(), autoescape=True) if query.who else None,
        audit.c.action == query.action if query.action else None,
        _is_about(query.about) if query.about else None,
        audit.c.at >= query.from_at if query.from_at else None,
        audit.c.at < query.to_at if query.to_at else None,
    ]
    return wanted.where(*(condition for condition in conditions if condition is not None))


def _is_about(text: str) -> Any:
    columns = (audit.c.about, person_names.c.name, audit.c.detail, audit.c.place)
    return or_(*(func.lower(column).contains(text.lower(), autoescape=True) for column in columns))


def _row(row: Any) -> AuditRow:
    return AuditRow(row.id, entry_of(row), row.name)
