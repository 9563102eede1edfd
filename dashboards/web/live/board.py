"""The board: sightings as they are told, a card each, and the alerts that are on. A fold over events; no threads."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from pipeline.events.events import EventKind, SightingEvent
from pipeline.events.watch.alerts import AlertEvent, AlertPhase
from pipeline.sightings.rows import SightingRow, Status

MOST_CARDS = 500
"""Sightings that are remembered, with a picture each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A sighting as it is shown."""

    sighting_id: str
    record_id: str
    """Under which the record has it: another one's, when it has turned out to belong to that."""
    source_id: str
    status: Status
    person_id: str | None
    """Of the person if KNOWN, of the candidate if UNCERTAIN."""
    name: str | None
    score: float | None
    started_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None = None
    """None while it goes on."""
    face_version: str = ""
    """Another one whenever there is a better picture of the face; empty before the first."""
    thumb_ref: str | None = None
    """Where the record has the picture, for a sighting that was read from there."""
    watches: tuple[str, ...] = ()
    """The watch lists that raised an alert for it."""

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


class CardState(StrEnum):
    """What a stream of cards may be narrowed to."""

    KNOWN = "known"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class CardFilter:
    """Which cards somebody wants to see; None is all."""

    camera: str | None = None
    person_id: str | None = None
    state: CardState | None = None

    def wants(self, card: Card) -> bool:
        """Whether the card is one of them."""
        return (
            self.camera in {None, card.source_id}
            and self.person_id in {None, card.person_id}
            and (self.state is None or self._is_in_state(card))
        )

    def _is_in_state(self, card: Card) -> bool:
        if self.state is CardState.ALERT:
            return bool(card.watches)
        return self.state == card.status.value


@dataclass(slots=True, eq=False)
class Board:
    """The newest sightings and the alerts that are on."""

    _cards: OrderedDict[str, Card] = field(default_factory=OrderedDict)
    _faces: dict[str, bytes] = field(default_factory=dict)
    _alerts: dict[str, AlertEvent] = field(default_factory=dict)
    _watches: OrderedDict[str, tuple[str, ...]] = field(default_factory=OrderedDict)
    """By sighting, those that raised an alert for it; an alert may come before its sighting, and be over before."""

    def take(self, event: SightingEvent) -> str:
        """Go on by one event; the id of the sighting whose card changed, or is gone.

        A sighting that turned out to be a part of another one ends without a card: the other one's goes on.
        """
        sighting_id = event.sighting_id
        if event.kind is EventKind.END and event.part_of is not None:
            self._cards.pop(sighting_id, None)
            self._faces.pop(sighting_id, None)
            return sighting_id
        if event.thumb_jpeg:
            self._faces[sighting_id] = event.thumb_jpeg
        self._cards[sighting_id] = _card(event, self._cards.get(sighting_id), self._watches.get(sighting_id, ()))
        while len(self._cards) > MOST_CARDS:
            oldest, _ = self._cards.popitem(last=False)
            self._faces.pop(oldest, None)
        return sighting_id

    def take_alert(self, alert: AlertEvent) -> tuple[str, ...]:
        """Go on by one alert; the ids of the sightings whose cards changed."""
        if alert.phase is AlertPhase.END:
            self._alerts.pop(alert.alert_id, None)
        else:
            self._alerts[alert.alert_id] = alert
        for sighting_id in alert.sighting_ids:
            watches = dict.fromkeys((*self._watches.get(sighting_id, ()), alert.watch))
            self._watches[sighting_id] = tuple(watches)
            if sighting_id in self._cards:
                self._cards[sighting_id] = replace(self._cards[sighting_id], watches=tuple(watches))
        while len(self._watches) > MOST_CARDS:
            self._watches.popitem(last=False)
        return tuple(found for found in alert.sighting_ids if found in self._cards)

    def card(self, sighting_id: str) -> Card | None:
        """The sighting's card; None when there is none (any more)."""
        return self._cards.get(sighting_id)

    def cards(self, wanted: CardFilter, limit: int) -> list[Card]:
        """The cards that are wanted: those that began last, first."""
        found = [card for card in self._cards.values() if wanted.wants(card)]
        return sorted(found, key=_begin, reverse=True)[:limit]

    def face(self, sighting_id: str) -> bytes | None:
        """A JPEG of the sighting's best face so far."""
        return self._faces.get(sighting_id)

    def alerts(self) -> list[AlertEvent]:
        """The alerts that are on, newest first."""
        return sorted(self._alerts.values(), key=lambda alert: alert.started_at, reverse=True)


def card_of_row(row: SightingRow) -> Card:
    """The card of a sighting in the record, which is over."""
    return Card(
        sighting_id=row.sighting_id,
        record_id=row.sighting_id,
        source_id=row.source_id,
        status=row.status,
        person_id=row.candidate_id if row.status is Status.UNCERTAIN else row.person_id,
        name=row.person_name,
        score=row.best_score,
        started_at=row.start_ts,
        last_seen_at=row.end_ts,
        ended_at=row.end_ts,
        thumb_ref=row.thumb_ref,
    )


def _card(event: SightingEvent, before: Card | None, watches: tuple[str, ...]) -> Card:
    return Card(
        sighting_id=event.sighting_id,
        record_id=event.part_of or event.sighting_id,
        source_id=event.source_id,
        status=event.status,
        person_id=event.person_id or event.candidate_id,
        name=event.person_name or event.candidate_name,
        score=event.score,
        started_at=event.started_at,
        last_seen_at=event.last_seen_at,
        ended_at=event.ended_at,
        face_version=event.event_id if event.thumb_jpeg else before.face_version if before else "",
        watches=watches,
    )


def _begin(card: Card) -> tuple[datetime, str]:
    return card.started_at, card.sighting_id
