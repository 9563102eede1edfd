"""What the pages of footage show, as values."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboards.web.footage.coverage import Coverage, coverage_of
from dashboards.web.site import Site
from pipeline.control.work.arrivals import Arrival, Arrivals, ArrivalState
from pipeline.control.work.footage_list import FootageCursor, FootageList, FootageQuery
from pipeline.control.work.run_records import ACTIVE_STATES, RunRecord, RunState
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import SourceRecord, Sources
from pipeline.errors import NotFound
from pipeline.intake.progress import ProgressKeeper, RunProgress
from pipeline.options import AnalysisOptions
from pipeline.reports.gathering import describe_problem
from pipeline.sightings.catalogue.queries import CatalogueQuery
from pipeline.sightings.catalogue.seen import EVERYBODY, NOBODY, Seen
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import Clock, SourceKind

PAGE = 30
"""Files on a page."""
PEOPLE_SHOWN = 5
"""Faces of each in the list."""
SHOWN_FOR = timedelta(hours=24)
"""So long a page says what became of a file that came."""
COMING_IN = timedelta(seconds=8)
"""So long after a run's end its last sightings may still come in."""
PATIENCE = timedelta(seconds=8)
"""After this a file that nobody looks into shows that nobody is there."""
FOLDER = "footage"
"""Of uploads, in the data folder."""
VIEWS: Mapping[str, frozenset[RunState] | None] = {
    "": None,
    "active": ACTIVE_STATES,
    "done": frozenset({RunState.DONE}),
    "problems": frozenset({RunState.PARTIAL, RunState.FAILED, RunState.CANCELLED}),
}
"""The filters by state, as they stand in addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageLine:
    """One file in the list."""

    run: RunRecord
    """The latest one."""
    progress: RunProgress
    seen: Seen
    problem: str | None
    is_moving: bool
    """Whether it may look otherwise in a moment: it goes on, or has just ended and its last sightings come in."""

    @property
    def source_id(self) -> str:
        return self.run.run.source_id

    @property
    def is_guess(self) -> bool:
        """Whether its start is only a guess."""
        return self.run.clock is Clock.MTIME


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageView:
    """The list."""

    lines: tuple[FootageLine, ...]
    after: FootageCursor | None
    counts: Mapping[str, int]
    """Files in each of `VIEWS`."""
    view: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalsView:
    """Files that came and are no runs, or were known before."""

    arrivals: tuple[Arrival, ...]
    marker: str
    """Changes when a run was added, and when one has ended."""
    is_stuck: bool
    """Whether files wait, and nobody seems to look into them."""

    @property
    def n_waiting(self) -> int:
        return sum(arrival.state is ArrivalState.WAITING for arrival in self.arrivals)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneFootage:
    """The page of one file."""

    source: SourceRecord
    line: FootageLine
    coverage: Coverage
    options: AnalysisOptions
    has_file: bool
    is_upload: bool
    """Whether its file is an upload, which can be removed."""
    size: int | None
    """Of its file, in bytes; None when it is not there any more."""


def list_footage(site: Site, keeper: ProgressKeeper, view: str, text: str, after: FootageCursor | None) -> FootageView:
    """A page of footage, the newest first; an unknown `view` shows all."""
    listed = FootageList(site.control)
    page = listed.find(FootageQuery(states=VIEWS.get(view), text=text), PAGE, after)
    return FootageView(
        lines=lines_of(site, keeper, page.runs, PEOPLE_SHOWN),
        after=page.after,
        counts=_counts(listed),
        view=view if view in VIEWS else "",
        text=text,
    )


def one_line(site: Site, keeper: ProgressKeeper, source_id: str) -> FootageLine:
    """A file as the list shows it; raises `NotFound`."""
    run = FootageList(site.control).latest(source_id)
    if run is None or run.source_kind is not SourceKind.FILE:
        raise NotFound(f"there is no footage {source_id}")
    return lines_of(site, keeper, [run])[0]


def lines_of(
    site: Site, keeper: ProgressKeeper, runs: Sequence[RunRecord], most_people: int = EVERYBODY
) -> tuple[FootageLine, ...]:
    """Runs of files as lists show them, with at most so many of the people in each."""
    seen = site.catalogue.seen(CatalogueQuery(source_ids=frozenset(run.run.source_id for run in runs)), most_people)
    now, now_s, known = datetime.now(UTC), time.monotonic(), Runs(site.control)
    return tuple(
        FootageLine(
            run=run,
            progress=keeper.look(run, now_s),
            seen=seen.get(run.run.source_id, NOBODY),
            problem=None if run.state.is_active else describe_problem(known, run),
            is_moving=run.state.is_active or now - run.updated_at < COMING_IN,
        )
        for run in runs
    )


def one_footage(site: Site, keeper: ProgressKeeper, source_id: str) -> OneFootage:
    """A file as its own page shows it; raises `NotFound`, and `StoreDamaged`."""
    line = one_line(site, keeper, source_id)
    source = Sources(site.control).get(source_id)
    rows = Store(site.data_dir).read_coverage(RowFilter(source_id=source_id))
    shown_run = source.current_run_id or line.run.run.run_id
    path = None if source.path is None else Path(source.path)
    return OneFootage(
        source=source,
        line=line,
        coverage=coverage_of([row for row in rows if row.run_id == shown_run]),
        options=AnalysisOptions.from_json(line.run.options_json),
        has_file=path is not None and path.is_file(),
        is_upload=path is not None and path.is_relative_to(uploads_dir(site)),
        size=path.stat().st_size if path is not None and path.is_file() else None,
    )


def list_arrivals(site: Site, now: datetime) -> ArrivalsView:
    """What became of the files that came lately, as far as it is no run of its own."""
    recent = Arrivals(site.control).recent(now - SHOWN_FOR)
    shown = [one for one in recent if one.state not in {ArrivalState.TAKEN, ArrivalState.SKIPPED}]
    listed = FootageList(site.control)
    newest = [run.run.run_id for run in listed.find(FootageQuery(), 1).runs]
    waiting_since = min((one.created_at for one in shown if one.state is ArrivalState.WAITING), default=now)
    return ArrivalsView(
        arrivals=tuple(shown),
        marker="-".join([*newest, *(str(n) for n in _counts(listed).values())]),
        is_stuck=now - waiting_since > PATIENCE,
    )


def uploads_dir(site: Site) -> Path:
    """Where uploaded footage is kept."""
    return site.data_dir.resolve() / FOLDER


def _counts(listed: FootageList) -> dict[str, int]:
    """Files in each of `VIEWS`."""
    by_state = listed.count()
    return {name: sum(n for state, n in by_state.items() if _is_in(state, name)) for name in VIEWS}


def _is_in(state: RunState, view: str) -> bool:
    states = VIEWS[view]
    return states is None or state in states
