"""The timeline over the API: who was there when, in equal stretches of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Depends, Query, Request

from dashboards.web.access import AnyVisitor
from dashboards.web.api.record.sightings import asked_for, note_asked
from dashboards.web.api.values import ApiValue, Ids, Moment, MomentQuery
from dashboards.web.rendering import site_of
from dashboards.web.site import Site
from dashboards.web.timeline.asking import words_of
from dashboards.web.timeline.lines import title_of
from pipeline.sightings.catalogue.counts import SubjectCount
from pipeline.sightings.catalogue.queries import CatalogueQuery
from pipeline.sightings.rows import Status

router = APIRouter(tags=["timeline"])

MOST_BINS = 2000
"""Stretches of one answer."""
MOST_BIN_S = 86_400 * 31
"""The longest stretch, in seconds."""


class TimelineLine(ApiValue):
    """When one person was there."""

    status: Status
    person_id: str | None
    """Null for uncertain sightings, and for unknown ones of a run that goes on."""
    candidate_id: str | None
    """Whom uncertain sightings are most like."""
    title: str
    """In words who it is."""
    n_sightings: int
    first_seen: Moment
    last_seen: Moment
    presence_s: float
    counts: tuple[int, ...]
    """How many sightings touch each stretch."""


class Timeline(ApiValue):
    """Who was there when."""

    since: Moment
    until: Moment
    bin_s: int
    """Length of a stretch, in seconds."""
    lines: tuple[TimelineLine, ...]


def asked_whom(
    person: Annotated[Ids, Query(description="Ids of people, and of unknown ones.")] = [],  # noqa: B006 # never changed
    source: Annotated[Ids, Query(description="Ids of cameras and footage.")] = [],  # noqa: B006
    status: Annotated[list[Status], Query(max_length=3, description="How sure it is who it is.")] = [],  # noqa: B006
) -> CatalogueQuery:
    """The filters of an address, without times."""
    return asked_for(person, source, status)


@router.get("/timeline", operation_id="get_timeline")
def get_timeline(
    request: Request,
    visitor: AnyVisitor,
    asked: Annotated[CatalogueQuery, Depends(asked_whom)],
    since: Annotated[MomentQuery | None, Query(description="Where the first stretch begins.")] = None,
    bin_s: Annotated[int, Query(ge=1, le=MOST_BIN_S, description="Length of a stretch, in seconds.")] = 900,
    bins: Annotated[int, Query(ge=1, le=MOST_BINS, description="How many stretches.")] = 96,
) -> Timeline:
    """Everybody who was there, with how many sightings touch each stretch of time.

    Without `since` the stretches end with the last sighting of all. Whoever asks for somebody with a name stands in the
    audit log.
    """
    site, words = site_of(request), words_of(site_of(request))
    note_asked(request, visitor, asked)
    span = timedelta(seconds=bin_s * bins)
    begin = since or _last_of_all(site, datetime.now(UTC)) - span
    within = replace(asked, since=begin, until=begin + span)
    activity = {one.subject: one.counts for one in site.catalogue.activity(within, begin, begin + span, bins)}
    counted = [one for one in site.catalogue.people(within) if one.subject in activity]
    return Timeline(
        since=begin,
        until=begin + span,
        bin_s=bin_s,
        lines=tuple(_line(one, title_of(one, words.people), activity[one.subject]) for one in counted),
    )


def _last_of_all(site: Site, now: datetime) -> datetime:
    found = site.catalogue.span()
    return found[1] if found else now


def _line(one: SubjectCount, title: str, counts: npt.NDArray[np.int32]) -> TimelineLine:
    return TimelineLine(
        status=one.subject.status,
        person_id=one.subject.person_id,
        candidate_id=one.subject.candidate_id,
        title=title,
        n_sightings=one.n_sightings,
        first_seen=one.first_seen,
        last_seen=one.last_seen,
        presence_s=one.presence_s,
        counts=tuple(counts.tolist()),
    )
