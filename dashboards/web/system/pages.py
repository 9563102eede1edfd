"""The system page, and the second tries that it offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.rendering import render, site_of
from dashboards.web.system.health import Trouble, days_left, doing, headline, stage_words, troubles
from dashboards.web.system.looking import SystemLook, looker_of
from dashboards.web.system.versions import VersionLine, versions
from pipeline.control.audit import AuditLog
from pipeline.control.live.deliveries import Deliveries
from workers.footage.second_try import analyse_again

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemView:
    """What the page shows."""

    look: SystemLook
    headline: str
    doing: str
    troubles: Sequence[Trouble]
    days_left: str
    versions: Sequence[VersionLine]


@router.get("/system")
def show(request: Request, _visitor: AnyVisitor) -> Response:
    """The page."""
    return render(request, "system/page.html", _values(request))


@router.get("/system/now")
def show_now(request: Request, _visitor: AnyVisitor) -> Response:
    """The part that changes, asked for every other second while somebody looks."""
    return render(request, "system/now.html", _values(request))


@router.post("/system/letters")
def deliver_again(request: Request, visitor: AnalystVisitor, target: Annotated[str, Form()] = "") -> Response:
    """Let the dead letters of a target, or all, wait for delivery once more."""
    site = site_of(request)
    queue = Deliveries(site.control)
    n_letters = queue.retry([letter.seq for letter in queue.dead(target or None)], datetime.now(UTC))
    if n_letters:
        AuditLog(site.control).append("deliver again", "", who=visitor.name, detail=f"{n_letters} events")
    looker_of(site).forget()
    return show_now(request, visitor)


@router.post("/system/runs/{run_id}")
def try_again(request: Request, visitor: AnalystVisitor, run_id: str) -> Response:
    """Let a failed run go on, or one with gaps begin anew."""
    site = site_of(request)
    again = analyse_again(site.control, site.redis_url, run_id)
    AuditLog(site.control).append("resume footage", "", who=visitor.name, detail=again.run.source_id)
    looker_of(site).forget()
    return show_now(request, visitor)


def _values(request: Request) -> dict[str, object]:
    site = site_of(request)
    look = looker_of(site).look()
    found = troubles(look)
    view = SystemView(
        look=look,
        headline=headline(look, found),
        doing=doing(look),
        troubles=found,
        days_left=days_left(look),
        versions=versions(look),
    )
    return {"view": view, "look": look, "stage_words": stage_words}
