"""The feed: one reader of the logs of events and alerts for all browsers of this process."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from dashboards.web.live.board import Board, Card, CardFilter
from pipeline.errors import MessageError, SettingsError, TransportLost
from pipeline.events.events import decode_event
from pipeline.events.watch.alerts import AlertEvent
from workers.wire.event_log import ALERTS, EVENTS, EventLog, LogEntry, place_of
from workers.wire.transport import backoff_s

logger = logging.getLogger(__name__)

BEGIN_WITH = 500
"""Entries of each log that a new process begins with."""
REMEMBERED = 2000
"""Entries of which is remembered whom they were about, for browsers that come back."""
WAIT_S = 1.0
"""Longest wait for an entry, in seconds, and so for the end."""
MOST_WAITING = 200
"""Sightings with news for one browser; one that is further behind has to come again."""
READ_AT_ONCE = 100
READY_S = 0.5
"""How long the first page waits for what there is, in seconds."""


@dataclass(slots=True, eq=False)
class Listener:
    """One browser that follows the feed. However often a sighting changes, there is one piece of news of it."""

    wake: Callable[[], None]
    is_behind: bool = False
    """It took nothing for too long, and is told nothing any more."""
    _news: dict[str, None] = field(default_factory=dict)
    _has_alerts: bool = False
    _place: str = ""

    def tell(self, sighting_ids: Iterable[str], place: str, *, has_alerts: bool) -> None:
        """These sightings changed, as of that place in the log; called under the feed's lock."""
        self._news.update(dict.fromkeys(sighting_ids))
        self._has_alerts |= has_alerts
        self._place = place or self._place
        self.is_behind |= len(self._news) > MOST_WAITING
        self.wake()

    def pop(self) -> tuple[list[str], str, bool]:
        """What is new: sightings, the place up to which, and whether alerts are; called under the feed's lock."""
        news, has_alerts, self._news, self._has_alerts = list(self._news), self._has_alerts, {}, False
        return news, self._place, has_alerts


@dataclass(frozen=True, slots=True)
class News:
    """What changed for one browser, as it is now."""

    place: str
    """From where to go on after a break."""
    cards: tuple[Card, ...] = ()
    """Oldest first."""
    gone: tuple[str, ...] = ()
    """Sightings without a card (any more), or that are no longer among the wanted ones."""
    alerts: tuple[AlertEvent, ...] | None = None
    """Those that are on, when that changed."""


