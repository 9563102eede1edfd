"""The checks of faces that are under way, one for each half session; a restart of the pages begins them anew."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from dashboards.web.who.answers import current_matcher
from pipeline.errors import InputError
from pipeline.identity.answers import identify_face, verify_face
from pipeline.identity.capturing import Pose, advise, one_face
from pipeline.identity.face_check import FaceCheck, Glance, Stage, next_check, pose_of
from pipeline.identity.policies import policy_in_effect

if TYPE_CHECKING:
    from dashboards.web.site import Site
    from pipeline.control.database import Control
    from pipeline.identity.picture_faces import ExaminedFace
    from pipeline.schemas import VectorF32

LASTS_S = 60.0
"""A check takes some seconds."""
MOST_CHECKS = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """A check after a frame, and what to tell."""

    check: FaceCheck
    words: str


class FaceChecks:
    """Checks by the half session that they belong to; for all threads of a process."""

    def __init__(self) -> None:
        self._checks: dict[str, tuple[float, FaceCheck]] = {}
        self._lock = threading.Lock()

    def begin(self, session: str) -> FaceCheck:
        """A new check in the place of an earlier one; the side to turn to is drawn."""
        check = FaceCheck(random.SystemRandom().choice((Pose.LEFT, Pose.RIGHT)))
        self._put(session, check)
        return check

    def require(self, session: str) -> None:
        """Raise `InputError` when there is no check (any more)."""
        with self._lock:
            self._find(session)

    def look(self, session: str, glance: Glance | None) -> FaceCheck:
        """The check with one more frame; raises as `require`. One that is over ends."""
        with self._lock:
            began_at, check = self._find(session)
            check = next_check(check, glance)
            self._checks[session] = (began_at, check)
            if check.is_over:
                del self._checks[session]
            return check

    def _find(self, session: str) -> tuple[float, FaceCheck]:
        found = self._checks.get(session)
        if found is None or time.monotonic() - found[0] > LASTS_S:
            raise InputError("this took too long; begin again")
        return found

    def _put(self, session: str, check: FaceCheck) -> None:
        with self._lock:
            while len(self._checks) >= MOST_CHECKS:
                self._checks.pop(next(iter(self._checks)))
            self._checks.pop(session, None)
            self._checks[session] = (time.monotonic(), check)


@lru_cache(2)
def checks_of(control: Control) -> FaceChecks:
    """The checks of one site."""
    return FaceChecks()


def look(site: Site, session: str, frame: bytes, person_id: str) -> Step:
    """Look at one frame of somebody who wants to be let in as that person; raises as `FaceChecks.look`."""
    checks = checks_of(site.control)
    checks.require(session)
    picture = site.asker.faces(frame)
    face = one_face(picture)
    glance = None if face is None else _glance(site, face, person_id)
    check = checks.look(session, glance)
    is_to_turn = check.stage is Stage.TURN and glance is not None
    words = f"Turn your head to your {check.side.value}." if is_to_turn else advise(picture, check.wanted).words
    return Step(check, words)


def _glance(site: Site, face: ExaminedFace, person_id: str) -> Glance | None:
    if face.embedding is None:
        return None
    is_known, may_be = _resembles(site, face.embedding, person_id)
    return Glance(pose_of(face.turn), is_known, may_be)


def _resembles(site: Site, vector: VectorF32, person_id: str) -> tuple[bool, bool]:
    """Whether the face is known as the person, of everybody; and whether it may at all be the person's."""
    encoder = site.encoder
    policy = policy_in_effect(site.control, encoder, site.settings.identity).policy
    matcher = current_matcher(site.control, encoder, site.settings.identity)
    found = identify_face(vector, matcher, policy)
    may_be = verify_face(vector, matcher.gallery, person_id, policy).verdict != "different"
    return found.person_id == person_id, may_be
