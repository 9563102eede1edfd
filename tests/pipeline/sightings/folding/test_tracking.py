"""Faces followed from sample to sample."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.options import TrackingOptions
from pipeline.schemas import Face, Sample, SampleState
from pipeline.sightings.folding.tracking import Observation, OpenTrack, close_track, follow_faces, track_id_for
from pipeline.sightings.rows import ClosedTrack
from tests.builders import FRAME_SIZE_WH, make_box, make_face, make_sample, make_vector

OPTIONS = TrackingOptions(max_gap_s=1.0, max_track_s=10.0, agree_cosine=0.55, contradict_cosine=0.25)
GATED, FAILED, DROPPED = SampleState.GATED, SampleState.FAILED, SampleState.DROPPED
Step = tuple[Sample, Sequence[Face]]


def follow(*steps: Step, options: TrackingOptions = OPTIONS) -> list[ClosedTrack]:
    """All tracks of these samples in order of their closing, those still open at the end last."""
    tracks: tuple[OpenTrack, ...] = ()
    closed: list[ClosedTrack] = []
    for sample, faces in steps:
        step = follow_faces(tracks, Observation("r_1", sample, tuple(faces), FRAME_SIZE_WH), options)
        tracks, closed = step.tracks, [*closed, *step.closed]
    return [*closed, *(close_track(track) for track in tracks)]


def spans(tracks: Sequence[ClosedTrack]) -> list[tuple[float, float]]:
    return [(round(track.media_start_s, 6), round(track.media_end_s, 6)) for track in tracks]


def test_nobody_gives_no_track() -> None:
    assert follow((make_sample(0), []), (make_sample(1), [])) == []


def test_face_in_place_is_one_track() -> None:
    [track] = follow(*((make_sample(index), [make_face()]) for index in range(4)))

    assert (track.media_start_s, track.media_end_s) == (0.0, 0.6)
    assert (track.n_faces, track.n_frames, track.n_useful) == (4, 4, 0)


def test_two_faces_are_two_tracks_with_ids_of_their_own() -> None:
    faces = [make_face(), make_face(box_xyxy=make_box(600))]

    tracks = follow((make_sample(0), faces), (make_sample(1), faces))

    assert [track.n_faces for track in tracks] == [2, 2]
    assert [track.track_id for track in tracks] == [track_id_for("r_1", 0, 0), track_id_for("r_1", 0, 1)]


def test_shot_cut_ends_tracks() -> None:
    tracks = follow((make_sample(0), [make_face()]), (make_sample(1, starts_shot=True), [make_face()]))

    assert spans(tracks) == [(0.0, 0.0), (0.2, 0.2)]


@pytest.mark.parametrize("state", [GATED, FAILED, DROPPED])
def test_shot_cut_ends_tracks_on_a_sample_without_a_picture(state: SampleState) -> None:
    cut = make_sample(1, state=state, starts_shot=True)

    tracks = follow((make_sample(0), [make_face()]), (cut, []), (make_sample(2), [make_face()]))

    assert spans(tracks) == [(0.0, 0.0), (0.4, 0.4)]


def test_somebody_sitting_still_stays_present() -> None:
    still: list[Step] = [(make_sample(index, state=GATED), []) for index in range(1, 21)]

    [track] = follow((make_sample(0), [make_face()]), *still)

    assert (track.media_end_s, track.n_faces, track.n_frames) == (4.0, 1, 21)


def test_somebody_who_left_does_not_stay_present() -> None:
    [track] = follow((make_sample(0), [make_face()]), (make_sample(1), []), (make_sample(2, state=GATED), []))

    assert (track.media_end_s, track.n_frames) == (0.0, 1)


def test_failed_sample_is_no_presence_until_the_face_is_seen_again() -> None:
    seen, failed, again = make_sample(0), make_sample(1, state=FAILED), make_sample(2)

    [lost] = follow((seen, [make_face()]), (failed, []))
    [found] = follow((seen, [make_face()]), (failed, []), (again, [make_face()]))

    assert (lost.media_end_s, lost.n_frames, lost.n_frames_dropped) == (0.0, 1, 0)
    assert (found.media_end_s, found.n_frames, found.n_frames_dropped) == (0.4, 2, 1)


def test_gated_sample_after_a_failed_one_is_no_presence() -> None:
    steps = [(make_sample(0), [make_face()]), (make_sample(1, state=FAILED), []), (make_sample(2, state=GATED), [])]

    [track] = follow(*steps)

    assert track.media_end_s == 0.0


@pytest.mark.parametrize(("n_missed", "expected"), [(4, [(0.0, 1.0)]), (5, [(0.0, 0.0), (1.2, 1.2)])])
def test_gap_is_bridged_up_to_its_limit(n_missed: int, expected: list[tuple[float, float]]) -> None:
    face = make_face(embedding=make_vector(0))
    gap: list[Step] = [(make_sample(index), []) for index in range(1, n_missed + 1)]

    tracks = follow((make_sample(0), [face]), *gap, (make_sample(n_missed + 1), [face]))

    assert spans(tracks) == expected


def test_bridged_gap_counts_its_samples() -> None:
    [track] = follow((make_sample(0), [make_face()]), (make_sample(1), []), (make_sample(2), [make_face()]))

    assert (track.n_faces, track.n_frames) == (2, 3)


def test_contradicting_face_breaks_the_track_at_the_same_place() -> None:
    ada, bob = make_face(embedding=make_vector(0)), make_face(embedding=make_vector(1))

    tracks = follow((make_sample(0), [ada]), (make_sample(1), [ada]), (make_sample(2), [bob]), (make_sample(3), [bob]))

    assert spans(tracks) == [(0.0, 0.2), (0.4, 0.6)]


def test_track_survives_one_contradicting_face() -> None:
    ada, outlier = make_face(embedding=make_vector(0)), make_face(embedding=make_vector(1))

    tracks = follow((make_sample(0), [ada]), (make_sample(1), [outlier]), (make_sample(2), [ada]))

    assert sorted(spans(tracks)) == [(0.0, 0.4), (0.2, 0.2)]


def test_sparse_samples_are_joined_by_likeness() -> None:
    face = make_face(embedding=make_vector(0))

    [track] = follow(*((make_sample(index, fps=0.2), [face]) for index in range(2)))

    assert track.media_end_s == 5.0


def test_long_track_is_cut_and_goes_on_without_a_hole() -> None:
    face = make_face(embedding=make_vector(0))

    tracks = follow(*((make_sample(index, fps=1), [face]) for index in range(16)))

    assert spans(tracks) == [(0.0, 10.0), (10.0, 15.0)]
    assert [track.n_faces for track in tracks] == [10, 6]
    assert tracks[1].track_id == track_id_for("r_1", 10, 0)


def test_id_depends_on_run_sample_and_ordinal_only() -> None:
    ids = {track_id_for(run, index, ordinal) for run in ("r_1", "r_2") for index in (0, 1) for ordinal in (0, 1)}

    assert len(ids) == 8
    assert all(len(track_id) == 18 and track_id.startswith("t_") for track_id in ids)
