"""What the workers are at: what waits where, what is on its way, and who is there to do it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.control.work.run_records import RunRecord
from pipeline.sightings.ids import is_camera
from workers.wire.transport import (
    AGGREGATORS,
    DETECTORS,
    ENCODERS,
    FACES,
    FACES_LIVE,
    FRAMES,
    FRAMES_LIVE,
    Buried,
    StreamState,
    Transport,
    matches_stream,
)

BURIED_SHOWN = 100
ALL_MATCHES = matches_stream("")


@dataclass(frozen=True, slots=True)
class FlightStatus:
    """What one run has on its way."""

    run_id: str
    n_chunks: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class WorkersStatus:
    """One look at the server; two of them give rates."""

    streams: tuple[StreamState, ...]
    flights: tuple[FlightStatus, ...]
    forwarded: Mapping[str, int]
    """Group of workers -> chunks it finished since the server started."""
    buried: tuple[Buried, ...]
    """The latest messages that nobody could process, newest first."""

    @property
    def workers(self) -> tuple[str, ...]:
        """Those that asked for work within the last seconds."""
        return tuple(sorted({consumer for stream in self.streams for consumer in stream.consumers}))


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one stage; the streams that single sources have count as one."""

    name: str
    """`frames` and `faces`, the same with `:live`, and `matches`."""
    n_waiting: int
    """Messages that nobody has taken yet."""
    n_in_hand: int
    oldest_age_s: float
    workers: tuple[str, ...]
    """Those who asked for work lately."""


def queues_of(streams: Iterable[StreamState]) -> tuple[Queue, ...]:
    """The queues by name."""
    by_name: dict[str, list[StreamState]] = defaultdict(list)
    for state in streams:
        by_name[_queue_name(state.stream)].append(state)
    return tuple(
        Queue(
            name=name,
            n_waiting=sum(state.length - state.pending for state in states),
            n_in_hand=sum(state.pending for state in states),
            oldest_age_s=max(state.oldest_age_s for state in states),
            workers=tuple(sorted({each for state in states for each in state.consumers})),
        )
        for name, states in sorted(by_name.items())
    )


def read_status(transport: Transport, runs: Iterable[RunRecord]) -> WorkersStatus:
    """Look at the server, for the active ones among `runs`. Raises `TransportLost`."""
    active = [record.run for record in runs if record.state.is_active]
    own_streams = sorted({matches_stream(run.source_id) for run in active})
    streams = [(FRAMES, DETECTORS), (FACES, ENCODERS)]
    if any(is_camera(run.source_id) for run in active):
        streams += [(FRAMES_LIVE, DETECTORS), (FACES_LIVE, ENCODERS)]
    streams += [(stream, AGGREGATORS) for stream in own_streams]
    return WorkersStatus(
        streams=tuple(transport.stream_state(stream, group) for stream, group in streams),
        flights=tuple(_flight(transport, run.run_id) for run in active),
        forwarded=transport.forwarded(),
        buried=tuple(transport.buried(BURIED_SHOWN)),
    )


def _flight(transport: Transport, run_id: str) -> FlightStatus:
    sizes = transport.in_flight(run_id)
    return FlightStatus(run_id, len(sizes), sum(sizes.values()))


def _queue_name(stream: str) -> str:
    """`frames` of `ft:frames`, and `matches` of every source's own stream."""
    return (ALL_MATCHES if stream.startswith(ALL_MATCHES) else stream).removeprefix("ft:").strip(":")
