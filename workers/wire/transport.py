"""What the stages need of the streams between them: the values that travel, and one protocol.

A message is about one *slot*: one chunk of one run, or the run's end (the slot after its last chunk). It lives in
exactly one stream at any time; moving it is atomic. `in_flight` says which slots of a run are on their way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.schemas import RunKey

FRAMES = "ft:frames"
FRAMES_LIVE = "ft:frames:live"
FACES = "ft:faces"
FACES_LIVE = "ft:faces:live"
"""The streams of live cameras, which are read first."""
BURIED = "ft:buried"
DETECTORS = "detectors"
ENCODERS = "encoders"
AGGREGATORS = "aggregators"

Blob = bytes | memoryview


def matches_stream(source_id: str) -> str:
    """The stream that only the owner of `source_id` reads."""
    return f"ft:matches:{source_id}"


@dataclass(frozen=True, slots=True)
class Slot:
    """What a message is about: chunk `number` of `run`, or the run's end when it equals the count of chunks."""

    run: RunKey
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """One message as bytes: a small header, and large parts that nobody concatenates."""

    slot: Slot
    header: bytes
    blobs: tuple[Blob, ...] = ()

    @property
    def n_bytes(self) -> int:
        return len(self.header) + sum(len(blob) for blob in self.blobs)


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """An envelope in somebody's hands, until it is forwarded or settled."""

    stream: str
    entry_id: str
    envelope: Envelope
    tries: int
    """How often it was handed out, this time included."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who reads which streams: one consumer of a group; each entry goes to one consumer only."""

    streams: tuple[str, ...]
    group: str
    consumer: str


@dataclass(frozen=True, slots=True)
class Burial:
    """Why a message is taken out of the flow."""

    stage: str
    reason: str
    tries: int


@dataclass(frozen=True, slots=True)
class Buried:
    """A message that was taken out of the flow; its pictures are gone."""

    slot: Slot
    burial: Burial


@dataclass(frozen=True, slots=True)
class StreamState:
    """How much waits in one stream."""

    stream: str
    length: int
    pending: int
    """Of these, handed out and not yet finished."""
    oldest_age_s: float
    """Seconds since the first entry was added; 0 when there is none."""
    consumers: tuple[str, ...]
    """Those who asked for work within the last seconds."""


class Transport(Protocol):
    """Streams with consumer groups. Every method may raise `TransportLost`; doing it again is then harmless."""

    @property
    def is_local(self) -> bool:
        """True when bytes stay on this host, so that raw pictures cost less than compressed ones."""

    def ping(self) -> None:
        """Raise `TransportLost` unless the server answers."""

    def publish(self, stream: str, envelope: Envelope) -> None:
        """Add a message, and its slot to the run's slots in flight."""

    def receive(self, subscription: Subscription, count: int, wait_s: float) -> list[Delivery]:
        """Take up to `count` new messages a stream, waiting up to `wait_s` seconds for the first."""

    def claim_idle(self, subscription: Subscription, min_idle_s: float, count: int) -> list[Delivery]:
        """Take over up to `count` messages a stream that lay untouched in anybody's hands for `min_idle_s` seconds."""

    def keep(self, subscription: Subscription, deliveries: Sequence[Delivery]) -> None:
        """Say that these are still being worked on, so that nobody claims them."""

    def forward(
        self, group: str, delivery: Delivery, stream: str, envelope: Envelope, burial: Burial | None = None
    ) -> bool:
        """Replace a message by its result in `stream`, once: False, and nothing added, when somebody else already
        did, or when its slot is no longer in flight. With `burial`, the fact is noted among the buried."""

    def settle(self, group: str, deliveries: Sequence[Delivery], burial: Burial | None = None) -> None:
        """Take messages out of the flow for good, and their slots out of flight."""

    def discard(self, group: str, deliveries: Sequence[Delivery]) -> None:
        """Delete superfluous copies of messages, leaving their slots in flight."""

    def in_flight(self, run_id: str) -> Mapping[int, int]:
        """Slot number -> bytes of the message now under way."""

    def end_flight(self, run_id: str) -> None:
        """Forget the run's slots: what is still under way for it is dropped at its next step."""

    def buried(self, count: int) -> list[Buried]:
        """The latest burials, newest first."""

    def stream_state(self, stream: str, group: str) -> StreamState:
        """How much waits in `stream`."""

    def forwarded(self) -> Mapping[str, int]:
        """Group -> messages it moved on since the server started."""

    def close(self) -> None:
        """Give back what is held; the transport is of no use afterwards."""


def slots_in_flight(sizes: Mapping[int, int], first: int) -> dict[int, int]:
    """Those of `sizes` from slot `first` on."""
    return {number: size for number, size in sizes.items() if number >= first}


def backoff_s(failures: int, first_s: float = 0.05, most_s: float = 2.0) -> float:
    """How long to wait after the n-th failure in a row, in seconds: doubling, capped."""
    return min(most_s, first_s * math.pow(2, min(failures, 16) - 1))
