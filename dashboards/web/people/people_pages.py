"""Everybody enrolled, and somebody new."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.people import changing
from dashboards.web.people.views import show_people
from dashboards.web.rendering import render, site_of
from dashboards.web.security.incoming.uploads import read_picture, shown_name
from pipeline.config import WebSettings
from pipeline.control.gallery.listing import PeopleListing
from pipeline.errors import ImageUnreadable, InputError

router = APIRouter(include_in_schema=False)

MOST_AT_ONCE = 30
"""Pictures in one upload."""


async def sent_pictures(request: Request, pictures: list[UploadFile]) -> list[bytes]:
    """The pictures of a form, checked; raises `InputError` without any, and for too many."""
    if not 1 <= len(pictures) <= MOST_AT_ONCE:
        raise InputError(f"{len(pictures)} pictures were sent; 1 to {MOST_AT_ONCE} are taken at once")
    return [await _read(picture, site_of(request).settings.web) for picture in pictures]


async def _read(picture: UploadFile, settings: WebSettings) -> bytes:
    """As `read_picture`, whose refusal names the file: somebody who sent ten has to know which one it is."""
    try:
        return await read_picture(picture, settings)
    except ImageUnreadable as error:
        raise ImageUnreadable(f"nothing was taken, because of {shown_name(picture.filename)}: {error}") from error


SentPictures = Annotated[list[bytes], Depends(sent_pictures)]


@router.get("/people")
def people(
    request: Request,
    _visitor: AnyVisitor,
    q: str = "",
    page: Annotated[int, Query(ge=1)] = 1,
    relabelling: int | None = None,
) -> HTMLResponse:
    """The people; only the list when the search box asks."""
    shown = show_people(site_of(request), q.strip(), page)
    is_part = request.headers.get("HX-Target") == "cards"
    return render(
        request, "people/cards.html" if is_part else "people/people.html", {"shown": shown, "relabelling": relabelling}
    )


@router.get("/people/names")
def names(request: Request, _visitor: AnalystVisitor, person: str = "") -> HTMLResponse:
    """Names to choose from, while somebody types."""
    found = PeopleListing(site_of(request).control).names(person.strip())
    return render(request, "people/names.html", {"names": found})


@router.get("/people/new")
def new_person(request: Request, _visitor: AnalystVisitor) -> HTMLResponse:
    """Where somebody new is enrolled."""
    return render(request, "people/new.html", {})


@router.post("/people")
def enrol(
    request: Request, visitor: AnalystVisitor, contents: SentPictures, name: Annotated[str, Form(min_length=1)]
) -> HTMLResponse:
    """Enrol somebody by pictures, and say what became of each; the past follows."""
    enrolled = changing.enrol(site_of(request), name.strip(), contents, visitor.name)
    values = {"done": enrolled.done, "request_id": enrolled.request_id, "reloads": False}
    return render(request, "people/verdicts.html", values)
