"""What the live page shows: which cameras, which cards, which filters, and how one card is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from urllib.parse import urlencode

from dashboards.web.live.board import Card, CardFilter, CardState, card_of_row
from dashboards.web.live.feed import Feed
from dashboards.web.rendering import environment
from dashboards.web.site import Site
from pipeline.cameras.listing import ListedCamera, listed_cameras
from pipeline.control.gallery.listing import PeopleListing
from pipeline.control.live.cameras import Cameras
from pipeline.events.watch.alerts import AlertEvent
from pipeline.sightings.catalogue.queries import CatalogueQuery
from pipeline.sightings.rows import Status

MOST_CARDS = 48
"""Cards on the page; more are in the timeline."""
WALL_WIDTH = 640
"""Pixels across of a camera among others."""
ONE_WIDTH = 1280
"""Pixels across of a camera alone."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Fragments of the live page, in the zone of a site."""

    zone: tzinfo

    def card(self, card: Card) -> str:
        """One card."""
        values = {"card": card, "zone": self.zone, "now": datetime.now(UTC)}
        return environment().get_template("live/card.html").render(values)

    def alerts(self, alerts: Iterable[AlertEvent]) -> str:
        """The alerts that are on."""
        return environment().get_template("live/alerts.html").render({"alerts": list(alerts), "zone": self.zone})


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePage:
    """Everything that the page shows."""

    all_cameras: Sequence[ListedCamera]
    cameras: Sequence[ListedCamera]
    """Those on the wall."""
    people: Mapping[str, str]
    """Id -> name."""
    cards: Sequence[Card]
    alerts: Sequence[AlertEvent]
    place: str
    """In the log of events, as of which the cards are."""
    wanted: CardFilter
    is_cut_off: bool
    """Whether nothing can arrive, since the workers are not there."""
    now: datetime

    @property
    def is_alone(self) -> bool:
        """Whether one camera is shown, and large."""
        return len(self.cameras) == 1

    @property
    def pictures_url(self) -> str:
        """The stream of pictures."""
        names = [("camera", camera.name) for camera in self.cameras if camera.enabled]
        return "/live/pictures?" + urlencode(names) if names else ""

    @property
    def events_url(self) -> str:
        """The stream of cards."""
        return "/live/events?" + urlencode({"after": self.place, **_query_of(self.wanted)})

    @property
    def states_url(self) -> str:
        """How the cameras are doing."""
        return "/live/states?" + urlencode(_query_of(CardFilter(self.wanted.camera)))

    def url_with(self, state: str) -> str:
        """This page with another state asked for; an empty one is all."""
        wanted = CardFilter(self.wanted.camera, self.wanted.person_id, CardState(state) if state else None)
        query = urlencode(_query_of(wanted))
        return f"/live?{query}" if query else "/live"


def live_page(site: Site, feed: Feed, wanted: CardFilter, now: datetime) -> LivePage:
    """The page as of `now`; sightings that are over and were told too long ago are taken from the record."""
    cameras = listed_cameras(site.control, site.settings, now)
    cards, place = feed.cards(wanted, MOST_CARDS)
    return LivePage(
        all_cameras=cameras,
        cameras=_shown(cameras, wanted.camera),
        people=PeopleListing(site.control).names_of(),
        cards=_with_recorded(site, cards, wanted, [camera.name for camera in cameras]),
        alerts=feed.alerts(),
        place=place,
        wanted=wanted,
        is_cut_off=feed.is_cut_off,
        now=now,
    )


def shown_cameras(site: Site, camera: str | None, now: datetime) -> Sequence[ListedCamera]:
    """The cameras on the wall, or the one that was asked for."""
    return _shown(listed_cameras(site.control, site.settings, now), camera)


def camera_names(site: Site) -> frozenset[str]:
    """The cameras that can be looked at."""
    return frozenset((*site.settings.cameras, *(camera.name for camera in Cameras(site.control).entries())))


def _shown(cameras: Sequence[ListedCamera], camera: str | None) -> Sequence[ListedCamera]:
    return [one for one in cameras if camera in {None, one.name}]


def _with_recorded(site: Site, cards: list[Card], wanted: CardFilter, cameras: Iterable[str]) -> list[Card]:
    """The cards, and below them what the cameras saw before, up to a page; alerts are not in the record."""
    missing = MOST_CARDS - len(cards)
    if missing <= 0 or wanted.state is CardState.ALERT:
        return cards
    query = CatalogueQuery(
        person_ids=frozenset({wanted.person_id}) if wanted.person_id else None,
        statuses=frozenset({Status(wanted.state.value)}) if wanted.state else None,
        source_ids=frozenset({wanted.camera} if wanted.camera else cameras),
    )
    known = {card.sighting_id for card in cards}
    rows = site.catalogue.find(query, MOST_CARDS).sightings
    recorded = [card_of_row(row) for row in rows if row.sighting_id not in known]
    return sorted([*cards, *recorded[:missing]], key=lambda card: card.started_at, reverse=True)


def _query_of(wanted: CardFilter) -> dict[str, str]:
    given = {"camera": wanted.camera, "person": wanted.person_id, "state": wanted.state and wanted.state.value}
    return {name: value for name, value in given.items() if value}
