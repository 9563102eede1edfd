"""Redis Streams as a `Transport`; hides redis-py and the names of its keys.

Redis 6.2 suffices. Large parts are sent as they lie in memory, never copied here. What must happen together is
one MULTI/EXEC, or one script where it depends on what the server finds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.connection import PythonRespSerializer
from redis.retry import Retry

from pipeline.errors import SettingsError, TransportLost
from workers.wire.entries import (
    Field,
    burial_fields,
    entry_age_s,
    envelope_fields,
    flattened,
    read_buried,
    read_delivery,
)
from workers.wire.transport import BURIED, Burial, Buried, Delivery, Envelope, StreamState, Subscription

ANSWER_TIMEOUT_S = 30.0
"""A server that says nothing for this long is lost; above any command and every blocking read."""
READ_BYTES = 256 * 1024
"""Taken from the socket at once; from 64 kB to 4 MB it makes little difference."""
SMALL_BYTES = 4096
"""Parts up to this size are joined before they are sent; larger ones go as they are."""
BURIED_KEPT = 1000
"""Burials remembered; older ones are forgotten."""
ALIVE_S = 10.0
"""A consumer that asked for work within this time counts as alive."""
FORWARDED = "ft:forwarded"
PASSING_ERRORS = (
    redis.ConnectionError,
    redis.TimeoutError,
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.ReadOnlyError,
)
"""What a server says that is away, or has no room, for the moment."""

FORWARD_SCRIPT = """
-- KEYS: from, to, in flight, forwarded, buried
-- ARGV: group, entry, slot, bytes, burials kept, count of burial fields, burial fields, message fields
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XDEL', KEYS[1], ARGV[2])
if redis.call('HEXISTS', KEYS[3], ARGV[3]) == 0 then return 0 end
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
redis.call('HINCRBY', KEYS[4], ARGV[1], 1)
local n = tonumber(ARGV[6])
if n > 0 then redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[5], '*', unpack(ARGV, 7, 6 + n)) end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 7 + n))
return 1
"""

FIRST_ID_SCRIPT = """
-- An entry can only be read whole, and may hold megabytes: they stay in the server.
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
return first and first[1]
"""


def is_on_this_host(url: str) -> bool:
    """Whether the server's address is a Unix socket or one of this host to itself."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "unix" or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return False


