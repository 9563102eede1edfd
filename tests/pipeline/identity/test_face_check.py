"""The second factor frame by frame: two of three looks, a turn to the side asked for, and back."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import pytest

from pipeline.identity.capturing import Pose
from pipeline.identity.face_check import MOST_FRAMES, FaceCheck, Glance, Stage, next_check, pose_of

KNOWN = Glance(Pose.FRONT, is_known=True, may_be=True)
OTHER = Glance(Pose.FRONT, is_known=False, may_be=False)
LEFT = Glance(Pose.LEFT, is_known=False, may_be=True)
RIGHT = Glance(Pose.RIGHT, is_known=False, may_be=True)
OTHER_LEFT = Glance(Pose.LEFT, is_known=False, may_be=False)


def after(glances: Iterable[Glance | None]) -> Stage:
    return functools.reduce(next_check, glances, FaceCheck(Pose.LEFT)).stage


def test_nothing_seen_is_nothing_decided() -> None:
    assert after([]) is Stage.LOOK
    assert after([None, None]) is Stage.LOOK


def test_two_of_three_looks_a_turn_and_a_look_back_pass() -> None:
    assert after([KNOWN, OTHER, KNOWN]) is Stage.TURN
    assert after([KNOWN, OTHER, KNOWN, LEFT]) is Stage.BACK
    assert after([KNOWN, OTHER, KNOWN, LEFT, KNOWN]) is Stage.PASSED


def test_two_looks_at_another_fail() -> None:
    assert after([OTHER, KNOWN, OTHER]) is Stage.FAILED


def test_the_other_side_and_another_face_are_no_turn() -> None:
    assert after([KNOWN, KNOWN, RIGHT, OTHER_LEFT, None]) is Stage.TURN


def test_somebody_else_who_comes_back_fails() -> None:
    assert after([KNOWN, KNOWN, LEFT, OTHER]) is Stage.FAILED


def test_a_photograph_that_never_turns_fails_in_the_end() -> None:
    assert after([KNOWN] * (MOST_FRAMES - 1)) is Stage.TURN
    assert after([KNOWN] * MOST_FRAMES) is Stage.FAILED


def test_what_is_over_stays_over() -> None:
    assert after([OTHER, OTHER, KNOWN, KNOWN, LEFT, KNOWN]) is Stage.FAILED


@pytest.mark.parametrize(
    ("turn", "pose"),
    [(0.0, Pose.FRONT), (0.24, None), (0.35, Pose.LEFT), (-0.35, Pose.RIGHT), (1.5, None), (None, None)],
)
def test_a_head_has_to_turn_farther_than_a_flat_photograph_can(turn: float | None, pose: Pose | None) -> None:
    assert pose_of(turn) is pose
