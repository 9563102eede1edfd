"""How the record follows a change, and taking changes back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from dashboards.web.access import AnalystVisitor
from dashboards.web.api.problems import problems
from dashboards.web.api.values import ApiValue
from dashboards.web.failures import Conflict
from dashboards.web.people.naming.past import follow_past
from dashboards.web.people.naming.undoing import undo_change
from dashboards.web.people.unknown.deciding import Decided
from dashboards.web.rendering import site_of
from pipeline.control.correcting.changes import Changes
from pipeline.control.correcting.relabelling import RelabelProgress

router = APIRouter(tags=["changes"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Following(ApiValue):
    """The record follows."""

    relabelling_id: int | None
    """To be asked about at `/api/v1/relabellings/{id}`; null when nothing has to follow."""


class Changed(Following):
    """Something was said of the record, and the record follows."""

    change_id: int
    """By which it can be taken back, at `/api/v1/changes/{id}/undo`."""
    person_id: str | None
    """Whose sightings they are now; null for nobody's in particular."""


class SourceFollowing(ApiValue):
    """How far one source is."""

    source_id: str
    n_sightings: int
    """Sightings that were looked at."""
    n_changed: int
    """Those of them that are somebody else's now, or have another status."""
    problem: str | None
    """Why it could not be done; null when it could."""
    is_done: bool


class Relabelling(ApiValue):
    """How far the record is with following a change."""

    relabelling_id: int
    is_done: bool
    part: float
    """How much is done, 0 to 1."""
    n_changed: int
    """Sightings that are somebody else's now, or have another status."""
    sources: tuple[SourceFollowing, ...]


def changed(decided: Decided) -> Changed:
    """A decision as the API tells it."""
    return Changed(relabelling_id=decided.request_id, change_id=decided.change_id, person_id=decided.about or None)


@router.get("/relabellings/{relabelling_id}", operation_id="get_relabelling", responses=problems(404))
def get_relabelling(request: Request, _visitor: AnalystVisitor, relabelling_id: Number) -> Relabelling:
    """How far the record has followed a change. Ask again until `is_done`; lists are right from then on."""
    return _told(follow_past(site_of(request), relabelling_id))


@router.post("/changes/{change_id}/undo", operation_id="undo_change", responses=problems(404, 409))
def undo(request: Request, visitor: AnalystVisitor, change_id: Number) -> Following:
    """Take a change back: what was said goes, pictures that came with it leave the gallery, and the record follows."""
    site = site_of(request)
    if Changes(site.control).get(change_id).undone_at is not None:
        raise Conflict("this was undone before")
    return Following(relabelling_id=undo_change(site, change_id, visitor.name))


def _told(progress: RelabelProgress) -> Relabelling:
    return Relabelling(
        relabelling_id=progress.request_id,
        is_done=progress.is_done,
        part=progress.part,
        n_changed=progress.n_changed,
        sources=tuple(SourceFollowing.model_validate(source) for source in progress.sources),
    )
