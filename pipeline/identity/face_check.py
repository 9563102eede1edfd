"""A face as the second factor: what has to be seen, frame by frame, before somebody is let in.

Two of three looks straight into the camera have to be the person, known by the operating point in effect; then the head
has to be turned to the side that is asked for, and back. A flat photograph that is turned stays flat, and its nose near
the middle. This proves no life: a recording that happens to turn to the side asked for passes, and so may two
photographs, a bent one or a mask.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.identity.capturing import FRONTAL_TURN, Pose

FRONT_LOOKS = 3
KNOWN_NEEDED = 2
"""Of so many looks straight into the camera."""
LEAST_TURN, MOST_TURN = 0.3, 0.85
"""Turns (`turn_of`) of a head that looks aside. Four flat photographs, turned by up to 70 degrees at two distances,
seem to turn by 0.24 at most; farther than the other end nobody can be known."""
MOST_FRAMES = 60
"""After so many frames it was somebody else, or the light is bad."""


class Stage(StrEnum):
    """How far a check has come."""

    LOOK = "look"  # straight into the camera, thrice
    TURN = "turn"  # to the side that is asked for
    BACK = "back"  # straight again
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Glance:
    """One frame in which one face was seen."""

    pose: Pose | None
    """None when the head is between two poses."""
    is_known: bool
    """Known, by the operating point in effect, as the person."""
    may_be: bool
    """At least not certainly another: what is asked of a turned head, which is less like the references."""


@dataclass(frozen=True, slots=True)
class FaceCheck:
    """A check under way; `next_check` gives what it becomes with one more frame."""

    side: Pose
    """To be turned to; drawn anew for each check."""
    stage: Stage = Stage.LOOK
    n_frames: int = 0
    n_front: int = 0
    n_known: int = 0

    @property
    def is_over(self) -> bool:
        return self.stage in {Stage.PASSED, Stage.FAILED}

    @property
    def wanted(self) -> Pose:
        """The pose that is waited for."""
        return self.side if self.stage is Stage.TURN else Pose.FRONT


def pose_of(turn: float | None) -> Pose | None:
    """The pose of a face with this turn; None between two poses, and for a profile."""
    if turn is None:
        return None
    if abs(turn) <= FRONTAL_TURN:
        return Pose.FRONT
    is_aside = LEAST_TURN <= abs(turn) <= MOST_TURN
    return (Pose.LEFT if turn > 0 else Pose.RIGHT) if is_aside else None


def next_check(check: FaceCheck, glance: Glance | None) -> FaceCheck:
    """The check after one more frame; None is a frame without a face, or with several."""
    if check.is_over:
        return check
    counted = replace(check, n_frames=check.n_frames + 1)
    if glance is not None and glance.pose is check.wanted:
        counted = _STEPS[check.stage](counted, glance)
    if counted.n_frames >= MOST_FRAMES and not counted.is_over:
        return replace(counted, stage=Stage.FAILED)
    return counted


def _look(check: FaceCheck, glance: Glance) -> FaceCheck:
    seen = replace(check, n_front=check.n_front + 1, n_known=check.n_known + glance.is_known)
    if seen.n_known >= KNOWN_NEEDED:
        return replace(seen, stage=Stage.TURN)
    is_hopeless = seen.n_front - seen.n_known > FRONT_LOOKS - KNOWN_NEEDED
    return replace(seen, stage=Stage.FAILED) if is_hopeless else seen


def _turn(check: FaceCheck, glance: Glance) -> FaceCheck:
    return replace(check, stage=Stage.BACK) if glance.may_be else check


def _back(check: FaceCheck, glance: Glance) -> FaceCheck:
    return replace(check, stage=Stage.PASSED if glance.is_known else Stage.FAILED)


_STEPS = {Stage.LOOK: _look, Stage.TURN: _turn, Stage.BACK: _back}
