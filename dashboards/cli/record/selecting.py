"""From the flags that many commands share to the sightings that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.sightings.filtering import SightingFilter


def wanted_sightings(
    session: Session,
    control: Control,
    *,
    source: Sequence[str] | None,
    from_: str | None,
    to: str | None,
    person: str | None = None,
) -> SightingFilter:
    """What `--person`, `--source`, `--from` and `--to` ask for; raises `NotFound` and `InputError`."""
    from dashboards.moments import parse_from, parse_to
    from pipeline.control.work.sources import Sources
    from pipeline.sightings.filtering import SightingFilter, find_person_id, find_sources

    now = datetime.now(UTC)
    return SightingFilter(
        person_id=None if person is None else find_person_id(control, person),
        source_ids=find_sources(Sources(control).list(), source),
        start=parse_from(from_, session.zone, now),
        end=parse_to(to, session.zone, now),
    )
