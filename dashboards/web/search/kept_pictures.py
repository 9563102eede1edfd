"""Pictures that somebody searches by: kept in memory for a while, so that a search has an address."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import NotFound

if TYPE_CHECKING:
    from pipeline.identity.picture_faces import ExaminedPicture

KEPT_S = 3600.0
"""A picture is forgotten after this, in seconds."""
MOST_KEPT = 200
"""Pictures of all visitors together; of more, the oldest go. Only their faces are kept, some 100 kB a picture."""


@dataclass(frozen=True, slots=True)
class _Kept:
    picture: ExaminedPicture
    owner: str
    at_s: float


class KeptPictures:
    """Examined pictures by random names that only their owners can use; for all threads, and never on the disk."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, picture: ExaminedPicture, owner: str) -> str:
        """Its name from now on."""
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._forget_old()
            self._kept[name] = _Kept(picture, owner, self._now())
        return name

    def get(self, name: str, owner: str) -> ExaminedPicture:
        """The picture of that name; raises `NotFound` when it is gone, or somebody else's."""
        with self._lock:
            self._forget_old()
            kept = self._kept.get(name)
        if kept is None or kept.owner != owner:
            raise NotFound("the picture of this search is not kept any more; drop it once more")
        return kept.picture

    def _forget_old(self) -> None:
        while self._kept:
            oldest = next(iter(self._kept.values()))
            if len(self._kept) < MOST_KEPT and self._now() - oldest.at_s < KEPT_S:
                return
            self._kept.popitem(last=False)
