"""Who shares a row and a section of a report: sightings grouped by the person they are of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.reports.presence import Portion, presence_of
from pipeline.sightings.rows import SightingRow, Status

POORLY = "Unknown, seen poorly"
"""Those seen too briefly or too badly to be told from each other: they have no id."""
UNCERTAIN = "Uncertain"
FIRST_HUE = 212
GOLDEN_ANGLE = 137.508
_RANK = {Status.KNOWN: 0, Status.UNCERTAIN: 1, Status.UNKNOWN: 2}


@dataclass(frozen=True, slots=True)
class Group:
    """The sightings of one known person, of one unknown person, or of all who are uncertain."""

    key: str
    label: str
    status: Status
    sightings: tuple[SightingRow, ...]

    @property
    def anchor(self) -> str:
        """Where the page has this group's section."""
        return "p-" + re.sub(r"[^A-Za-z0-9]+", "-", self.key)

    @property
    def presence_s(self) -> float:
        """Seconds; moments in which two sources saw one person count once, those of several people add up."""
        if self.key in {UNCERTAIN, POORLY}:
            return sum(row.presence_s for row in self.sightings)
        return presence_of([Portion(row, row.start_ts, row.end_ts, row.presence_s) for row in self.sightings])


def group_sightings(sightings: Iterable[SightingRow]) -> tuple[Group, ...]:
    """Known people by name, then the uncertain, then unknown people by id; each group in order of time."""
    members: dict[str, list[SightingRow]] = {}
    for sighting in sorted(sightings, key=lambda row: (row.start_ts, row.media_start_s, row.sighting_id)):
        members.setdefault(_key(sighting), []).append(sighting)
    ordered = sorted(
        members.items(), key=lambda item: (_RANK[item[1][0].status], item[0] == POORLY, _label(item[1][0]))
    )
    return tuple(
        Group(key=key, label=_label(rows[0]), status=rows[0].status, sightings=tuple(rows)) for key, rows in ordered
    )


def hues_of(groups: Iterable[Group]) -> dict[str, int]:
    """A colour for each group's key, in degrees: a golden angle apart, so that neighbours differ, however many."""
    return {group.key: round(FIRST_HUE + index * GOLDEN_ANGLE) % 360 for index, group in enumerate(groups)}


def name_of(sighting: SightingRow, people: Mapping[str, str]) -> str:
    """Who a sighting is of, in words: a name, an unknown's id, or whom it may be."""
    if sighting.status is not Status.UNCERTAIN:
        return sighting.person_name or POORLY
    candidate = people.get(sighting.candidate_id or "", sighting.candidate_id)
    return f"perhaps {candidate}" if candidate else UNCERTAIN


def _key(sighting: SightingRow) -> str:
    if sighting.status is Status.UNCERTAIN:
        return UNCERTAIN
    return sighting.person_id or POORLY


def _label(sighting: SightingRow) -> str:
    return UNCERTAIN if sighting.status is Status.UNCERTAIN else (sighting.person_name or POORLY)
