"""By what live tracks are named: the gallery and the operating point of today, looked up anew as they change."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.events.lifecycle_tracks import Naming
from pipeline.identity.matchers.choice import index_dir, matcher_for
from pipeline.identity.policies import policy_in_effect
from pipeline.options import IdentityOptions

LOOK_S = 1.0
"""Between two looks at the gallery's version, in seconds: so soon is somebody known who has just been enrolled."""


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    version: int
    naming: Naming
    looked_at_s: float


class Namings:
    """The namings of one data folder's live runs; one is shared by all runs of equal options."""

    def __init__(self, control: Control, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._control = control
        self._people = People(control)
        self._clock_s = clock_s
        self._made: dict[tuple[str, IdentityOptions], _Made] = {}

    def naming(self, encoder: str, options: IdentityOptions) -> Naming:
        """The naming of this moment; a second late at most. Raises like `matcher_for`."""
        made, now_s = self._made.get((encoder, options)), self._clock_s()
        if made is None or now_s - made.looked_at_s >= LOOK_S:
            made = self._look(encoder, options, made)
            self._made[encoder, options] = made
        return made.naming

    def _look(self, encoder: str, options: IdentityOptions, before: _Made | None) -> _Made:
        version, now_s = self._people.gallery_version(), self._clock_s()
        if before is not None and before.version == version:
            return _Made(version, before.naming, now_s)
        matcher = matcher_for(self._people.gallery(encoder, version), options, index_dir(self._control.data_dir))
        policy = policy_in_effect(self._control, encoder, options).policy
        return _Made(version, Naming(matcher, policy, options.absence_timeout_s), now_s)
