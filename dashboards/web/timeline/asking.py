"""What the address of a timeline asks for: whose sightings, where, how sure, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request

from dashboards.web.rendering import site_of
from dashboards.web.site import Site
from dashboards.web.timeline.window import Window, window_around, window_between, window_over
from pipeline.control.gallery.listing import PeopleListing
from pipeline.control.work.sources import Sources
from pipeline.errors import InputError
from pipeline.sightings.catalogue.queries import CatalogueQuery
from pipeline.sightings.rows import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineFilters:
    """Which sightings; as they stand in the address."""

    people: tuple[str, ...] = ()
    """Ids of people and of unknown ones; all of them when empty."""
    sources: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()

    @property
    def query(self) -> CatalogueQuery:
        """The same for the catalogue."""
        return CatalogueQuery(
            person_ids=frozenset(self.people) if self.people else None,
            source_ids=frozenset(self.sources) if self.sources else None,
            statuses=frozenset(self.statuses) if self.statuses else None,
        )

    def query_within(self, window: Window) -> CatalogueQuery:
        """Those of them in that time."""
        return replace(self.query, since=window.since, until=window.until)

    @property
    def is_empty(self) -> bool:
        """Whether all sightings are wanted."""
        return not (self.people or self.sources or self.statuses)

    def address(self, path: str, **more: str) -> str:
        """`path` with these filters, and with more."""
        pairs = [
            *(("person", one) for one in self.people),
            *(("source", one) for one in self.sources),
            *(("status", one.value) for one in self.statuses),
            *more.items(),
        ]
        return f"{path}?{urlencode(pairs)}" if pairs else path


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineWords:
    """What people and sources are called today."""

    people: dict[str, str] = field(default_factory=dict)
    """Person id -> name."""
    sources: dict[str, str] = field(default_factory=dict)
    """Source id -> label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTimeline:
    """A request for some of the timeline."""

    site: Site
    words: TimelineWords
    filters: TimelineFilters
    window: Window


def asked_timeline(request: Request) -> AskedTimeline:
    """What the address of a request asks for; raises `InputError` for what cannot be."""
    site, asked = site_of(request), request.query_params
    words = words_of(site)
    filters = filters_of(words, asked.getlist("person"), asked.getlist("source"), asked.getlist("status"))
    window = window_asked(site, filters, dict(asked), datetime.now(UTC))
    return AskedTimeline(site=site, words=words, filters=filters, window=window)


Asked = Annotated[AskedTimeline, Depends(asked_timeline)]


def words_of(site: Site) -> TimelineWords:
    """Today's names."""
    return TimelineWords(
        people=PeopleListing(site.control).names_of(),
        sources={source.source_id: source.label for source in Sources(site.control).list()},
    )


def filters_of(words: TimelineWords, people: list[str], sources: list[str], statuses: list[str]) -> TimelineFilters:
    """Filters from what was typed or chosen; people may be named. Raises `InputError` for an unknown status."""
    by_name = {name.casefold(): person_id for person_id, name in words.people.items()}
    typed = [text.strip() for text in people if text.strip()]
    return TimelineFilters(
        people=tuple(by_name.get(text.casefold(), text) for text in typed),
        sources=tuple(source for source in sources if source),
        statuses=tuple(_status(text) for text in statuses if text),
    )


def window_asked(site: Site, filters: TimelineFilters, asked: dict[str, str], now: datetime) -> Window:
    """From `from` to `to`, or the `range` around `at`; else where there is something to see.

    That is all of a person's sightings, or else the last day with any.
    """
    if asked.get("from") and asked.get("to"):
        return window_between(asked["from"], asked["to"], site.zone)
    name = asked.get("range", "")
    at = _moment(asked.get("at", ""))
    if name and name != "all" and at is not None:
        return window_around(at, name, site.zone)
    counts = site.catalogue.people(filters.query)
    if not counts:
        return window_around(at or now, name if name not in {"", "all"} else "day", site.zone)
    first, last = min(one.first_seen for one in counts), max(one.last_seen for one in counts)
    if name == "all" or (filters.people and not name):
        return window_over(first, last)
    return window_around(last, name or "day", site.zone)


def iso(at: datetime) -> str:
    """A moment as it stands in addresses: 2026-05-01T09:30:00Z, finer only when it is."""
    text = at.astimezone(UTC).isoformat(timespec="milliseconds" if at.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"at {text!r} is no moment; 2026-05-01T09:30:00Z is") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _status(text: str) -> Status:
    try:
        return Status(text)
    except ValueError as error:
        raise InputError(f"status {text!r} is unknown; there are: {', '.join(Status)}") from error
