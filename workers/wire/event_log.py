"""Logs of events: bounded streams that everybody reads for himself, from wherever he was.

Unlike the streams of a `Transport` nothing is taken out of a log by reading; what is too old is let go. A reader keeps
the id of the last entry that he has dealt with, and hands it in for what came after.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import Protocol

EVENTS = "ft:events"
"""The life of sightings at live cameras."""
ALERTS = "ft:alerts"
"""What follows from it by the watch lists."""
LOG_ENTRIES = 10_000
"""Entries that a log keeps, roughly; with a picture each that is about 100 MB."""
FIRST = "0-0"
"""Before every entry."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of a log."""

    entry_id: str
    """Milliseconds since 1970 by the server's clock, and a number: later entries have larger ones."""
    data: bytes


class EventLog(Protocol):
    """Logs by their names. Every method may raise `TransportLost`."""

    def append(self, log: str, data: bytes, *, keep: int = LOG_ENTRIES) -> str:
        """Add an entry and let go of the oldest beyond about `keep`; the new entry's id."""

    def read(self, log: str, after: str, count: int, wait_s: float) -> list[LogEntry]:
        """Up to `count` entries after the id `after`, waiting up to `wait_s` seconds for the first."""

    def latest(self, log: str, count: int) -> list[LogEntry]:
        """The newest `count` entries, in their order."""

    def last_id(self, log: str) -> str:
        """The id of the newest entry; `FIRST` when the log is empty."""

    def close(self) -> None:
        """Give back what is held; the log is of no use afterwards."""


def place_of(entry_id: str) -> tuple[int, int]:
    """An entry's id as numbers that compare as the entries follow each other."""
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)


class MemoryEventLog:
    """An `EventLog` of lists under one lock, for tests."""

    def __init__(self) -> None:
        self._logs: defaultdict[str, list[LogEntry]] = defaultdict(list)
        self._changed = threading.Condition()

    def append(self, log: str, data: bytes, *, keep: int = LOG_ENTRIES) -> str:
        with self._changed:
            entries = self._logs[log]
            number = place_of(entries[-1].entry_id)[1] + 1 if entries else 1
            entries.append(LogEntry(f"1-{number}", data))
            del entries[:-keep]
            self._changed.notify_all()
            return entries[-1].entry_id

    def read(self, log: str, after: str, count: int, wait_s: float) -> list[LogEntry]:
        with self._changed:
            self._changed.wait_for(lambda: self._after(log, after), timeout=wait_s)
            return self._after(log, after)[:count]

    def latest(self, log: str, count: int) -> list[LogEntry]:
        with self._changed:
            return self._logs[log][-count:]

    def last_id(self, log: str) -> str:
        with self._changed:
            entries = self._logs[log]
            return entries[-1].entry_id if entries else FIRST

    def close(self) -> None:
        """Nothing is held."""

    def _after(self, log: str, after: str) -> list[LogEntry]:
        return [entry for entry in self._logs[log] if place_of(entry.entry_id) > place_of(after)]
