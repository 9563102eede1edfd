"""The page of a sighting that goes on still: the record has it only once its first track is closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from dashboards.web.access import Visitor
from dashboards.web.live.feeds import feeds_of
from dashboards.web.rendering import render, site_of
from pipeline.control.audit import AuditLog
from pipeline.sightings.rows import Status

RECORDED_AFTER = timedelta(minutes=1)
"""A sighting that ended longer ago and is not in the record was taken out of it."""


def under_way_page(request: Request, sighting_id: str, visitor: Visitor) -> Response | None:
    """What was told of the sighting so far; None when nothing was told of it lately."""
    feed = feeds_of(request).feed
    feed.start()
    card = feed.card(sighting_id)
    if card is None or (card.ended_at is not None and datetime.now(UTC) - card.ended_at > RECORDED_AFTER):
        return None
    if card.record_id != sighting_id:
        return RedirectResponse(f"/sightings/{card.record_id}")
    if card.status is Status.KNOWN and card.person_id:  # the page loads itself again until the record has it
        log = AuditLog(site_of(request).control)
        log.append_anew("evidence", card.person_id, who=visitor.name, detail=sighting_id)
    page: HTMLResponse = render(request, "timeline/under_way.html", {"card": card})
    return page
