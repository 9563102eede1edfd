"""Frames of somebody's own camera: taken when they are good, and otherwise told what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.identity.capturing import Pose, advise
from pipeline.identity.picture_faces import ExaminedPicture
from tests.builders_examined import GOOD, make_examined, make_examined_face, make_vector

SMALL = (0.4, 0.4, 0.45, 0.5)


def of(turn: float | None = 0.0, **kinds: object) -> ExaminedPicture:
    return make_examined(make_examined_face(make_vector(0), turn=turn, **kinds))  # type: ignore[arg-type] # a builder


@pytest.mark.parametrize(
    ("picture", "pose", "words"),
    [
        (make_examined(), Pose.FRONT, "No face is to be seen"),
        (make_examined(problem="damaged"), Pose.FRONT, "damaged"),
        (make_examined(*[make_examined_face(make_vector(0))] * 2), Pose.FRONT, "Only one person"),
        (of(box=(-0.1, 0.2, 0.3, 0.7)), Pose.FRONT, "cut off"),
        (of(box=SMALL), Pose.FRONT, "Come closer"),
        (of(quality=replace(GOOD, light=0.1)), Pose.FRONT, "More light"),
        (of(quality=replace(GOOD, sharpness=0.05)), Pose.FRONT, "blurred"),
        (of(0.3), Pose.FRONT, "straight into the camera"),
        (of(0.0), Pose.LEFT, "a little to your left"),
        (of(-0.3), Pose.LEFT, "a little to your left"),
        (of(0.9), Pose.LEFT, "less far"),
        (of(None), Pose.RIGHT, "less far"),
    ],
)
def test_what_is_wrong_is_told(picture: ExaminedPicture, pose: Pose, words: str) -> None:
    advice = advise(picture, pose)

    assert not advice.is_good
    assert words in advice.words


@pytest.mark.parametrize(("turn", "pose"), [(0.0, Pose.FRONT), (0.3, Pose.LEFT), (-0.3, Pose.RIGHT)])
def test_a_good_frame_is_taken(turn: float, pose: Pose) -> None:
    assert advise(of(turn), pose).is_good


def test_somebody_far_behind_does_not_matter() -> None:
    behind = make_examined_face(make_vector(1), box=SMALL)

    assert advise(make_examined(make_examined_face(make_vector(0)), behind), Pose.FRONT).is_good
