"""Footage comes from the page: by upload, or by choice below the folders that were set."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from dashboards.web.access import AnalystVisitor
from dashboards.web.footage.arriving import LATEST_MS, SentFile, note_upload, submit_paths
from dashboards.web.footage.asked import AskedInForm, AskedInQuery, known_detectors, parse_asked
from dashboards.web.footage.folders import look_into
from dashboards.web.footage.resuming import removing_stale, uploads_of
from dashboards.web.footage.views import uploads_dir
from dashboards.web.rendering import render, site_of
from dashboards.web.security.entering.origins import check_own_form
from dashboards.web.security.incoming.limits import PLAIN_UPLOAD, UPLOADS
from dashboards.web.security.incoming.sent_form import SentForm
from dashboards.web.security.incoming.uploads import keep_footage

router = APIRouter(include_in_schema=False, lifespan=removing_stale)


@router.post("/footage/uploads")
def begin(
    request: Request,
    visitor: AnalystVisitor,
    asked: AskedInQuery,
    size: Annotated[int, Query(ge=1)],
    name: str = "",
    modified_ms: Annotated[int | None, Query(ge=0, le=LATEST_MS)] = None,
) -> Response:
    """Announce a file of so many bytes; they are sent where the answer says, as for any other program."""
    begun = uploads_of(request).begin(SentFile(name, modified_ms).announced(size, asked, visitor))
    return Response(status_code=HTTPStatus.CREATED, headers={"Location": f"{UPLOADS}/{begun.upload_id}"})


@router.post(PLAIN_UPLOAD)
async def send_plainly(request: Request, visitor: AnalystVisitor) -> Response:
    """A form with one file, from a browser that runs no scripts; the file is the last field."""
    check_own_form(request)
    site, form = site_of(request), SentForm(request.headers.get("content-type", ""))
    kept = await keep_footage(form.file(request.stream()), uploads_dir(site), site.settings.web)
    said = SentFile(form.file_name or "", None).announced(kept.n_bytes, parse_asked(form.fields, site.zone), visitor)
    await run_in_threadpool(note_upload, site, kept, said)
    return RedirectResponse("/footage", HTTPStatus.SEE_OTHER)


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
