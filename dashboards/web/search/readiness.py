"""Making the face index ready apart from requests: the first one of a long record takes longer than anybody waits."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from dashboards.web.search.kept_pictures import KeptPictures
from pipeline.errors import PipelineError
from pipeline.search.finding import FaceFinder

if TYPE_CHECKING:
    from dashboards.web.site import Site

PATIENCE_S = 1.5
"""How long a page waits for the index before it shows how far it is, in seconds."""


class Readiness:
    """Brings one finder's index up to date in a thread of its own."""

    def __init__(self, finder: FaceFinder) -> None:
        self.finder = finder
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._done.set()
        self._part = 0.0
        self._problem: PipelineError | None = None

    def begin(self) -> None:
        """Begin, unless that has been done already."""
        with self._lock:
            if self._done.is_set():
                self._done.clear()
                self._part, self._problem = 0.0, None
                threading.Thread(target=self._refresh, name="face index", daemon=True).start()

    def part_done(self, patience_s: float = PATIENCE_S) -> float:
        """How much of the index is made, 0..1, after waiting for it for `patience_s`; 1 is ready.

        Raises what making it raised.
        """
        self.begin()
        if not self._done.wait(patience_s):
            return min(self._part, 0.99)
        if self._problem is not None:
            raise self._problem
        return 1.0

    def _refresh(self) -> None:
        try:
            self.finder.refresh(self._hear)
        except PipelineError as error:
            self._problem = error
        finally:
            self._done.set()

    def _hear(self, n_done: int, n_files: int) -> None:
        self._part = n_done / n_files


class SearchRoom:
    """What the search pages of one site keep between requests."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._ready: dict[str, Readiness] = {}
        self.pictures = KeptPictures()

    def readiness(self) -> Readiness:
        """Of the index for the data folder's encoder, which it gets with its first footage."""
        encoder = self._site.encoder
        if encoder not in self._ready:
            finder = FaceFinder(self._site.control, encoder, self._site.settings.identity)
            self._ready = {encoder: Readiness(finder)}
        return self._ready[encoder]


@lru_cache(maxsize=2)
def room_of(site: Site) -> SearchRoom:
    """The room of a site; a process has one."""
    return SearchRoom(site)
