"""Jobs over the API: every run over footage and cameras, another try, and what could not be analysed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.api.paging import DEFAULT_LIMIT, Limit, ListPage, lead_on
from dashboards.web.api.problems import problems
from dashboards.web.api.sources.run_values import RUN_CURSOR, Job, job, parse_run_cursor, run_cursor
from dashboards.web.api.values import ID, ApiValue, Moment, RunId
from dashboards.web.failures import Conflict
from dashboards.web.rendering import site_of
from dashboards.web.system.looking import LIVE_GAPS_SHOWN, looker_of
from pipeline.control.audit import AuditLog
from pipeline.control.work.footage_list import FootageCursor
from pipeline.control.work.gaps import find_gaps
from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.control.work.runs import Runs
from pipeline.sightings.rows import SourceKind
from workers.footage.second_try import analyse_again

router = APIRouter(tags=["jobs"])

MOST_GAPS = 200


class JobsList(ListPage):
    """Runs, the newest first."""

    jobs: tuple[Job, ...]


class GapValue(ApiValue):
    """Stretches of one run that could not be analysed for one reason."""

    run_id: str
    source_id: str
    label: str
    source_kind: SourceKind
    state: RunState
    stage: str
    reason: str
    n_chunks: int
    updated_at: Moment
    can_try_again: bool


class GapsList(ApiValue):
    """What could not be analysed, of the latest runs."""

    gaps: tuple[GapValue, ...]


@router.get("/jobs", operation_id="list_jobs")
def list_jobs(
    request: Request,
    response: Response,
    _visitor: AnyVisitor,
    state: Annotated[list[RunState], Query(max_length=7, description="In these states.")] = [],  # noqa: B006 # never changed
    source: Annotated[str | None, Query(pattern=ID, description="Of this camera or footage.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Annotated[str, Query(pattern=RUN_CURSOR, description="Where an earlier page ended.")] = "",
) -> JobsList:
    """Every run over footage and cameras, the newest first."""
    after = parse_run_cursor(cursor)
    runs = Runs(site_of(request).control).list(state or None, source)[::-1]
    found = [run for run in runs if after is None or _place(run) < (after.created_at, after.run_id)]
    shown = found[:limit]
    following = run_cursor(FootageCursor(*_place(shown[-1]))) if len(found) > limit else None
    return JobsList(jobs=tuple(job(run) for run in shown), next_cursor=lead_on(request, response, following))


@router.get("/jobs/{run_id}", operation_id="get_job", responses=problems(404))
def get_job(request: Request, _visitor: AnyVisitor, run_id: RunId) -> Job:
    """One run."""
    return job(Runs(site_of(request).control).get(run_id))


@router.post("/jobs/{run_id}/retry", operation_id="retry_job", responses=problems(404, 409))
def retry_job(request: Request, visitor: AnalystVisitor, run_id: RunId) -> Job:
    """Let a failed or cancelled run go on where it stopped, and one with gaps begin anew.

    What is recorded stays until the new rows take its place.
    """
    site = site_of(request)
    run = Runs(site.control).get(run_id)
    if run.source_kind is SourceKind.LIVE or run.state.is_active or run.state is RunState.DONE:
        raise Conflict(f"{run.label} is {run.state}; there is nothing to try again")
    again = analyse_again(site.control, site.redis_url, run_id)
    AuditLog(site.control).append("resume footage", "", who=visitor.name, detail=again.run.source_id)
    looker_of(site).forget()
    return job(again)


@router.get("/gaps", operation_id="list_gaps")
def list_gaps(request: Request, _visitor: AnyVisitor) -> GapsList:
    """Stretches of footage that nobody could analyse, with the reasons, of the latest runs."""
    found = find_gaps(site_of(request).control, datetime.now(UTC) - LIVE_GAPS_SHOWN, MOST_GAPS)
    return GapsList(gaps=tuple(GapValue.model_validate(gap) for gap in found))


def _place(run: RunRecord) -> tuple[datetime, str]:
    return run.created_at, run.run.run_id
