"""Naming the past for a page: wished for, carried out by a thread of this process or by the sources' owners, and shown.

A wish that nobody is at, since the process of before was stopped, is taken up again when somebody looks at it.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.control.correcting.relabelling import Relabellings, RelabelProgress, RunsOfSources
from pipeline.errors import PipelineError
from pipeline.sightings.catalogue.queries import CatalogueQuery
from pipeline.sightings.record.store import Store
from pipeline.sightings.recording.recorder import Recorder
from workers.recording.relabelling import ask_relabelling, carry_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboards.web.site import Site
    from pipeline.control.database import Control
    from pipeline.sightings.rows import SightingRow

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastShown:
    """How far the past is, in words."""

    progress: RelabelProgress
    words: str
    problem: str


class PastNamer:
    """Carries wishes out, each in a thread; one thread a wish."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._running: set[int] = set()
        self._lock = threading.Lock()

    def carry(self, request_id: int) -> None:
        """See to it that somebody is at the wish."""
        with self._lock:
            if request_id in self._running:
                return
            self._running.add(request_id)
        threading.Thread(target=self._run, args=(request_id,), name="past", daemon=True).start()

    def _run(self, request_id: int) -> None:
        try:
            for _ in carry_out(self._control, Recorder(self._control, Store(self._control.data_dir)), request_id):
                continue
        except PipelineError as error:
            logger.warning("relabelling %s waits for somebody else: %s", request_id, error)
        finally:
            with self._lock:
                self._running.discard(request_id)


@lru_cache(2)
def namer_of(control: Control) -> PastNamer:
    """The one of a site."""
    return PastNamer(control)


def name_past(site: Site, who: str, wanted: RunsOfSources | None = None) -> int:
    """Begin to name the past anew, of these sources or of all; returns the number of the wish."""
    request_id = ask_relabelling(site.control, who, site.settings.identity, wanted)
    namer_of(site.control).carry(request_id)
    return request_id


def runs_of(sightings: Iterable[SightingRow]) -> RunsOfSources:
    """The runs in which some sightings are."""
    found: dict[str, set[str]] = {}
    for row in sightings:
        found.setdefault(row.source_id, set()).add(row.run_id)
    return found


def follow_past(site: Site, request_id: int) -> RelabelProgress:
    """How far a wish is; raises `NotFound`. Somebody is at it from now on, and once it is done lists are right."""
    progress = Relabellings(site.control).progress(request_id)
    if progress.is_done:
        site.catalogue.refresh()  # whoever looks next must not see what was a second ago
    else:
        namer_of(site.control).carry(request_id)
    return progress


def show_past(site: Site, request_id: int, person_id: str, name: str) -> PastShown:
    """How far a wish is; done, it says how many sightings are that person's now, or how many changed."""
    progress = follow_past(site, request_id)
    problem = "; ".join(f"{source.source_id}: {source.problem}" for source in progress.sources if source.problem)
    if not progress.is_done:
        return PastShown(progress=progress, words="Naming the past", problem=problem)
    if not person_id:
        return PastShown(progress=progress, words=_changed(progress.n_changed), problem=problem)
    n_sightings = site.catalogue.count(CatalogueQuery(person_ids=frozenset({person_id})))
    return PastShown(progress=progress, words=_named(n_sightings, name), problem=problem)


def _named(count: int, name: str) -> str:
    if not count:
        return f"{name} is in no sighting so far"
    return f"{count:,} {'sighting is' if count == 1 else 'sightings are'} now {name}"


def _changed(count: int) -> str:
    return f"{count:,} sighting{'' if count == 1 else 's'} changed"
