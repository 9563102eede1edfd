"""Who each track is, alone and beside the others."""

from __future__ import annotations

import pytest

from pipeline.identity.matchers.matching import MeanMatcher
from pipeline.schemas import VectorF32
from pipeline.sightings.building.verdicts import TrackVerdict, adopt_neighbours, judge_tracks, keep_one_at_a_time
from pipeline.sightings.rows import EmbeddingRow, Status, TrackRow
from tests.builders import make_embedding_row, make_gallery, make_policy, make_track_row, make_vector

MATCHER, POLICY = MeanMatcher(make_gallery("Ada", "Bob")), make_policy()
ELSEWHERE = (0.7, 0.25, 0.1, 0.2)
KNOWN, UNCERTAIN, UNKNOWN = Status.KNOWN, Status.UNCERTAIN, Status.UNKNOWN


def looks(cosines: list[float]) -> dict[str, EmbeddingRow]:
    """Tracks t_0, t_1, ... at these cosines from Ada."""
    rows = [make_embedding_row(f"t_{n}", template=make_vector(0, cosine=cosine)) for n, cosine in enumerate(cosines)]
    return {row.track_id: row for row in rows}


def judge(tracks: list[TrackRow], cosines: list[float]) -> list[TrackVerdict]:
    return judge_tracks(tracks, looks(cosines), MATCHER, POLICY)


def adopt(tracks: list[TrackRow], cosines: list[float]) -> list[TrackVerdict]:
    return adopt_neighbours(judge(tracks, cosines), looks(cosines), POLICY, 2.0)


def statuses(verdicts: list[TrackVerdict]) -> list[Status]:
    return [verdict.status for verdict in verdicts]


def test_no_tracks_no_verdicts() -> None:
    assert judge_tracks([], {}, MATCHER, POLICY) == []


@pytest.mark.parametrize(
    ("template", "n_useful", "expected"),
    [
        (make_vector(0), 2, KNOWN),
        (make_vector(0, cosine=0.85), 2, UNCERTAIN),
        (make_vector(0), 1, UNCERTAIN),
        (make_vector(7), 9, UNKNOWN),
    ],
)
def test_track_is_judged_by_score_and_useful_faces(template: VectorF32, n_useful: int, expected: Status) -> None:
    row = make_embedding_row("t_0", template=template)

    [verdict] = judge_tracks([make_track_row("t_0", n_useful=n_useful)], {"t_0": row}, MATCHER, POLICY)

    assert verdict.status is expected


def test_track_without_template_is_unknown() -> None:
    [verdict] = judge_tracks([make_track_row(n_useful=0)], {}, MATCHER, POLICY)

    assert (verdict.status, verdict.match, verdict.scores) == (UNKNOWN, None, ())


def test_without_a_gallery_everybody_is_unknown() -> None:
    [verdict] = judge_tracks([make_track_row("t_0")], looks([1.0]), MeanMatcher(make_gallery()), POLICY)

    assert (verdict.status, verdict.match) == (UNKNOWN, None)


def test_verdicts_come_in_order_of_time() -> None:
    tracks = [make_track_row("t_0", start_s=5, end_s=6), make_track_row("t_1", start_s=1, end_s=2)]

    assert [verdict.track.track_id for verdict in judge(tracks, [1, 1])] == ["t_1", "t_0"]


def test_of_overlapping_tracks_of_one_person_the_better_keeps_the_name() -> None:
    tracks = [make_track_row("t_0", start_s=0, end_s=4), make_track_row("t_1", start_s=2, end_s=6, box_xywh=ELSEWHERE)]

    kept = keep_one_at_a_time(judge(tracks, [0.95, 0.99]))

    assert statuses(kept) == [UNCERTAIN, KNOWN]


def test_tracks_that_follow_each_other_keep_their_name() -> None:
    tracks = [make_track_row("t_0", start_s=0, end_s=4), make_track_row("t_1", start_s=4, end_s=6)]

    assert statuses(keep_one_at_a_time(judge(tracks, [0.95, 0.99]))) == [KNOWN, KNOWN]


def test_two_people_may_overlap() -> None:
    tracks = [make_track_row("t_0"), make_track_row("t_1")]
    rows = [make_embedding_row("t_0", template=make_vector(0)), make_embedding_row("t_1", template=make_vector(1))]

    verdicts = judge_tracks(tracks, {row.track_id: row for row in rows}, MATCHER, POLICY)

    assert statuses(keep_one_at_a_time(verdicts)) == [KNOWN, KNOWN]


@pytest.mark.parametrize(
    ("start_s", "box_xywh", "expected"),
    [
        (4.5, (0.27, 0.25, 0.1, 0.2), KNOWN),
        (6.5, (0.27, 0.25, 0.1, 0.2), UNCERTAIN),  # too late
        (4.5, ELSEWHERE, UNCERTAIN),  # somewhere else in the picture
        (4.5, (0.25, 0.25, 0.03, 0.06), UNCERTAIN),  # far behind
        (3.0, (0.27, 0.25, 0.1, 0.2), UNCERTAIN),  # beside the known one at the same time
    ],
)
def test_uncertain_track_joins_the_same_face_known_a_moment_before(
    start_s: float, box_xywh: tuple[float, float, float, float], expected: Status
) -> None:
    tracks = [make_track_row("t_0", end_s=4), make_track_row("t_1", start_s=start_s, end_s=8, box_xywh=box_xywh)]

    assert statuses(adopt(tracks, [0.95, 0.85])) == [KNOWN, expected]


def test_uncertain_track_joins_the_same_face_known_a_moment_later() -> None:
    tracks = [make_track_row("t_0", end_s=4), make_track_row("t_1", start_s=5, end_s=8)]

    assert statuses(adopt(tracks, [0.85, 0.95])) == [KNOWN, KNOWN]


def test_look_alike_behind_a_cut_is_not_adopted() -> None:
    tracks = [make_track_row("t_0", end_s=4), make_track_row("t_1", start_s=4.2, end_s=8)]
    other_face = make_vector(0, cosine=0.85)
    other_face[-1] *= -1
    rows = looks([0.95]) | {"t_1": make_embedding_row("t_1", template=other_face)}

    adopted = adopt_neighbours(judge_tracks(tracks, rows, MATCHER, POLICY), rows, POLICY, 2.0)

    assert statuses(adopted) == [KNOWN, UNCERTAIN]


def test_unknown_track_is_never_adopted() -> None:
    tracks = [make_track_row("t_0", end_s=4), make_track_row("t_1", start_s=5, end_s=8)]

    assert statuses(adopt(tracks, [0.95, 0.5])) == [KNOWN, UNKNOWN]


def test_two_uncertain_tracks_at_once_are_not_both_adopted() -> None:
    late = [make_track_row(f"t_{n}", start_s=5, end_s=8, box_xywh=(0.25 + n / 50, 0.25, 0.1, 0.2)) for n in (1, 2)]

    adopted = adopt([make_track_row("t_0", end_s=4), *late], [0.95, 0.85, 0.85])

    assert statuses(adopted) == [KNOWN, KNOWN, UNCERTAIN]
