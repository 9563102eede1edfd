"""Logs of events on Redis Streams; what speaks to the server is `workers.streams`."""

from __future__ import annotations

from typing import Any, cast

from workers.streams import connect, errors_translated
from workers.wire.event_log import FIRST, LOG_ENTRIES, LogEntry

FIELD = b"event"
"""The one field of an entry."""


class RedisEventLog:
    """An `EventLog` over one server; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)

    def append(self, log: str, data: bytes, *, keep: int = LOG_ENTRIES) -> str:
        with errors_translated():
            entry_id = self._redis.xadd(log, {FIELD: data}, maxlen=keep, approximate=True)
        return cast("bytes", entry_id).decode()

    def read(self, log: str, after: str, count: int, wait_s: float) -> list[LogEntry]:
        block = max(1, round(wait_s * 1000)) if wait_s else None
        with errors_translated():
            answer = self._redis.xread({log: after}, count, block)
        return [
            LogEntry(entry_id.decode(), fields.get(FIELD, b""))
            for _, entries in cast("list[Any]", answer or [])
            for entry_id, fields in entries
        ]

    def latest(self, log: str, count: int) -> list[LogEntry]:
        with errors_translated():
            newest = cast("list[Any]", self._redis.xrevrange(log, count=count))
        return [LogEntry(entry_id.decode(), fields.get(FIELD, b"")) for entry_id, fields in reversed(newest)]

    def last_id(self, log: str) -> str:
        with errors_translated():
            newest = cast("list[Any]", self._redis.xrevrange(log, count=1))
        return newest[0][0].decode() if newest else FIRST

    def close(self) -> None:
        self._redis.close()
