"""Messages: what goes in comes out, and what is out of bounds is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest

from pipeline.errors import MessageError
from pipeline.schemas import ChunkFailed, FaceChunk, FrameChunk, RunEnded, RunKey, SampleState
from tests.builders import RUN, make_chunk_failed, make_face, make_face_chunk, make_sample, make_vector
from tests.builders_workers import OPTIONS, make_frame_chunk
from workers.messages import Item, Work, give_up, pack, unpack
from workers.wire.headers import VERSION
from workers.wire.pictures import Codec
from workers.wire.transport import Envelope, Slot

MIXED = [SampleState.DECODED, SampleState.GATED, SampleState.FAILED, SampleState.DECODED]


def repack(item: Item) -> Item:
    envelope = pack(Work(item, OPTIONS))
    received = Envelope(envelope.slot, envelope.header, tuple(bytes(blob) for blob in envelope.blobs))
    work = unpack(received)
    assert work.options == OPTIONS
    return work.item


def with_header(envelope: Envelope, **changes: object) -> Envelope:
    header = msgspec.msgpack.decode(envelope.header)
    return replace(envelope, header=msgspec.msgpack.encode({**header, **changes}))


@pytest.mark.parametrize("states", [[SampleState.GATED], MIXED])
def test_frames_come_back_bit_by_bit(states: list[SampleState]) -> None:
    sent = make_frame_chunk(3, states=states)

    received = repack(sent)

    assert isinstance(received, FrameChunk)
    assert (received.run, received.number, received.samples) == (sent.run, sent.number, sent.samples)
    assert received.frame_size_wh == sent.frame_size_wh
    assert [frame.i420.tolist() for frame in received.frames] == [frame.i420.tolist() for frame in sent.frames]


@pytest.mark.parametrize("arrived_at", [None, datetime(2026, 3, 2, 8, 0, 1, 250_000, UTC)])
def test_moment_of_arrival_goes_with_a_chunk(arrived_at: datetime | None) -> None:
    sent = [replace(chunk, arrived_at=arrived_at) for chunk in (make_frame_chunk(), make_face_chunk(faces=[]))]

    assert [received.arrived_at for received in map(repack, sent)] == [arrived_at, arrived_at]


def test_raw_frames_are_sent_from_where_they_lie() -> None:
    chunk = make_frame_chunk(n_frames=1)

    envelope = pack(Work(chunk, OPTIONS))

    assert np.shares_memory(np.frombuffer(envelope.blobs[0], np.uint8), chunk.frames[0].i420)


def test_jpeg_frames_come_back_nearly_the_same_and_smaller() -> None:
    chunk = make_frame_chunk(n_frames=1, size_wh=(320, 240))

    envelope = pack(Work(chunk, OPTIONS), Codec.JPEG)
    received = unpack(envelope).item

    assert isinstance(received, FrameChunk)
    assert envelope.n_bytes < chunk.frames[0].i420.nbytes / 4
    difference = received.frames[0].i420.astype(int) - chunk.frames[0].i420
    assert np.abs(difference[:240]).max() <= 2


@pytest.mark.parametrize("n_faces", [0, 1, 3])
def test_faces_come_back_exactly(n_faces: int) -> None:
    faces = [make_face(sample_index=place, quality=0.1 + place / 3, score=0.9) for place in range(n_faces)]
    crops = [replace(face, crop_rgb=np.full((150, 150, 3), 9, np.uint8), thumb_jpeg=b"jpeg") for face in faces[:1]]
    encoded = [replace(face, embedding=make_vector(1, cosine=0.7)) for face in faces[1:]]
    sent = make_face_chunk(samples=[make_sample(0)], faces=[*crops, *encoded])

    received = repack(sent)

    assert isinstance(received, FaceChunk)
    assert (received.samples, len(received.faces)) == (sent.samples, n_faces)
    for face, same in zip(sent.faces, received.faces, strict=True):
        assert (face.sample_index, face.score, face.quality) == (same.sample_index, same.score, same.quality)
        np.testing.assert_array_equal(face.box_xyxy, same.box_xyxy)
        np.testing.assert_array_equal(face.landmarks_xy, same.landmarks_xy)
        np.testing.assert_equal(
            (face.crop_rgb, face.thumb_jpeg, face.embedding), (same.crop_rgb, same.thumb_jpeg, same.embedding)
        )


@pytest.mark.parametrize(
    "item",
    [
        make_chunk_failed(4, samples=[make_sample(64)]),
        RunEnded(RUN, 9),
        RunEnded(RUN, 0, problem="the file stops at 0:12.3"),
    ],
)
def test_failures_and_ends_come_back_equal(item: ChunkFailed | RunEnded) -> None:
    assert repack(item) == item


def test_end_of_a_run_has_the_slot_after_its_last_chunk() -> None:
    assert pack(Work(RunEnded(RUN, 9), OPTIONS)).slot == Slot(RUN, 9)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "gossip"}, "gossip"),
        ({"size_wh": [64, 1 << 20]}, "8192"),
        ({"samples": [{"index": 0, "media_s": 0, "state": "decoded"}] * 65}, "64"),
        ({"size_wh": [66, 48]}, "66x48"),
        ({"samples": []}, "2 frames for 0"),
    ],
)
def test_header_out_of_bounds_is_refused(changes: dict[str, object], said: str) -> None:
    envelope = pack(Work(make_frame_chunk(), OPTIONS))

    with pytest.raises(MessageError, match=said):
        unpack(with_header(envelope, **changes))


def test_what_a_header_says_beyond_what_is_known_is_passed_over() -> None:
    envelope = pack(Work(make_face_chunk(faces=[make_face()]), OPTIONS))

    item = unpack(with_header(envelope, matches=[None])).item  # as it was said before an upgrade

    assert isinstance(item, FaceChunk)
    assert len(item.faces) == 1


def test_other_version_is_refused() -> None:
    envelope = pack(Work(make_frame_chunk(), OPTIONS))
    about = {**msgspec.msgpack.decode(envelope.header)["about"], "version": VERSION + 1}

    with pytest.raises(MessageError, match=f"version {VERSION + 1}"):
        unpack(with_header(envelope, about=about))


@pytest.mark.parametrize("header", [b"", b"\xc1", b"nonsense", b"\x80" * (1 << 21)])
def test_no_header_is_refused(header: bytes) -> None:
    with pytest.raises(MessageError):
        unpack(Envelope(Slot(RUN, 0), header))


def test_message_in_the_wrong_envelope_is_refused() -> None:
    envelope = pack(Work(make_frame_chunk(), OPTIONS))

    with pytest.raises(MessageError, match="envelope"):
        unpack(replace(envelope, slot=Slot(RunKey("f_other", "r_other"), 0)))


@pytest.mark.parametrize("n_kept", [0, 1, 2, 3])
def test_faces_with_missing_parts_are_refused(n_kept: int) -> None:
    face = replace(make_face(), crop_rgb=np.zeros((8, 8, 3), np.uint8), thumb_jpeg=b"t", embedding=make_vector(0))
    envelope = pack(Work(make_face_chunk(samples=[make_sample()], faces=[face]), OPTIONS))

    with pytest.raises(MessageError):
        unpack(replace(envelope, blobs=envelope.blobs[:n_kept]))


def test_damaged_jpeg_is_refused() -> None:
    envelope = pack(Work(make_frame_chunk(n_frames=1), OPTIONS), Codec.JPEG)

    with pytest.raises(MessageError, match="JPEG"):
        unpack(replace(envelope, blobs=(b"no picture",)))


def test_given_up_frames_become_a_failed_chunk_with_their_samples() -> None:
    chunk = make_frame_chunk(5, states=MIXED)

    item = unpack(give_up(pack(Work(chunk, OPTIONS)), "detector", "tried three times")).item

    assert item == ChunkFailed(chunk.run, 5, chunk.samples, "detector", "tried three times")


def test_unreadable_message_is_given_up_without_samples() -> None:
    item = unpack(give_up(Envelope(Slot(RUN, 5), b"nonsense"), "detector", "no header")).item

    assert item == ChunkFailed(RUN, 5, (), "detector", "no header")