class RedisTransport:
    """A `Transport` over one server; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url)
        self._forward = self._redis.register_script(FORWARD_SCRIPT)
        self._first_id = self._redis.register_script(FIRST_ID_SCRIPT)
        self.is_local = is_on_this_host(url)

    def ping(self) -> None:
        with errors_translated():
            try:
                self._redis.ping()
            except redis.InvalidResponse as error:
                raise SettingsError(f"redis_url: what answers there does not speak Redis: {error}") from error
            except redis.ResponseError as error:
                if "DB index" not in str(error):
                    raise
                raise SettingsError(f"redis_url: the server refuses us: {error}") from error

    def publish(self, stream: str, envelope: Envelope) -> None:
        slot = envelope.slot
        with errors_translated(), self._redis.pipeline(transaction=True) as transaction:
            transaction.hset(_flight_key(slot.run.run_id), str(slot.number), str(envelope.n_bytes))
            transaction.xadd(stream, cast("dict[Any, Any]", envelope_fields(envelope)))
            transaction.execute()

    def receive(self, subscription: Subscription, count: int, wait_s: float) -> list[Delivery]:
        streams: dict[Any, Any] = dict.fromkeys(subscription.streams, ">")
        block = max(1, round(wait_s * 1000)) if wait_s else None
        with errors_translated():
            try:
                answer = self._redis.xreadgroup(subscription.group, subscription.consumer, streams, count, block)
            except redis.ResponseError as error:
                self._make_groups(subscription, error)
                return []
        return [
            read_delivery(stream.decode(), entry_id, fields, tries=1)
            for stream, entries in cast("list[Any]", answer or [])
            for entry_id, fields in entries
        ]

    def claim_idle(self, subscription: Subscription, min_idle_s: float, count: int) -> list[Delivery]:
        with errors_translated():
            try:
                return [
                    delivery
                    for stream in subscription.streams
                    for delivery in self._claim(stream, subscription, min_idle_s, count)
                ]
            except redis.ResponseError as error:
                self._make_groups(subscription, error)
                return []

    def keep(self, subscription: Subscription, deliveries: Sequence[Delivery]) -> None:
        group, consumer = subscription.group, subscription.consumer
        with errors_translated():
            for delivery in deliveries:
                self._redis.xclaim(delivery.stream, group, consumer, 0, [delivery.entry_id], justid=True)

    def forward(
        self, group: str, delivery: Delivery, stream: str, envelope: Envelope, burial: Burial | None = None
    ) -> bool:
        keys = [delivery.stream, stream, _flight_key(envelope.slot.run.run_id), FORWARDED, BURIED]
        note = flattened(burial_fields(envelope.slot, burial)) if burial else []
        limits: list[Field] = [envelope.slot.number, envelope.n_bytes, BURIED_KEPT, len(note)]
        arguments = [group, delivery.entry_id, *limits, *note, *flattened(envelope_fields(envelope))]
        with errors_translated():
            return bool(self._forward(keys=keys, args=arguments))

    def settle(self, group: str, deliveries: Sequence[Delivery], burial: Burial | None = None) -> None:
        with self._transaction() as transaction:
            for delivery in deliveries:
                slot = delivery.envelope.slot
                _delete(transaction, group, delivery)
                transaction.hdel(_flight_key(slot.run.run_id), str(slot.number))
                if burial is not None:
                    note = cast("dict[Any, Any]", burial_fields(slot, burial))
                    transaction.xadd(BURIED, note, maxlen=BURIED_KEPT, approximate=True)

    def discard(self, group: str, deliveries: Sequence[Delivery]) -> None:
        with self._transaction() as transaction:
            for delivery in deliveries:
                _delete(transaction, group, delivery)

    def in_flight(self, run_id: str) -> Mapping[int, int]:
        with errors_translated():
            sizes = cast("dict[bytes, bytes]", self._redis.hgetall(_flight_key(run_id)))
        return {int(number): int(size) for number, size in sizes.items()}

    def end_flight(self, run_id: str) -> None:
        with errors_translated():
            self._redis.delete(_flight_key(run_id))

    def buried(self, count: int) -> list[Buried]:
        with errors_translated():
            entries = cast("list[Any]", self._redis.xrevrange(BURIED, count=count))
        return [read_buried(fields) for _, fields in entries]

    def stream_state(self, stream: str, group: str) -> StreamState:
        with errors_translated():
            try:
                return self._stream_state(stream, group)
            except redis.ResponseError as error:
                _raise_unless(error, "NOGROUP", "no such key")
                return StreamState(stream, 0, 0, 0.0, ())

    def forwarded(self) -> Mapping[str, int]:
        with errors_translated():
            counts = cast("dict[bytes, bytes]", self._redis.hgetall(FORWARDED))
        return {group.decode(): int(count) for group, count in counts.items()}

    def close(self) -> None:
        self._redis.close()

    def _claim(self, stream: str, subscription: Subscription, min_idle_s: float, count: int) -> list[Delivery]:
        group, consumer = subscription.group, subscription.consumer
        answer = self._redis.xautoclaim(stream, group, consumer, round(min_idle_s * 1000), "0-0", count)
        return [
            read_delivery(stream, entry_id, fields, self._tries(stream, group, entry_id))
            for entry_id, fields in answer[1]
            if fields  # Redis 6.2 hands out a deleted entry once more, empty
        ]

    def _tries(self, stream: str, group: str, entry_id: bytes) -> int:
        rows = self._redis.xpending_range(stream, group, entry_id, entry_id, 1)
        return int(rows[0]["times_delivered"]) if rows else 1

    def _stream_state(self, stream: str, group: str) -> StreamState:
        pending = self._redis.xpending(stream, group)["pending"]
        readers = self._redis.xinfo_consumers(stream, group)
        length = self._redis.xlen(stream)
        first: bytes | None = self._first_id(keys=[stream])
        age_s = entry_age_s(first.decode(), time.time()) if first else 0.0
        alive = sorted(reader["name"].decode() for reader in readers if reader["idle"] < ALIVE_S * 1000)
        return StreamState(stream, length, pending, age_s, tuple(alive))

    def _make_groups(self, subscription: Subscription, error: redis.ResponseError) -> None:
        """Make the groups that a new server does not know yet; any other error rises."""
        _raise_unless(error, "NOGROUP", "no such key")
        for stream in subscription.streams:
            try:
                self._redis.xgroup_create(stream, subscription.group, "0", mkstream=True)
            except redis.ResponseError as exists:
                _raise_unless(exists, "BUSYGROUP")

    @contextmanager
    def _transaction(self) -> Iterator[Pipeline]:
        """Commands that are executed together when the block ends; none, and the server is not asked."""
        with errors_translated(), self._redis.pipeline(transaction=True) as transaction:
            yield transaction
            transaction.execute()


def connect(url: str) -> redis.Redis:
    """A client that sends large parts without copying, and leaves trying again to its caller; opens nothing yet."""
    try:
        pool = redis.ConnectionPool.from_url(
            url,
            command_packer=PythonRespSerializer(SMALL_BYTES, _as_bytes),
            retry=Retry(NoBackoff(), 0),
            socket_timeout=ANSWER_TIMEOUT_S,
            socket_connect_timeout=ANSWER_TIMEOUT_S,
            socket_read_size=READ_BYTES,
        )
    except ValueError as error:
        raise SettingsError(f"redis_url: {error}") from error
    return redis.Redis(connection_pool=pool)


@contextmanager
def errors_translated() -> Iterator[None]:
    """Let `TransportLost` rise while the server is away, and `SettingsError` when it does not let us in."""
    try:
        yield
    except (redis.AuthenticationError, redis.exceptions.NoPermissionError) as error:
        raise SettingsError(f"redis_url: the server refuses us: {error}") from error
    except PASSING_ERRORS as error:
        raise TransportLost(f"Redis: {error}") from error
    except redis.ResponseError as error:
        _raise_unless(error, "MISCONF")  # it cannot write its own disk; anything else is a mistake of ours
        raise TransportLost(f"Redis: {error}") from error


def _raise_unless(error: redis.ResponseError, *expected: str) -> None:
    if not any(text.lower() in str(error).lower() for text in expected):
        raise error


def _delete(transaction: Pipeline, group: str, delivery: Delivery) -> None:
    transaction.xack(delivery.stream, group, delivery.entry_id)
    transaction.xdel(delivery.stream, delivery.entry_id)


def _flight_key(run_id: str) -> str:
    return f"ft:inflight:{run_id}"


def _as_bytes(value: bytes | bytearray | memoryview | str | float) -> bytes | bytearray | memoryview:
    """As redis-py's own encoder does it; the text of a str enum is its value."""
    if isinstance(value, str):
        return value.encode()
    return repr(value).encode() if isinstance(value, int | float) else value
