"""What the control database holds, in figures; counted by the database, however long its tables are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from pipeline.control.database import Control
from pipeline.control.gallery.versions import active
from pipeline.control.tables import folder, leases, person_names, runs
from pipeline.control.work.run_records import RunState


@dataclass(frozen=True, slots=True)
class Overview:
    """The control database at one moment."""

    runs: Mapping[RunState, int]
    """Every state has its count, also of none."""
    n_leases: int
    """Sources with an owner."""
    n_people: int
    """Enrolled today."""
    gallery_version: int


def read_overview(control: Control, now: datetime) -> Overview:
    """Count what is there; raises what a database that is away raises."""
    by_state = select(runs.c.state, func.count()).group_by(runs.c.state)
    owned = select(func.count()).select_from(leases).where(leases.c.expires_at > now)
    enrolled = select(func.count()).select_from(person_names).where(active(person_names, None))
    with control.reading() as transaction:
        counts = {state: int(count) for state, count in transaction.connection.execute(by_state)}
        return Overview(
            runs={state: counts.get(state.value, 0) for state in RunState},
            n_leases=transaction.connection.execute(owned).scalar_one(),
            n_people=transaction.connection.execute(enrolled).scalar_one(),
            gallery_version=transaction.connection.execute(select(folder.c.gallery_version)).scalar_one(),
        )
