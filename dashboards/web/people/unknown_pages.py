"""Unknown people: who they may be, and what is made of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.people.judging import judge_faces
from dashboards.web.people.past import name_past, runs_of
from dashboards.web.people.past_pages import CHANGED, past_fragment
from dashboards.web.people.unknown_views import show_uncertain, show_unknowns
from dashboards.web.rendering import render, site_of
from pipeline.control.audit import AuditLog
from pipeline.control.changes import ChangeKind
from pipeline.control.corrections import Corrections, Said
from pipeline.control.unknowns import Unknowns
from pipeline.errors import InputError, NotFound
from pipeline.naming import Naming, find_person, name_sightings, said_of
from pipeline.sightings.catalogue_queries import parse_cursor
from pipeline.sightings.rows import SightingRow
from pipeline.unknown_groups import sightings_of

router = APIRouter(include_in_schema=False)

UnknownIds = Annotated[list[str], Form(min_length=1)]


@router.get("/unknowns")
def unknowns(
    request: Request, _visitor: AnyVisitor, page: Annotated[int, Query(ge=1)] = 1, show: str = ""
) -> HTMLResponse:
    """The unknown people; a fragment of the list when the page asks for it anew."""
    shown = show_unknowns(site_of(request), page, ignored=show == "ignored")
    is_part = request.headers.get("HX-Target") == "groups"
    return render(request, "people/groups.html" if is_part else "people/unknowns.html", {"shown": shown})


@router.get("/unknowns/uncertain")
def uncertain(request: Request, _visitor: AnyVisitor, after: str = "") -> HTMLResponse:
    """Sightings that may be somebody's."""
    shown = show_uncertain(site_of(request), parse_cursor(after) if after else None)
    return render(request, "people/uncertain.html", {"shown": shown})


@router.post("/unknowns/name")
def name(
    request: Request,
    visitor: AnalystVisitor,
    unknown_id: UnknownIds,
    person: Annotated[str, Form(min_length=1)],
    kind: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Say who these unknown people are: somebody enrolled, or somebody new (`kind` "new": nobody enrolled)."""
    site, wanted = site_of(request), person.strip()
    if kind == "new" and find_person(site.control, wanted) is not None:
        raise InputError(f"somebody is called {wanted} already; choose This is..., or another name")
    rows = _sightings(request, unknown_id)
    judged = judge_faces(site, rows, wanted)
    encoder = site.control.encoder(site.encoder)
    naming = Naming(person=wanted, sightings=rows, faces=judged, encoder=encoder)
    named = name_sightings(site.control, naming, who=visitor.name)
    request_id = name_past(site, visitor.name)
    return past_fragment(request, request_id, about=named.person_id, change_id=named.change_id)


@router.post("/unknowns/merge")
def merge(request: Request, visitor: AnalystVisitor, unknown_id: UnknownIds) -> HTMLResponse:
    """Let these unknown people be one: the one seen most often."""
    site = site_of(request)
    rows = _sightings(request, unknown_id)
    counts = {each: sum(row.person_id == each for row in rows) for each in unknown_id}
    into = max(sorted(counts), key=lambda each: counts[each])
    change_id = Unknowns(site.control).merge(unknown_id, into, who=visitor.name)
    return past_fragment(request, name_past(site, visitor.name, runs_of(rows)), change_id=change_id)


@router.post("/unknowns/not-a-face")
def not_a_face(request: Request, visitor: AnalystVisitor, unknown_id: UnknownIds) -> HTMLResponse:
    """Say that these show no faces: their sightings go from the record."""
    site, rows = site_of(request), _sightings(request, unknown_id)
    said = said_of(rows, Said.NOT_A_FACE)
    change_id = Corrections(site.control).say_all(said, who=visitor.name, kind=ChangeKind.NOT_A_FACE)
    AuditLog(site.control).append("correct", "", who=visitor.name, detail=f"{', '.join(unknown_id)}: not a face")
    return past_fragment(request, name_past(site, visitor.name, runs_of(rows)), change_id=change_id)


@router.post("/unknowns/ignore")
def ignore(request: Request, visitor: AnalystVisitor, unknown_id: UnknownIds) -> HTMLResponse:
    """Let these unknown people be out of the way."""
    change_id = Unknowns(site_of(request).control).ignore(unknown_id, who=visitor.name)
    words = f"{len(unknown_id)} ignored" if len(unknown_id) > 1 else f"{unknown_id[0]} is ignored"
    return _noted(request, words, change_id)


@router.post("/unknowns/heed")
def heed(request: Request, _visitor: AnalystVisitor, unknown_id: UnknownIds) -> HTMLResponse:
    """Let unknown people who were ignored be shown again."""
    for each in unknown_id:
        Unknowns(site_of(request).control).heed(each)
    return _noted(request, "Shown again", None)


def _noted(request: Request, words: str, change_id: int | None) -> HTMLResponse:
    answer = render(request, "people/noted.html", {"words": words, "change_id": change_id})
    answer.headers["HX-Trigger"] = CHANGED
    return answer


def _sightings(request: Request, unknown_ids: list[str]) -> list[SightingRow]:
    rows = sightings_of(site_of(request).catalogue, unknown_ids)
    if not rows:
        raise NotFound("nobody of these is in the record any more; load the page again")
    return rows
