"""Streams inside one process: the transport for tests and for looking at one stage alone."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from workers.wire.transport import Burial, Buried, Delivery, Envelope, Slot, StreamState, Subscription


@dataclass(slots=True, eq=False)
class _Pending:
    consumer: str
    touched_at: float
    tries: int


@dataclass(slots=True, eq=False)
class _Entry:
    envelope: Envelope
    added_at: float
    taken: dict[str, _Pending] = field(default_factory=dict)
    """Group -> in whose hands it is."""


class MemoryTransport:
    """A `Transport` of dictionaries under one lock; `clock` gives seconds and may be a test's."""

    is_local = True

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._streams: dict[str, dict[str, _Entry]] = {}
        self._flights: dict[str, dict[int, int]] = {}
        self._buried: list[Buried] = []
        self._forwarded: dict[str, int] = {}
        self._ids = itertools.count(1)
        self._changed = threading.Condition()

    def ping(self) -> None:
        """Memory always answers."""

    def publish(self, stream: str, envelope: Envelope) -> None:
        with self._changed:
            self._flight(envelope.slot)[envelope.slot.number] = envelope.n_bytes
            self._add(stream, envelope)

    def receive(self, subscription: Subscription, count: int, wait_s: float) -> list[Delivery]:
        with self._changed:
            self._changed.wait_for(lambda: self._untaken(subscription, 1), timeout=wait_s)
            return [self._take(subscription, *found) for found in self._untaken(subscription, count)]

    def claim_idle(self, subscription: Subscription, min_idle_s: float, count: int) -> list[Delivery]:
        with self._changed:
            return [self._take(subscription, *found) for found in self._idle(subscription, min_idle_s, count)]

    def keep(self, subscription: Subscription, deliveries: Sequence[Delivery]) -> None:
        with self._changed:
            for delivery in deliveries:
                entry = self._entries(delivery.stream).get(delivery.entry_id)
                if entry is not None and subscription.group in entry.taken:
                    entry.taken[subscription.group].touched_at = self._clock()

    def forward(
        self, group: str, delivery: Delivery, stream: str, envelope: Envelope, burial: Burial | None = None
    ) -> bool:
        with self._changed:
            flight = self._flight(envelope.slot)
            if not self._drop(group, delivery) or envelope.slot.number not in flight:
                return False
            flight[envelope.slot.number] = envelope.n_bytes
            self._add(stream, envelope)
            self._forwarded[group] = self._forwarded.get(group, 0) + 1
            self._bury(envelope.slot, burial)
            return True

    def settle(self, group: str, deliveries: Sequence[Delivery], burial: Burial | None = None) -> None:
        with self._changed:
            for delivery in deliveries:
                slot = delivery.envelope.slot
                self._drop(group, delivery)
                self._flight(slot).pop(slot.number, None)
                self._bury(slot, burial)

    def discard(self, group: str, deliveries: Sequence[Delivery]) -> None:
        with self._changed:
            for delivery in deliveries:
                self._drop(group, delivery)

    def in_flight(self, run_id: str) -> Mapping[int, int]:
        with self._changed:
            return dict(self._flights.get(run_id, {}))

    def end_flight(self, run_id: str) -> None:
        with self._changed:
            self._flights.pop(run_id, None)

    def buried(self, count: int) -> list[Buried]:
        with self._changed:
            return self._buried[::-1][:count]

    def stream_state(self, stream: str, group: str) -> StreamState:
        with self._changed:
            entries = list(self._entries(stream).values())
            held = [entry.taken[group].consumer for entry in entries if group in entry.taken]
            age = self._clock() - entries[0].added_at if entries else 0.0
            return StreamState(stream, len(entries), len(held), age, tuple(sorted(set(held))))

    def forwarded(self) -> Mapping[str, int]:
        with self._changed:
            return dict(self._forwarded)

    def close(self) -> None:
        """Nothing is held."""

    def _entries(self, stream: str) -> dict[str, _Entry]:
        return self._streams.setdefault(stream, {})

    def _flight(self, slot: Slot) -> dict[int, int]:
        return self._flights.setdefault(slot.run.run_id, {})

    def _add(self, stream: str, envelope: Envelope) -> None:
        self._entries(stream)[str(next(self._ids))] = _Entry(_frozen(envelope), self._clock())
        self._changed.notify_all()

    def _drop(self, group: str, delivery: Delivery) -> bool:
        entry = self._entries(delivery.stream).get(delivery.entry_id)
        if entry is None or group not in entry.taken:
            return False
        del self._entries(delivery.stream)[delivery.entry_id]
        return True

    def _bury(self, slot: Slot, burial: Burial | None) -> None:
        if burial is not None:
            self._buried.append(Buried(slot, burial))

    def _untaken(self, subscription: Subscription, count: int) -> list[tuple[str, str]]:
        return [
            (stream, entry_id)
            for stream in subscription.streams
            for entry_id in itertools.islice(self._ids_untaken(stream, subscription.group), count)
        ]

    def _ids_untaken(self, stream: str, group: str) -> list[str]:
        return [entry_id for entry_id, entry in self._entries(stream).items() if group not in entry.taken]

    def _idle(self, subscription: Subscription, min_idle_s: float, count: int) -> list[tuple[str, str]]:
        latest = self._clock() - min_idle_s
        found = [
            (stream, entry_id)
            for stream in subscription.streams
            for entry_id, entry in self._entries(stream).items()
            if subscription.group in entry.taken and entry.taken[subscription.group].touched_at <= latest
        ]
        return found[:count]

    def _take(self, subscription: Subscription, stream: str, entry_id: str) -> Delivery:
        entry = self._streams[stream][entry_id]
        before = entry.taken.get(subscription.group)
        tries = before.tries + 1 if before else 1
        entry.taken[subscription.group] = _Pending(subscription.consumer, self._clock(), tries)
        return Delivery(stream, entry_id, entry.envelope, tries)


def _frozen(envelope: Envelope) -> Envelope:
    """A copy that later changes to the publisher's arrays do not reach."""
    return Envelope(envelope.slot, envelope.header, tuple(bytes(blob) for blob in envelope.blobs))
