"""Whose faces are in view, and where."""

from __future__ import annotations

import msgspec
import pytest

from pipeline.events.scenes import MOST_UNSEEN, FaceInView, scene_of
from pipeline.sightings.folding.evidence import Evidence
from pipeline.sightings.folding.tracking import OpenTrack
from pipeline.sightings.rows import Status
from tests.builders import RUN
from tests.builders_events import make_event

SIZE_WH = (100, 50)
TRACK = OpenTrack("t_1", 0.0, 1.0, (10.0, 10.0, 30.0, 20.0), Evidence())


def faces_of(*tracks: OpenTrack, **event: object) -> tuple[FaceInView, ...]:
    told = [make_event(**event)] if event else []
    return scene_of(RUN, 4, tracks, told, frame_size_wh=SIZE_WH).faces


def test_no_tracks_are_nobody() -> None:
    assert faces_of() == ()


def test_face_that_was_not_told_of_has_no_name_and_no_status() -> None:
    assert faces_of(TRACK) == (FaceInView(track_id="t_1", box_xywh=pytest.approx((0.1, 0.2, 0.2, 0.2))),)


@pytest.mark.parametrize(
    ("status", "names"), [(Status.KNOWN, {"person_name": "Ada"}), (Status.UNCERTAIN, {"candidate_name": "Ada"})]
)
def test_face_is_named_as_its_sighting_is(status: Status, names: dict[str, str]) -> None:
    (face,) = faces_of(TRACK, status=status, score=0.6, **names)

    assert (face.status, face.name, face.score, face.sighting_id) == (status, "Ada", 0.6, "s_1")


def test_face_that_the_last_sample_did_not_show_is_not_in_view() -> None:
    assert faces_of(msgspec.structs.replace(TRACK, n_missed=1)) == ()


@pytest.mark.parametrize(("n_dropped", "n_faces"), [(MOST_UNSEEN, 1), (MOST_UNSEEN + 1, 0)])
def test_face_stays_in_view_for_a_moment_while_nobody_can_look(n_dropped: int, n_faces: int) -> None:
    assert len(faces_of(msgspec.structs.replace(TRACK, n_missed_dropped=n_dropped))) == n_faces


def test_box_ends_at_the_edge_of_the_frame() -> None:
    (face,) = faces_of(msgspec.structs.replace(TRACK, box_xyxy=(-10.0, 25.0, 50.0, 99.0)))

    assert face.box_xywh == (0.0, 0.5, 0.5, 0.5)
