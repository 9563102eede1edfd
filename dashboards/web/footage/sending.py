"""Footage comes: by upload, or by choice below the folders that were set."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from dashboards.web.access import AnalystVisitor, Visitor
from dashboards.web.failures import TooMuch
from dashboards.web.footage.asked import Asked, AskedInForm, AskedInQuery, known_detectors
from dashboards.web.footage.folders import look_into
from dashboards.web.footage.views import uploads_dir
from dashboards.web.rendering import render, site_of
from dashboards.web.security.limits import MB
from dashboards.web.security.roots import footage_below
from dashboards.web.security.uploads import LEAST_FREE_BYTES, KeptFootage, keep_footage, shown_name
from dashboards.web.site import Site
from dashboards.web.words import size as size_words
from pipeline.control.arrivals import Arrival, Arrivals, NewArrival, Origin
from pipeline.control.footage_list import FootageList
from pipeline.errors import InputError, SourceUnreadable, StoreFull
from pipeline.intake.sections import sections_as_json
from pipeline.video.identity import source_id_of_digest

router = APIRouter(include_in_schema=False)

LATEST_MS = 7_258_118_400_000
"""The beginning of the year 2200 in Unix milliseconds; no file was written later, and few disks could say so."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """What the sender says of a file."""

    name: str
    modified_ms: int | None
    """When it was last written, in milliseconds since 1970; None when nobody says."""


@dataclass(frozen=True, slots=True)
class TakenUpload:
    """An upload that is on the list of arrivals."""

    arrival: Arrival
    label: str
    """What its sender calls it."""
    sha256: str


@router.get("/footage/room")
def room(request: Request, _visitor: AnalystVisitor, size: Annotated[int, Query(ge=0)]) -> Response:
    """Whether a file of so many bytes can be uploaded; asked before the first byte is sent."""
    check_room(site_of(request), size)
    return Response(status_code=204)


@router.post("/footage/upload")
async def upload(
    request: Request,
    visitor: AnalystVisitor,
    asked: AskedInQuery,
    name: str = "",
    modified_ms: Annotated[int | None, Query(ge=0, le=LATEST_MS)] = None,
) -> HTMLResponse:
    """The request's body is the file; its name, and when it was last written, are in the query."""
    taken = await take_upload(request, SentFile(name, modified_ms), asked, visitor)
    words = await run_in_threadpool(_words, site_of(request), taken)
    return render(request, "footage/sent.html", {"words": words})


@router.get("/footage/folders")
def folders(request: Request, _visitor: AnalystVisitor, path: str = "") -> HTMLResponse:
    """The folders from which footage may be chosen."""
    site = site_of(request)
    roots = site.settings.web.footage_roots
    shown = look_into(site.control, roots, path)
    return render(
        request, "footage/folders.html", {"shown": shown, "has_roots": bool(roots), "detectors": known_detectors()}
    )


@router.post("/footage/submit")
async def submit(request: Request, visitor: AnalystVisitor, asked: AskedInForm) -> Response:
    """Take in the files that were chosen."""
    form = await request.form()
    chosen = [path for path in form.getlist("path") if isinstance(path, str)]
    await run_in_threadpool(submit_paths, site_of(request), chosen, asked, visitor)
    return Response(status_code=204, headers={"HX-Redirect": "/footage"})


async def take_upload(request: Request, sent: SentFile, asked: Asked, visitor: Visitor) -> TakenUpload:
    """Keep the request's body as a file, and put it on the list of arrivals.

    Raises `TooMuch`, `StoreFull`, and `SourceUnreadable` for what is no video.
    """
    site = site_of(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal():
        await run_in_threadpool(check_room, site, int(announced))
    kept = await keep_footage(request.stream(), uploads_dir(site), site.settings.web)
    return await run_in_threadpool(_note_upload, site, kept, sent, asked, visitor)


def submit_paths(site: Site, chosen: list[str], asked: Asked, visitor: Visitor) -> list[Arrival]:
    """Put files below the folders of the settings on the list of arrivals.

    Raises `InputError` when none was chosen, and `Forbidden` for one that lies elsewhere.
    """
    if not chosen:
        raise InputError("choose at least one video")
    paths = [footage_below(site.settings.web.footage_roots, path) for path in chosen]
    for path in paths:
        if not path.is_file():
            raise SourceUnreadable(f"{path.name} is no file")
    return [Arrivals(site.control).note(_arrival(path, path.name, Origin.CHOICE, asked, visitor)) for path in paths]


def check_room(site: Site, n_bytes: int) -> None:
    """Raises `TooMuch` for more than the settings allow, and `StoreFull` when the disk would have too little left."""
    web = site.settings.web
    if n_bytes > web.most_upload_mb * MB:
        raise TooMuch(f"footage may have {web.most_upload_mb:,} MB at most, and this has {size_words(n_bytes)}")
    folder = uploads_dir(site)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free - LEAST_FREE_BYTES
    if n_bytes > free:
        raise StoreFull(
            f"the disk has room for {size_words(max(0, free))} of footage, and this has {size_words(n_bytes)}"
        )


def _note_upload(site: Site, kept: KeptFootage, sent: SentFile, asked: Asked, visitor: Visitor) -> TakenUpload:
    if not kept.was_there and sent.modified_ms:
        os.utime(kept.path, (sent.modified_ms / 1000, sent.modified_ms / 1000))
    noted = Arrivals(site.control).note(_arrival(kept.path, shown_name(sent.name), Origin.UPLOAD, asked, visitor))
    return TakenUpload(noted, shown_name(sent.name), kept.sha256)


def _words(site: Site, taken: TakenUpload) -> str:
    """What the sender of an upload is told."""
    label = taken.label
    known = FootageList(site.control).latest(source_id_of_digest(taken.sha256))
    if known is None:
        return f"{label} has come and is looked into"
    return f"{label} is the same footage as {known.label}" if known.label != label else f"{label} is known already"


def _arrival(path: Path, label: str, origin: Origin, asked: Asked, visitor: Visitor) -> NewArrival:
    status = path.stat()
    return NewArrival(
        path=path,
        label=label,
        origin=origin,
        who=visitor.name,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        options_json=sections_as_json(asked.sections),
        start_ts=asked.start_ts,
    )
