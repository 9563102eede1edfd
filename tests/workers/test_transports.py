"""What every transport promises, on memory and on a real server."""

from __future__ import annotations

import pytest

from pipeline.schemas import RunKey
from workers.wire.transport import (
    AGGREGATORS,
    DETECTORS,
    FACES,
    FRAMES,
    Burial,
    Buried,
    Envelope,
    Slot,
    Subscription,
    Transport,
    matches_stream,
)

RUN = RunKey("f_source", "r_run")
READER = Subscription((FRAMES,), DETECTORS, "first")
OTHER = Subscription((FRAMES,), DETECTORS, "second")


def make_envelope(number: int = 0, *blobs: bytes, header: bytes = b"header") -> Envelope:
    return Envelope(Slot(RUN, number), header, blobs)


def test_nothing_published_nothing_received(transport: Transport) -> None:
    assert transport.receive(READER, count=8, wait_s=0) == []
    assert transport.claim_idle(READER, min_idle_s=0, count=8) == []
    assert transport.in_flight(RUN.run_id) == {}


def test_message_arrives_as_it_was_published(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    transport.publish(FRAMES, make_envelope(3, b"", b"\x00\xff" * 50_000))

    (delivery,) = transport.receive(READER, count=8, wait_s=1)

    assert delivery.envelope.slot == Slot(RUN, 3)
    assert delivery.envelope.header == b"header"
    assert delivery.envelope.blobs == (b"", b"\x00\xff" * 50_000)
    assert delivery.tries == 1


def test_message_published_before_anybody_listened_arrives(transport: Transport) -> None:
    transport.publish(FRAMES, make_envelope())

    received = [*transport.receive(READER, 1, 0), *transport.receive(READER, 1, 0)]

    assert len(received) == 1


def test_message_goes_to_one_consumer_only(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    transport.publish(FRAMES, make_envelope())

    received = [*transport.receive(READER, 1, 0), *transport.receive(OTHER, 1, 0)]

    assert len(received) == 1


def test_slot_is_in_flight_from_publication_until_settled(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    transport.publish(FRAMES, make_envelope(7, b"123"))
    published = transport.in_flight(RUN.run_id)

    transport.settle(DETECTORS, transport.receive(READER, 1, 0))

    assert published == {7: len(b"header123")}
    assert transport.in_flight(RUN.run_id) == {}


def test_forwarded_message_has_left_its_stream(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    transport.publish(FRAMES, make_envelope(0, b"large" * 100))
    (delivery,) = transport.receive(READER, 1, 0)

    moved = transport.forward(DETECTORS, delivery, FACES, make_envelope(header=b"faces"))

    assert moved
    assert transport.stream_state(FRAMES, DETECTORS).length == 0
    assert transport.stream_state(FACES, "encoders").length in {0, 1}  # a server knows the group once it was read
    assert transport.in_flight(RUN.run_id) == {0: len(b"faces")}
    assert transport.forwarded() == {DETECTORS: 1}


def test_message_is_forwarded_once_even_when_two_workers_finish_it(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    transport.publish(FRAMES, make_envelope())
    (first,) = transport.receive(READER, 1, 0)
    (second,) = transport.claim_idle(OTHER, min_idle_s=0, count=1)

    moved = [transport.forward(DETECTORS, delivery, FACES, make_envelope()) for delivery in (second, first)]

    assert moved == [True, False]
    assert len(_all_of(transport, FACES)) == 1


def test_result_for_a_slot_no_longer_in_flight_is_dropped(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    transport.publish(FRAMES, make_envelope())
    (delivery,) = transport.receive(READER, 1, 0)
    transport.end_flight(RUN.run_id)

    moved = transport.forward(DETECTORS, delivery, FACES, make_envelope())

    assert not moved
    assert _all_of(transport, FACES) == []
    assert transport.in_flight(RUN.run_id) == {}


def test_claimed_message_counts_its_tries(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    transport.publish(FRAMES, make_envelope())
    transport.receive(READER, 1, 0)

    tries = [transport.claim_idle(OTHER, min_idle_s=0, count=1)[0].tries for _ in range(3)]

    assert tries == [2, 3, 4]


def test_message_just_touched_is_not_claimed(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    transport.publish(FRAMES, make_envelope())
    held = transport.receive(READER, 1, 0)

    transport.keep(READER, held)

    assert transport.claim_idle(OTHER, min_idle_s=60, count=1) == []
    assert transport.claim_idle(OTHER, min_idle_s=0, count=1)[0].tries == 2  # touching is no try


def test_discarded_copy_leaves_its_slot_in_flight(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    for _ in range(2):
        transport.publish(FRAMES, make_envelope())
    copies = transport.receive(READER, 2, 0)

    transport.discard(DETECTORS, copies[:1])

    assert transport.stream_state(FRAMES, DETECTORS).length == 1
    assert 0 in transport.in_flight(RUN.run_id)


def test_burial_is_noted_and_its_replacement_goes_on(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    transport.publish(FRAMES, make_envelope(5))
    (delivery,) = transport.receive(READER, 1, 0)
    burial = Burial("detector", "no picture", 3)

    transport.forward(DETECTORS, delivery, FACES, make_envelope(5, header=b"failed"), burial)

    assert transport.buried(10) == [Buried(Slot(RUN, 5), burial)]
    assert [found.envelope.header for found in _all_of(transport, FACES)] == [b"failed"]


def test_settled_with_a_burial_is_gone_and_noted(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    transport.publish(FRAMES, make_envelope(5))

    transport.settle(DETECTORS, transport.receive(READER, 1, 0), Burial("detector", "nonsense", 1))

    assert [note.burial.reason for note in transport.buried(10)] == ["nonsense"]
    assert transport.in_flight(RUN.run_id) == {}


def test_waiting_messages_are_counted(transport: Transport) -> None:
    transport.receive(READER, count=1, wait_s=0)
    for number in range(3):
        transport.publish(FRAMES, make_envelope(number))
    transport.receive(READER, 1, 0)

    state = transport.stream_state(FRAMES, DETECTORS)

    assert (state.length, state.pending, state.consumers) == (3, 1, ("first",))
    assert 0 <= state.oldest_age_s < 60


def test_several_streams_are_read_together(transport: Transport) -> None:
    streams = (matches_stream("f_one"), matches_stream("f_two"))
    reader = Subscription(streams, AGGREGATORS, "owner")
    transport.receive(reader, count=1, wait_s=0)
    for stream in streams:
        transport.publish(stream, make_envelope())

    received = transport.receive(reader, count=4, wait_s=0)

    assert {delivery.stream for delivery in received} == set(streams)


@pytest.mark.parametrize("count", [1, 2])
def test_no_more_is_taken_than_asked_for(transport: Transport, count: int) -> None:
    transport.receive(READER, count=1, wait_s=0)
    for number in range(3):
        transport.publish(FRAMES, make_envelope(number))

    received = transport.receive(READER, count, 0)

    assert [delivery.envelope.slot.number for delivery in received] == list(range(count))


def _all_of(transport: Transport, stream: str) -> list:
    reader = Subscription((stream,), "encoders", "anybody")
    return [*transport.receive(reader, 99, 0), *transport.receive(reader, 99, 0)]
