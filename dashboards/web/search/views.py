"""What the search page shows: the faces to search by, and the sightings found in groups by how alike they are."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pipeline.reports.html.grouping import name_of
from pipeline.search.searching import Likeness
from pipeline.sightings.rows import SightingRow, SourceKind, Status

if TYPE_CHECKING:
    from pipeline.identity.picture_faces import ExaminedPicture
    from pipeline.search.finding import Findings, Found

TITLES = {
    Likeness.SAME: "The same face",
    Likeness.PERHAPS: "Perhaps the same",
    Likeness.OTHER: "Probably somebody else",
}
HINTS = {
    Likeness.SAME: "A track with such a score would be named.",
    Likeness.PERHAPS: "Too near to rule out, too far to name. Look at the faces.",
    Likeness.OTHER: "The nearest of all others, for comparison.",
}


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One face of a picture, to be chosen."""

    number: int
    image: str
    """A `data:` address; empty without a crop."""
    message: str
    is_usable: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundView:
    """One sighting on the page."""

    sighting_id: str
    thumb_ref: str | None
    score: float
    name: str
    status: Status
    source: str
    start_ts: datetime
    media_start_s: float | None
    """Of footage; None for a camera."""
    presence_s: float


@dataclass(frozen=True, slots=True)
class GroupView:
    """Sightings of one likeness."""

    likeness: Likeness
    title: str
    hint: str
    found: tuple[FoundView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsView:
    """What was found."""

    groups: tuple[GroupView, ...]
    n_same: int
    n_sources: int
    """Sources in which the same face was seen; likewise below."""
    first_seen: datetime | None
    last_seen: datetime | None
    names: tuple[tuple[str, int], ...]
    """Who those sightings say it is, with how many say so."""
    naming_address: str
    """Where the unknown people among them can be named; empty without any."""
    n_tracks: int
    threshold: float
    uncertain_threshold: float
    threshold_source: str
    encoder: str


def choices(picture: ExaminedPicture, chosen: int | None) -> tuple[ChoiceView, ...]:
    """The picture's faces, the largest first."""
    return tuple(
        ChoiceView(number, as_address(face.thumb_jpeg), face.message, face.is_usable, number == chosen)
        for number, face in enumerate(picture.faces)
    )


def as_address(jpeg: bytes | None) -> str:
    """A picture as an address that holds it."""
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}" if jpeg else ""


def results(findings: Findings, labels: Mapping[str, str], people: Mapping[str, str]) -> ResultsView:
    """The findings of a search as the page shows them."""
    same = [one.sighting for one in findings.found if one.likeness is Likeness.SAME]
    return ResultsView(
        groups=tuple(_groups(findings.found, labels, people)),
        n_same=len(same),
        n_sources=len({row.source_id for row in same}),
        first_seen=min((row.start_ts for row in same), default=None),
        last_seen=max((row.end_ts for row in same), default=None),
        names=tuple(Counter(_name(row, people) for row in same).most_common()),
        naming_address=naming_address(same),
        n_tracks=findings.n_tracks,
        threshold=findings.threshold,
        uncertain_threshold=findings.uncertain_threshold,
        threshold_source=findings.threshold_source,
        encoder=findings.encoder,
    )


def naming_address(rows: Sequence[SightingRow]) -> str:
    """Where the unknown people of these sightings can be named together; empty without any."""
    unknown = list(dict.fromkeys(row.person_id for row in rows if row.status is Status.UNKNOWN and row.person_id))
    return f"/unknowns?{urlencode([('group', person_id) for person_id in unknown])}#{unknown[0]}" if unknown else ""


def _groups(found: Sequence[Found], labels: Mapping[str, str], people: Mapping[str, str]) -> list[GroupView]:
    groups = []
    for likeness in Likeness:
        views = tuple(_found(one, labels, people) for one in found if one.likeness is likeness)
        if views:
            groups.append(GroupView(likeness, TITLES[likeness], HINTS[likeness], views))
    return groups


def _found(one: Found, labels: Mapping[str, str], people: Mapping[str, str]) -> FoundView:
    row = one.sighting
    return FoundView(
        sighting_id=row.sighting_id,
        thumb_ref=row.thumb_ref,
        score=one.score,
        name=_name(row, people),
        status=row.status,
        source=labels.get(row.source_id, row.source_id),
        start_ts=row.start_ts,
        media_start_s=row.media_start_s if row.source_kind is SourceKind.FILE else None,
        presence_s=row.presence_s,
    )


def _name(row: SightingRow, people: Mapping[str, str]) -> str:
    """As in reports, but that strangers at a camera get their ids only when its run is over."""
    has_no_id = row.status is Status.UNKNOWN and row.person_id is None
    return "Not grouped yet" if has_no_id and row.source_kind is SourceKind.LIVE else name_of(row, people)
