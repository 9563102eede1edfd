"""What can be changed about footage: stopping it, going on, its start, its file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from dashboards.moments import parse_moment
from dashboards.web.access import AnalystVisitor
from dashboards.web.failures import Conflict
from dashboards.web.footage.keeping import keeper_of
from dashboards.web.footage.views import OneFootage, list_arrivals, one_footage, one_line
from dashboards.web.rendering import render, site_of
from dashboards.web.site import Site
from pipeline.control.audit import AuditLog
from pipeline.control.database import Control
from pipeline.control.work.arrivals import Arrivals, ArrivalState, NewArrival
from pipeline.control.work.run_records import RunRecord
from pipeline.errors import InputError, NotFound, TransportLost
from workers.footage.submission import cancel_run, hand_over, queue_again
from workers.recording.starting import set_start

router = APIRouter(include_in_schema=False)

START_WAIT_S = 2.0
"""How long a page waits for the owner of a source to let go of it, in seconds."""


@router.post("/footage/{source_id}/cancel")
def cancel(request: Request, source_id: str, visitor: AnalystVisitor, *, whole: bool = False) -> Response:
    """Stop it where it is; `whole` is asked by a page that then loads anew."""
    stop_footage(site_of(request), one_line(site_of(request), keeper_of(request), source_id).run, who=visitor.name)
    return _reload() if whole else _line(request, source_id)


@router.post("/footage/{source_id}/again")
def again(request: Request, source_id: str, visitor: AnalystVisitor, *, whole: bool = False) -> Response:
    """Go on where it stopped; `whole` is asked by a page that then loads anew."""
    site = site_of(request)
    go_on_with(site, one_line(site, keeper_of(request), source_id).run, who=visitor.name)
    return _reload() if whole else _line(request, source_id)


@router.post("/footage/{source_id}/start")
def correct_start(
    request: Request, source_id: str, visitor: AnalystVisitor, start: Annotated[str, Form()] = ""
) -> Response:
    """Correct when its media began; all its sightings move along."""
    site = site_of(request)
    one_line(site, keeper_of(request), source_id)
    move_start(site, source_id, parse_moment(start, "the start", site.zone), who=visitor.name)
    return _reload()


@router.post("/footage/{source_id}/remove-file")
def remove_file(request: Request, source_id: str, visitor: AnalystVisitor) -> Response:
    """Remove an uploaded file; what was found in it stays on record."""
    site = site_of(request)
    remove_upload(site, one_footage(site, keeper_of(request), source_id), who=visitor.name)
    return _reload()


@router.post("/footage/arrivals/{arrival_id}/dismiss")
def dismiss(request: Request, arrival_id: int, visitor: AnalystVisitor) -> HTMLResponse:
    """Take a file that came off the list; one that waits is not taken in then."""
    dismiss_arrival(site_of(request).control, arrival_id, who=visitor.name)
    return _arrivals(request)


@router.post("/footage/arrivals/{arrival_id}/again")
def look_again(request: Request, arrival_id: int, visitor: AnalystVisitor) -> HTMLResponse:
    """Look once more into a file that was refused."""
    try_refused_again(site_of(request).control, arrival_id, who=visitor.name)
    return _arrivals(request)


def stop_footage(site: Site, run: RunRecord, *, who: str) -> None:
    """Stop an analysis where it is; raises `Conflict` for one that is over."""
    if not run.state.is_active:
        raise Conflict(f"{run.label} is {run.state} already; there is nothing to stop")
    stop_run(site, run)
    AuditLog(site.control).append("stop footage", "", who=who, detail=run.run.source_id)


def go_on_with(site: Site, run: RunRecord, *, who: str) -> RunRecord:
    """Let an analysis go on where it stopped; raises `Conflict` for one that is active or complete."""
    if run.state.is_active or run.state.is_complete:
        raise Conflict(f"{run.label} is {run.state}; there is nothing to go on with")
    queued = queue_again(site.control, run)
    AuditLog(site.control).append("resume footage", "", who=who, detail=run.run.source_id)
    _hand_over(site, queued)
    return queued


def move_start(site: Site, source_id: str, start: datetime, *, who: str) -> None:
    """Let a file have begun at `start`, and say so in the audit log; raises as `set_start`."""
    set_start(site.control, source_id, start, wait_s=START_WAIT_S)
    detail = f"{source_id} began at {start.astimezone(UTC).isoformat()}"
    AuditLog(site.control).append("correct start", "", who=who, detail=detail)


def remove_upload(site: Site, shown: OneFootage, *, who: str) -> None:
    """Remove an uploaded file, and say so in the audit log: evidence goes with it.

    Raises `Conflict` while it is analysed, and for a file that is none of ours.
    """
    if shown.line.run.state.is_active:
        raise Conflict(f"{shown.source.label} is being analysed; stop it first")
    if not shown.is_upload or not shown.has_file or shown.source.path is None:
        raise Conflict(f"{shown.source.label} is no upload that is still there")
    Path(shown.source.path).unlink(missing_ok=True)
    AuditLog(site.control).append("remove footage", "", who=who, detail=shown.source.source_id)


def stop_run(site: Site, run: RunRecord) -> None:
    """Stop a run; without a server nothing of it is on its way."""
    try:
        transport = site.transport()
    except TransportLost:
        cancel_run(site.control, None, run.run.run_id)
        return
    try:
        cancel_run(site.control, transport, run.run.run_id)
    except TransportLost:
        return  # it is cancelled in the database, and its ingest stops by itself
    finally:
        transport.close()


def dismiss_arrival(control: Control, arrival_id: int, *, who: str) -> None:
    """Take a file that came off the list; nothing happens when it is not on it."""
    if Arrivals(control).dismiss(arrival_id):
        AuditLog(control).append("dismiss footage", "", who=who, detail=f"arrival {arrival_id}")


def try_refused_again(control: Control, arrival_id: int, *, who: str) -> None:
    """Put a refused file on the list anew; raises `InputError` for one that was not refused, or is gone."""
    arrivals = Arrivals(control)
    found = next((one for one in arrivals.refused() if one.arrival_id == arrival_id), None)
    if found is None:
        raise NotFound("this file is not on the list of refused ones any more")
    if not found.path.is_file():
        raise InputError(f"{found.label} is not there any more")
    status = found.path.stat()
    arrivals.dismiss(arrival_id)
    arrivals.note(
        NewArrival(
            path=found.path,
            label=found.label,
            origin=found.origin,
            who=who,
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            options_json=found.options_json,
            start_ts=found.start_ts,
            state=ArrivalState.WAITING,
        )
    )
    AuditLog(control).append("retry footage", "", who=who, detail=f"arrival {arrival_id}")


def _hand_over(site: Site, run: RunRecord) -> None:
    """Without a server it waits for `facetrail up`."""
    try:
        hand_over(site.redis_url, [run])
    except TransportLost:
        return


def _reload() -> Response:
    """The page is to be loaded anew."""
    return Response(status_code=204, headers={"HX-Refresh": "true"})


def _line(request: Request, source_id: str) -> HTMLResponse:
    line = one_line(site_of(request), keeper_of(request), source_id)
    return render(request, "footage/line.html", {"line": line})


def _arrivals(request: Request) -> HTMLResponse:
    return render(request, "footage/arrivals.html", {"shown": list_arrivals(site_of(request), datetime.now(UTC))})
