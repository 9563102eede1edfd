"""The ordered fold: strict in its order, and the same wherever it is interrupted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.errors import StoreDamaged
from pipeline.options import TrackingOptions
from pipeline.schemas import CHUNK_SAMPLES, ChunkFailed, Face, FaceChunk, RunEnded, RunKey, SampleState
from pipeline.sightings.folding.fold import (
    FoldState,
    FoldStep,
    decode_state,
    encode_state,
    end_fold,
    fold_chunk,
    start_fold,
)
from pipeline.sightings.rows import ClosedTrack
from tests.builders import RUN, make_box, make_chunk_failed, make_face, make_face_chunk, make_sample, make_vector

OPTIONS = TrackingOptions(agree_cosine=0.55, contradict_cosine=0.25)


def fold(chunks: Sequence[FaceChunk | ChunkFailed], *, saved: bool = False) -> list[FoldStep]:
    """Every step of the run, its end included; `saved` encodes and decodes the state between any two chunks."""
    state, steps = start_fold(RUN), []
    for chunk in chunks:
        steps.append(fold_chunk(state, chunk, OPTIONS))
        state = decode_state(encode_state(steps[-1].state)) if saved else steps[-1].state
    return [*steps, end_fold(state, RunEnded(RUN, len(chunks)))]


def closed_tracks(steps: Sequence[FoldStep]) -> list[ClosedTrack]:
    return [track for step in steps for track in step.closed]


def as_bytes(track: ClosedTrack) -> tuple[object, ...]:
    template = b"" if track.template is None else track.template.tobytes()
    parts = [getattr(track, name) for name in ("track_id", "media_start_s", "media_end_s", "n_faces", "n_frames")]
    return (*parts, track.best_quality, track.box_xywh, template, track.best_embeddings.tobytes(), track.thumbs_jpeg)


def random_chunk(rng: np.random.Generator, number: int) -> FaceChunk | ChunkFailed:
    """Two people drifting through cuts, gaps, gated samples and failures."""
    states = rng.choice(list(SampleState), CHUNK_SAMPLES, p=[0.6, 0.2, 0.1, 0.1])
    first = number * CHUNK_SAMPLES
    samples = [
        make_sample(first + place, state=SampleState(state), starts_shot=bool(rng.random() < 0.03))
        for place, state in enumerate(states)
    ]
    if rng.random() < 0.1:
        return make_chunk_failed(number, samples=samples)
    shown = [sample.index for sample in samples if sample.state is SampleState.DECODED]
    return make_face_chunk(
        number, samples=samples, faces=[face for index in shown for face in random_faces(rng, index)]
    )


def random_faces(rng: np.random.Generator, sample_index: int) -> list[Face]:
    return [
        make_face(
            sample_index=sample_index,
            box_xyxy=make_box(200 + 500 * person + float(rng.normal(0, 15))),
            quality=float(rng.random()),
            embedding=make_vector(person, cosine=float(rng.uniform(0.8, 1))) if rng.random() < 0.6 else None,
            thumb_jpeg=rng.bytes(30) if rng.random() < 0.3 else None,
        )
        for person in range(2)
        if rng.random() < 0.8
    ]


def test_run_without_chunks_ends_without_tracks() -> None:
    [end] = fold([])

    assert (end.closed, end.coverage) == ((), ())


def test_end_closes_what_is_still_open() -> None:
    steps = fold([make_face_chunk(samples=[make_sample()], faces=[make_face()])])

    assert [len(step.closed) for step in steps] == [0, 1]
    assert steps[-1].state.tracks == ()


def test_track_goes_on_from_chunk_to_chunk() -> None:
    chunks = [
        make_face_chunk(
            number,
            samples=[make_sample(16 * number, media_s=0.2 * number)],
            faces=[make_face(sample_index=16 * number)],
        )
        for number in range(3)
    ]

    [track] = closed_tracks(fold(chunks))

    assert track.n_faces == 3


def test_failed_chunk_counts_its_samples_and_the_run_goes_on() -> None:
    samples = [make_sample(0), make_sample(1, state=SampleState.GATED)]

    [failed, _, _] = fold([make_chunk_failed(0, samples=samples), make_face_chunk(1, samples=[make_sample(16)])])

    [count] = failed.coverage
    assert (count.expected, count.decoded, count.gated, count.failed) == (2, 0, 1, 1)


def test_cut_inside_a_failed_chunk_ends_tracks() -> None:
    before = make_face_chunk(0, samples=[make_sample(0)], faces=[make_face()])
    failed = make_chunk_failed(1, samples=[make_sample(1, starts_shot=True)])
    after = make_face_chunk(2, samples=[make_sample(2)], faces=[make_face(sample_index=2)])

    assert len(closed_tracks(fold([before, failed, after]))) == 2


@pytest.mark.parametrize("number", [0, 2])
def test_chunk_out_of_order_is_refused(number: int) -> None:
    state = fold_chunk(start_fold(RUN), make_face_chunk(0), OPTIONS).state

    with pytest.raises(ValueError, match="expected chunk 1"):
        fold_chunk(state, make_face_chunk(number), OPTIONS)


def test_chunk_of_another_run_is_refused() -> None:
    with pytest.raises(ValueError, match="r_other"):
        fold_chunk(start_fold(RUN), make_face_chunk(0, run=RunKey(RUN.source_id, "r_other")), OPTIONS)


def test_end_before_the_last_chunk_is_refused() -> None:
    with pytest.raises(ValueError, match="expected chunk 0"):
        end_fold(start_fold(RUN), RunEnded(RUN, n_chunks=3))


@pytest.mark.parametrize("seed", range(5))
def test_saved_and_loaded_state_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chunks = [random_chunk(rng, number) for number in range(12)]

    straight, saved = fold(chunks), fold(chunks, saved=True)

    assert [as_bytes(track) for track in closed_tracks(saved)] == [as_bytes(track) for track in closed_tracks(straight)]
    assert [step.coverage for step in saved] == [step.coverage for step in straight]
    assert [encode_state(step.state) for step in saved] == [encode_state(step.state) for step in straight]


@pytest.mark.parametrize("seed", range(5))
def test_every_face_is_in_exactly_one_track(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chunks = [random_chunk(rng, number) for number in range(12)]

    tracks = closed_tracks(fold(chunks))

    assert sum(track.n_faces for track in tracks) == sum(len(c.faces) for c in chunks if isinstance(c, FaceChunk))
    assert len({track.track_id for track in tracks}) == len(tracks)
    assert all(track.n_useful <= track.n_faces <= track.n_frames for track in tracks)


@pytest.mark.parametrize("seed", range(5))
def test_every_sample_is_covered(seed: int) -> None:
    rng = np.random.default_rng(seed)

    steps = fold([random_chunk(rng, number) for number in range(30)])

    last = {count.minute: count for step in steps for count in step.coverage}
    assert sum(count.expected for count in last.values()) == 30 * CHUNK_SAMPLES
    assert all(count.expected == count.decoded + count.gated + count.dropped + count.failed for count in last.values())


@pytest.mark.parametrize("snapshot", [b"", b"\x00", encode_state(FoldState(0, "f_1", "r_1"))])
def test_foreign_snapshot_is_refused(snapshot: bytes) -> None:
    with pytest.raises(StoreDamaged, match="snapshot"):
        decode_state(snapshot)


def test_state_of_five_long_tracks_is_small_beside_its_thumbnails() -> None:
    faces = [
        make_face(sample_index=index, box_xyxy=make_box(220 * person), embedding=make_vector(person))
        for index in range(16)
        for person in range(5)
    ]
    step = fold_chunk(
        start_fold(RUN), make_face_chunk(samples=[make_sample(i) for i in range(16)], faces=faces), OPTIONS
    )

    assert len(step.state.tracks) == 5
    assert len(encode_state(step.state)) < 20_000
