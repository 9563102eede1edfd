"""Search by face, over the API: every sighting of the face of a picture, or of a sighting, best first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from dashboards.web.access import AnalystVisitor
from dashboards.web.api.problems import problems
from dashboards.web.api.record.pictures import SentPicture
from dashboards.web.api.record.sighting_values import Sighting, sighting
from dashboards.web.api.values import ID, ApiValue, Ids, MomentQuery
from dashboards.web.failures import NotReady
from dashboards.web.rendering import site_of
from dashboards.web.search.asked import MOST
from dashboards.web.search.pages import SearchedFace, face_of_picture, face_of_sighting, note_search
from dashboards.web.search.readiness import room_of
from dashboards.web.site import Site
from dashboards.web.timeline.asking import words_of
from pipeline.search.searching import FaceQuery, Likeness

router = APIRouter(tags=["faces"], prefix="/search")

PATIENCE_S = 20.0
"""How long a program waits for the index of faces to be made, in seconds."""


class FoundSighting(ApiValue):
    """A sighting, and how like the face it is."""

    score: float
    """Cosine similarity, -1 to 1."""
    likeness: Likeness
    """What that says: `same` would be named, `perhaps` is too near to rule out, `other` is probably somebody else."""
    sighting: Sighting


class SearchResults(ApiValue):
    """What was found, best first."""

    n_tracks: int
    """Faces that were compared."""
    encoder: str
    threshold: float
    """From which score on it is `same`."""
    uncertain_threshold: float
    """From which score on it is `perhaps`."""
    threshold_source: str
    found: tuple[FoundSighting, ...]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Where and when to look."""

    source_ids: frozenset[str] | None
    since: datetime | None
    until: datetime | None
    least_score: float
    limit: int

    def query(self) -> FaceQuery:
        """The same for the search; a time that ends before it begins finds nothing."""
        is_empty = self.since is not None and self.until is not None and self.until <= self.since
        return FaceQuery(
            source_ids=frozenset() if is_empty else self.source_ids,
            start=None if is_empty else self.since,
            end=None if is_empty else self.until,
            least_score=self.least_score,
            limit=self.limit,
        )


def narrowed(
    source: Annotated[Ids, Query(description="Ids of cameras and footage.")] = [],  # noqa: B006 # never changed
    since: Annotated[MomentQuery | None, Query(description="Sightings that end after it.")] = None,
    until: Annotated[MomentQuery | None, Query(description="Sightings that begin before it.")] = None,
    least_score: Annotated[float, Query(ge=-1, le=1, description="With at least this score.")] = 0.0,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many are wanted at most.")] = 50,
) -> Narrowing:
    """Where and when to look, as an address says."""
    return Narrowing(frozenset(source) or None, since, until, least_score, limit)


Narrowed = Annotated[Narrowing, Depends(narrowed)]


@router.post("", operation_id="search_by_picture", responses=problems(503))
def by_picture(
    request: Request,
    visitor: AnalystVisitor,
    content: SentPicture,
    asked: Narrowed,
    face: Annotated[
        int | None, Query(ge=0, le=63, description="Which face; without it the largest usable one.")
    ] = None,
) -> SearchResults:
    """Every sighting of a face of a picture, known or not. Each search stands in the audit log."""
    site = site_of(request)
    return _search(site, visitor.name, face_of_picture(site.asker.faces(content), face), asked)


@router.get("", operation_id="search_by_sighting", responses=problems(404, 503))
def by_sighting(
    request: Request,
    visitor: AnalystVisitor,
    sighting_id: Annotated[str, Query(pattern=ID, description="Whose face it is.", examples=["s_5f2b9c0d4e7a1836"])],
    asked: Narrowed,
) -> SearchResults:
    """Every sighting of the face of a sighting, known or not. Each search stands in the audit log."""
    site = site_of(request)
    _await_index(site)
    return _search(site, visitor.name, face_of_sighting(site, sighting_id), asked)


def _search(site: Site, who: str, searched: SearchedFace, asked: Narrowing) -> SearchResults:
    _await_index(site)
    note_search(site, who, searched)
    findings, words = room_of(site).readiness().finder.find(searched.face, asked.query()), words_of(site)
    found = (
        FoundSighting(score=one.score, likeness=one.likeness, sighting=sighting(one.sighting, words))
        for one in findings.found
    )
    return SearchResults(
        n_tracks=findings.n_tracks,
        encoder=findings.encoder,
        threshold=findings.threshold,
        uncertain_threshold=findings.uncertain_threshold,
        threshold_source=findings.threshold_source,
        found=tuple(found),
    )


def _await_index(site: Site) -> None:
    part = room_of(site).readiness().part_done(PATIENCE_S)
    if part < 1:
        raise NotReady(f"faces of the record are being put in order: {part:.0%} done; come again in a moment")
