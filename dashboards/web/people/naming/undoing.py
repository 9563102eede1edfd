"""Taking changes of the record back, and letting the record follow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dashboards.web.people.naming.past import name_past
from pipeline.control.audit import AuditLog
from pipeline.control.correcting.changes import Change, ChangeKind, Changes
from pipeline.control.correcting.corrections import Corrections

if TYPE_CHECKING:
    from dashboards.web.site import Site


def undo_change(site: Site, change_id: int, who: str) -> int | None:
    """Take a change back; raises `NotFound`, and `InputError` for the second time.

    Returns the number of the wish that the past be named anew; None when there is nothing to be named otherwise.
    """
    change = Changes(site.control).undo(change_id, datetime.now(UTC))
    AuditLog(site.control).append("undo", change.undo.person_id or "", who=who, detail=change.kind.value)
    return None if change.kind is ChangeKind.IGNORED else name_past(site, who, _sources_of(site, change))


def _sources_of(site: Site, change: Change) -> dict[str, None] | None:
    """What has to be named anew; None for everything."""
    if change.kind in {ChangeKind.NAMED, ChangeKind.MERGED}:
        return None
    return dict.fromkeys(Corrections(site.control).sources_of(change.change_id))
