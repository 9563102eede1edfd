"""Unknown people: who they may be, and what is made of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.people.naming.pages import CHANGED, decided_fragment
from dashboards.web.people.unknown import deciding
from dashboards.web.people.unknown.views import show_chosen, show_uncertain, show_unknowns
from dashboards.web.rendering import render, site_of
from pipeline.control.gallery.unknowns import Unknowns
from pipeline.sightings.catalogue.queries import parse_cursor

router = APIRouter(include_in_schema=False)

UnknownIds = Annotated[list[str], Form(min_length=1)]


@router.get("/unknowns")
def unknowns(
    request: Request,
    _visitor: AnyVisitor,
    page: Annotated[int, Query(ge=1)] = 1,
    show: str = "",
    group: Annotated[tuple[str, ...], Query()] = (),
) -> HTMLResponse:
    """The unknown people, or those of `group`, chosen; a fragment of the list when the page asks for it anew."""
    site = site_of(request)
    shown = show_chosen(site, group) if group else show_unknowns(site, page, ignored=show == "ignored")
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
    must_be_new, site = kind == "new", site_of(request)
    decided = deciding.name_unknowns(site, unknown_id, person.strip(), must_be_new=must_be_new, who=visitor.name)
    return decided_fragment(request, decided)


@router.post("/unknowns/merge")
def merge(request: Request, visitor: AnalystVisitor, unknown_id: UnknownIds) -> HTMLResponse:
    """Let these unknown people be one: the one seen most often."""
    return decided_fragment(request, deciding.merge_unknowns(site_of(request), unknown_id, who=visitor.name))


@router.post("/unknowns/not-a-face")
def not_a_face(request: Request, visitor: AnalystVisitor, unknown_id: UnknownIds) -> HTMLResponse:
    """Say that these show no faces: their sightings go from the record."""
    return decided_fragment(request, deciding.unknowns_are_no_faces(site_of(request), unknown_id, who=visitor.name))


@router.post("/unknowns/ignore")
def ignore(request: Request, visitor: AnalystVisitor, unknown_id: UnknownIds) -> HTMLResponse:
    """Let these unknown people be out of the way."""
    change_id = Unknowns(site_of(request).control).ignore(unknown_id, who=visitor.name)
    words = f"{len(unknown_id)} ignored" if len(unknown_id) > 1 else f"{unknown_id[0]} is ignored"
    return _noted(request, words, change_id)


@router.post("/unknowns/heed")
def heed(request: Request, visitor: AnalystVisitor, unknown_id: UnknownIds) -> HTMLResponse:
    """Let unknown people who were ignored be shown again."""
    Unknowns(site_of(request).control).heed(unknown_id, who=visitor.name)
    return _noted(request, "Shown again", None)


def _noted(request: Request, words: str, change_id: int | None) -> HTMLResponse:
    answer = render(request, "people/noted.html", {"words": words, "change_id": change_id})
    answer.headers["HX-Trigger"] = CHANGED
    return answer