class Feed:
    """Sightings and alerts as they are told. May be used by any thread; `start` may be called again and again."""

    def __init__(self, connect: Callable[[], EventLog]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._board = Board()
        self._recent: deque[tuple[str, str]] = deque(maxlen=REMEMBERED)
        self._listeners: list[Listener] = []
        self._stop = threading.Event()
        self._tails: list[_Tail] = []

    def start(self) -> None:
        """Begin to read, and wait a moment for what there is."""
        with self._lock:
            if not self._tails:
                self._tails = [
                    _Tail(self._connect, EVENTS, self._take_events, self._stop),
                    _Tail(self._connect, ALERTS, self._take_alerts, self._stop),
                ]
                for tail in self._tails:
                    tail.thread.start()
        for tail in self._tails:
            tail.ready.wait(READY_S)

    def stop(self) -> None:
        """Read no more."""
        self._stop.set()
        for tail in self._tails:
            tail.thread.join()

    @property
    def is_cut_off(self) -> bool:
        """Whether the server cannot be reached at the moment."""
        return any(tail.is_cut_off for tail in self._tails)

    @contextmanager
    def listening(self, after: str, wake: Callable[[], None]) -> Iterator[Listener]:
        """Follow what comes after the place `after`: what was missed since comes first."""
        listener = Listener(wake)
        with self._lock:
            listener.tell(self._missed(after), self._place(), has_alerts=True)
            self._listeners.append(listener)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.remove(listener)

    def news(self, listener: Listener, wanted: CardFilter) -> News:
        """What is new for the listener, of the cards that it wants."""
        with self._lock:
            sighting_ids, place, has_alerts = listener.pop()
            cards = [self._board.card(sighting_id) for sighting_id in sighting_ids]
            alerts = tuple(self._board.alerts()) if has_alerts else None
        shown = sorted((card for card in cards if card and wanted.wants(card)), key=lambda card: card.started_at)
        known = {card.sighting_id for card in shown}
        return News(place, tuple(shown), tuple(found for found in sighting_ids if found not in known), alerts)

    def cards(self, wanted: CardFilter, limit: int) -> tuple[list[Card], str]:
        """The newest cards, and the place in the log that they are as of."""
        with self._lock:
            return self._board.cards(wanted, limit), self._place()

    def card(self, sighting_id: str) -> Card | None:
        """The card of one sighting that was told of lately."""
        with self._lock:
            return self._board.card(sighting_id)

    def alerts(self) -> list[AlertEvent]:
        """The alerts that are on, newest first."""
        with self._lock:
            return self._board.alerts()

    def face(self, sighting_id: str) -> bytes | None:
        """A JPEG of the best face of a sighting that was told of lately."""
        with self._lock:
            return self._board.face(sighting_id)

    def _place(self) -> str:
        return self._recent[-1][0] if self._recent else ""

    def _missed(self, after: str) -> list[str]:
        if not after:
            return []
        place = place_of(after)
        return [sighting_id for entry_id, sighting_id in self._recent if place_of(entry_id) > place]

    def _take_events(self, entries: list[LogEntry]) -> None:
        with self._lock:
            taken = [(entry.entry_id, self._take_event(entry)) for entry in entries]
            known = [(entry_id, sighting_id) for entry_id, sighting_id in taken if sighting_id]
            self._recent.extend(known)
            for listener in self._listeners if known else ():
                listener.tell((found for _, found in known), known[-1][0], has_alerts=False)

    def _take_event(self, entry: LogEntry) -> str:
        try:
            return self._board.take(decode_event(entry.data))
        except MessageError as error:
            logger.warning("%s", error)
            return ""

    def _take_alerts(self, entries: list[LogEntry]) -> None:
        with self._lock:
            changed = [found for entry in entries for found in self._take_alert(entry)]
            for listener in self._listeners if entries else ():
                listener.tell(changed, "", has_alerts=True)

    def _take_alert(self, entry: LogEntry) -> tuple[str, ...]:
        try:
            return self._board.take_alert(msgspec.json.decode(entry.data, type=AlertEvent))
        except msgspec.DecodeError as error:
            logger.warning("an alert of %s bytes cannot be read: %s", len(entry.data), error)
            return ()


class _Tail:
    """A thread that hands on what comes into one log."""

    def __init__(
        self,
        connect: Callable[[], EventLog],
        log_name: str,
        take: Callable[[list[LogEntry]], None],
        stop: threading.Event,
    ) -> None:
        self._connect, self._name, self._take, self._stop = connect, log_name, take, stop
        self._after: str | None = None
        self.ready = threading.Event()
        self.is_cut_off = False
        self.thread = threading.Thread(target=self._run, name=f"feed {log_name}", daemon=True)

    def _run(self) -> None:
        failures, log = 0, self._connect()
        while not self._stop.is_set():
            try:
                self._read(log)
                failures, self.is_cut_off = 0, False
            except (TransportLost, SettingsError) as error:
                failures, self.is_cut_off = failures + 1, True
                logger.debug("%s cannot be read: %s", self._name, error)
                self._stop.wait(backoff_s(failures))
            self.ready.set()
        log.close()

    def _read(self, log: EventLog) -> None:
        """The newest entries at first, and then whatever comes."""
        if self._after is None:
            self._after = log.last_id(self._name)
            self._take([e for e in log.latest(self._name, BEGIN_WITH) if place_of(e.entry_id) <= place_of(self._after)])
            return
        entries = log.read(self._name, self._after, READ_AT_ONCE, WAIT_S)
        if entries:
            self._take(entries)
            self._after = entries[-1].entry_id
