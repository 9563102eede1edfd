"""One run's messages put in order, and recorded as soon as their turn has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.errors import MessageError
from pipeline.schemas import ChunkFailed, FrameChunk, RunEnded, SampleState
from pipeline.sightings.recording.recorded_fold import Foldable, RecordedFold
from workers.messages import unpack
from workers.wire.transport import Delivery

STAGE = "aggregator"


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What became of messages; those in neither list wait for an earlier one."""

    finished: tuple[Delivery, ...] = ()
    """Their chunks are in the record."""
    copies: tuple[Delivery, ...] = ()
    """Their chunks wait in another message."""
    samples: Mapping[SampleState, int] = field(default_factory=dict)
    """What became of the samples that were recorded."""


class RunFold:
    """Hands a run's chunks to its fold in order, whatever order they come in."""

    def __init__(self, source_id: str, fold: RecordedFold, camera: str = "") -> None:
        """`camera` is the source's name if it is a camera; empty for footage."""
        self.source_id = source_id
        self.camera = camera
        self._fold = fold
        self._waiting: dict[int, tuple[Delivery, Foldable]] = {}

    @property
    def is_over(self) -> bool:
        """True when the run is complete."""
        return self._fold.is_over

    def take(self, deliveries: Sequence[Delivery]) -> Taken:
        """Take messages of the run, and record every chunk whose turn has come.

        Raises `LeaseLost`, `StoreFull` or `StoreDamaged`; the fold must then be made anew from the record.
        """
        late = tuple(delivery for delivery in deliveries if self._is_late(delivery))
        copies = [copy for delivery in deliveries for copy in self._keep(delivery)]
        ready = self._pop_ready()
        self._fold.record([item for _, item in ready])
        recorded = (delivery for delivery, _ in ready)
        return Taken((*late, *recorded), tuple(copies), _count([item for _, item in ready]))

    def show(self) -> None:
        """Make the source's sightings anew if tracks were closed since the last time; raises like `take`."""
        self._fold.show()

    def _is_late(self, delivery: Delivery) -> bool:
        return delivery.envelope.slot.number < self._fold.next_chunk

    def _keep(self, delivery: Delivery) -> list[Delivery]:
        """Let the delivery wait for its turn; returns what another one makes superfluous."""
        if self._is_late(delivery):
            return []
        number = delivery.envelope.slot.number
        if number not in self._waiting:
            self._waiting[number] = (delivery, _read(delivery))
            return []
        earlier = self._waiting[number][0]
        return [] if (earlier.stream, earlier.entry_id) == (delivery.stream, delivery.entry_id) else [delivery]

    def _pop_ready(self) -> list[tuple[Delivery, Foldable]]:
        """The messages in unbroken order from the next chunk on; nothing follows a run's end."""
        ready: list[tuple[Delivery, Foldable]] = []
        while self._fold.next_chunk + len(ready) in self._waiting:
            ready.append(self._waiting.pop(self._fold.next_chunk + len(ready)))
            if isinstance(ready[-1][1], RunEnded):
                break
        return ready


def _count(items: Sequence[Foldable]) -> Mapping[SampleState, int]:
    """Samples by state; what a failed chunk would have looked at has failed."""
    counts: Counter[SampleState] = Counter()
    for item in items:
        if isinstance(item, RunEnded):
            continue
        states = [sample.state for sample in item.samples]
        n_lost = states.count(SampleState.DECODED) if isinstance(item, ChunkFailed) else 0
        counts.update(states)
        counts.update({SampleState.DECODED: -n_lost, SampleState.FAILED: n_lost})
    return counts


def _read(delivery: Delivery) -> Foldable:
    """The message's item; a failed chunk stands in for what cannot be understood."""
    slot = delivery.envelope.slot
    try:
        item = unpack(delivery.envelope).item
    except MessageError as error:
        return ChunkFailed(slot.run, slot.number, (), STAGE, str(error))
    if isinstance(item, FrameChunk):
        return ChunkFailed(slot.run, slot.number, item.samples, STAGE, "nobody searched its frames for faces")
    return item
