"""Events over the API: sightings at live cameras as they happen, and the alerts that are on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from dashboards.web.access import AnyVisitor
from dashboards.web.api.paging import DEFAULT_LIMIT, Limit
from dashboards.web.api.values import ID, ApiValue, Moment
from dashboards.web.live.board import Card, CardFilter, CardState
from dashboards.web.live.feed import News
from dashboards.web.live.feeds import feeds_of
from dashboards.web.live.pages import SEND_TIMEOUT_S, UNBUFFERED
from dashboards.web.live.streaming import stream_news
from dashboards.web.rendering import site_of
from pipeline.control.audit import AuditLog
from pipeline.events.watch.alerts import AlertEvent
from pipeline.sightings.rows import Status

router = APIRouter(tags=["events"], prefix="/events")

PLACE = r"^(\d{1,16}-\d{1,16})?$"


class LiveSighting(ApiValue):
    """A sighting at a camera, as it is now."""

    sighting_id: str
    record_id: str
    """Under which the record has it: another one's, when it turned out to belong to that."""
    source_id: str
    """The camera's name."""
    status: Status
    person_id: str | None
    """Of the person if known, of the candidate if uncertain."""
    name: str | None
    score: float | None
    started_at: Moment
    last_seen_at: Moment
    ended_at: Moment | None
    """Null while it goes on."""
    watches: tuple[str, ...]
    """The watch lists that raised an alert for it."""


class Alert(ApiValue):
    """An alert that is on."""

    alert_id: str
    watch: str
    """The entry below `watch:` of the settings."""
    source_id: str
    status: Status
    person_id: str | None
    person_name: str | None
    score: float | None
    sighting_ids: tuple[str, ...]
    started_at: Moment


class EventsNow(ApiValue):
    """The newest sightings at cameras, those that began last first."""

    place: str
    """Where to go on from: `after` of `/api/v1/events/stream`. Empty while nothing was told."""
    is_cut_off: bool
    """Whether nothing can arrive, since the workers are not there."""
    sightings: tuple[LiveSighting, ...]
    alerts: tuple[Alert, ...]


class AlertsOn(ApiValue):
    """The alerts that are on, as a stream tells them."""

    alerts: tuple[Alert, ...]


def wanted_cards(
    camera: Annotated[str | None, Query(pattern=ID, description="At this camera.")] = None,
    person: Annotated[str | None, Query(pattern=ID, description="Of this person.")] = None,
    state: Annotated[CardState | None, Query(description="In this state.")] = None,
) -> CardFilter:
    """The filters of an address."""
    return CardFilter(camera, person, state)


Wanted = Annotated[CardFilter, Depends(wanted_cards)]


@router.get("", operation_id="list_events")
def list_events(request: Request, visitor: AnyVisitor, wanted: Wanted, limit: Limit = DEFAULT_LIMIT) -> EventsNow:
    """The newest sightings at live cameras, and the alerts that are on. For older ones ask `/api/v1/sightings`."""
    feed = feeds_of(request).feed
    feed.start()
    if wanted.person_id:
        AuditLog(site_of(request).control).append_anew("live", wanted.person_id, who=visitor.name)
    cards, place = feed.cards(wanted, limit)
    return EventsNow(
        place=place,
        is_cut_off=feed.is_cut_off,
        sightings=tuple(_sighting(card) for card in cards),
        alerts=tuple(_alert(alert) for alert in feed.alerts()),
    )


@router.get(
    "/stream",
    operation_id="stream_events",
    response_class=EventSourceResponse,
    responses={200: {"description": "Server-sent events.", "content": {"text/event-stream": {}}}},
)
async def stream(
    request: Request,
    visitor: AnyVisitor,
    wanted: Wanted,
    after: Annotated[str, Query(pattern=PLACE, description="`place` of `/api/v1/events`; empty is from now on.")] = "",
) -> EventSourceResponse:
    """What happens from now on, as server-sent events.

    `sighting` carries a sighting as it is now, whenever it changes; `gone` the id of one that belongs to another one
    now, or is no longer among those asked for; `alerts` all alerts that are on; `place` has the id from which to go on:
    clients that break off send it as `Last-Event-ID`. A stream ends after ten minutes; come again then.
    """
    feed = feeds_of(request).feed
    place = request.headers.get("last-event-id", after)
    await run_in_threadpool(feed.start)
    if wanted.person_id:
        control = site_of(request).control
        await run_in_threadpool(AuditLog(control).append_anew, "live", wanted.person_id, who=visitor.name)
    news = stream_news(feed, place if re.fullmatch(PLACE, place) else "", wanted)
    return EventSourceResponse(told(news), ping=SEND_TIMEOUT_S, send_timeout=SEND_TIMEOUT_S, headers=UNBUFFERED)


async def told(stream: AsyncIterator[News]) -> AsyncIterator[ServerSentEvent]:
    """News as the stream tells them."""
    async for news in stream:
        for event in _events(news):
            yield event


def _events(news: News) -> Iterator[ServerSentEvent]:
    for card in news.cards:
        yield ServerSentEvent(_sighting(card).model_dump_json(), event="sighting")
    for sighting_id in news.gone:
        yield ServerSentEvent(sighting_id, event="gone")
    if news.alerts is not None:
        told = AlertsOn(alerts=tuple(_alert(alert) for alert in news.alerts))
        yield ServerSentEvent(told.model_dump_json(), event="alerts")
    if news.place:  # last, so that whoever is cut off in between is told everything again
        yield ServerSentEvent(news.place, event="place", id=news.place)


def _sighting(card: Card) -> LiveSighting:
    return LiveSighting.model_validate(card)


def _alert(alert: AlertEvent) -> Alert:
    return Alert.model_validate(alert)
