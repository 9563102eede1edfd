"""How everything that runs is doing, over the API; and deliveries that were given up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from pydantic import Field

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.api.values import ApiBody, ApiValue, Moment
from dashboards.web.rendering import site_of
from dashboards.web.system.health import Weight, doing, headline, troubles
from dashboards.web.system.looking import ServerLook, SystemLook, looker_of
from dashboards.web.system.processes import ProcessView
from dashboards.web.system.versions import versions
from pipeline.control.audit import AuditLog
from pipeline.control.live.deliveries import Deliveries
from pipeline.control.work.run_records import RunState
from pipeline.schemas import LeftOut
from workers.stack.children import ChildState

router = APIRouter(tags=["system"])


class TroubleValue(ApiValue):
    """One thing that is not as it should be."""

    weight: Weight
    words: str
    advice: str
    """What to do about it."""


class QueueValue(ApiValue):
    """What waits for one stage."""

    name: str
    n_waiting: int
    n_in_hand: int
    oldest_age_s: float
    workers: tuple[str, ...]


class ServerValue(ApiValue):
    """The server of the streams."""

    product: str
    n_bytes: int
    """Memory that its data take."""
    most_bytes: int
    """0 without a limit."""
    up_s: int
    queues: tuple[QueueValue, ...]
    chunks_per_s: dict[str, float]
    """By group of workers; empty before there were two looks."""
    n_bytes_in_flight: int


class ProcessValue(ApiValue):
    """One process of `facetrail up` on this host."""

    name: str
    state: ChildState
    restarts: int
    n_bytes: int | None
    """Memory of its own."""


class DropValue(ApiValue):
    """Samples of a camera that were left out for one reason."""

    camera: str
    reason: LeftOut
    count: int
    """During the last day, up to the last whole minute, by `coverage/`."""


class BacklogValue(ApiValue):
    """What waits for a target of events."""

    target: str
    n_waiting: int
    oldest_queued_at: Moment


class DiskPart(ApiValue):
    """One part of the data folder."""

    name: str
    n_bytes: int
    n_files: int


class VersionValue(ApiValue):
    """One thing and its version."""

    name: str
    version: str


class SystemNow(ApiValue):
    """Everything at one moment."""

    at: Moment
    headline: str
    """All of it in one sentence."""
    doing: str
    troubles: tuple[TroubleValue, ...]
    """The worst first."""
    server: ServerValue | None
    """Null while it does not answer; `server_problem` says why."""
    server_problem: str
    processes: tuple[ProcessValue, ...] | None
    """Null when nothing is known of a stack on this host."""
    drops: tuple[DropValue, ...]
    backlog: tuple[BacklogValue, ...]
    n_dead_letters: int
    runs: dict[RunState, int]
    n_people: int
    gallery_version: int
    free_bytes: int
    total_bytes: int
    disk: tuple[DiskPart, ...]
    """Parts of the data folder, the largest first; empty until they have been measured."""
    encoder: str
    threshold: float
    threshold_source: str
    versions: tuple[VersionValue, ...]


class DeadLetterValue(ApiValue):
    """A delivery that was given up."""

    seq: int
    target: str
    event_id: str
    kind: str
    source_id: str
    queued_at: Moment
    finished_at: Moment
    tries: int
    problem: str


class DeadLetters(ApiValue):
    """Deliveries that were given up."""

    letters: tuple[DeadLetterValue, ...]


class Retry(ApiBody):
    """Which dead letters wait for delivery once more; all of them when nothing is said."""

    target: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Those of one target."""
    seqs: Annotated[list[Annotated[int, Field(ge=1, le=2**53 - 1)]], Field(max_length=1000)] | None = None
    """These alone."""


class Retried(ApiValue):
    """How many wait again."""

    n_letters: int


@router.get("/system", operation_id="get_system")
def get_system(request: Request, _visitor: AnyVisitor) -> SystemNow:
    """Is all well? What runs, what waits, what was left out and why, and how much room there is."""
    look = looker_of(site_of(request)).look()
    found = troubles(look)
    return SystemNow(
        headline=headline(look, found),
        doing=doing(look),
        troubles=tuple(TroubleValue.model_validate(trouble) for trouble in found),
        versions=tuple(VersionValue.model_validate(line) for line in versions(look)),
        **_running(look),
        **_recorded(look),
    )


@router.get("/dead-letters", operation_id="list_dead_letters")
def list_dead_letters(request: Request, _visitor: AnyVisitor) -> DeadLetters:
    """Events that could not be delivered to a webhook or a broker, and why."""
    found = Deliveries(site_of(request).control).dead()
    return DeadLetters(letters=tuple(DeadLetterValue.model_validate(letter) for letter in found))


@router.post("/dead-letters/retry", operation_id="retry_dead_letters")
def retry_dead_letters(
    request: Request,
    visitor: AnalystVisitor,
    body: Annotated[Retry, Body()] = Retry(),  # noqa: B008 # it is frozen
) -> Retried:
    """Let dead letters wait for delivery once more."""
    site = site_of(request)
    queue = Deliveries(site.control)
    dead = [letter.seq for letter in queue.dead(body.target)]
    wanted = dead if body.seqs is None else sorted(set(dead).intersection(body.seqs))
    n_letters = queue.retry(wanted, datetime.now(UTC))
    if n_letters:
        AuditLog(site.control).append("deliver again", "", who=visitor.name, detail=f"{n_letters} events")
    looker_of(site).forget()
    return Retried(n_letters=n_letters)


def _running(look: SystemLook) -> dict[str, Any]:
    return {
        "at": look.at,
        "server": None if look.server is None else _server(look.server),
        "server_problem": look.server_problem,
        "processes": None if look.processes is None else tuple(_process(one) for one in look.processes),
        "drops": tuple(DropValue.model_validate(drop) for drop in look.drops),
        "backlog": tuple(BacklogValue.model_validate(waiting) for waiting in look.backlog),
        "n_dead_letters": len(look.dead),
    }


def _recorded(look: SystemLook) -> dict[str, Any]:
    return {
        "runs": dict(look.overview.runs),
        "n_people": look.overview.n_people,
        "gallery_version": look.overview.gallery_version,
        "free_bytes": look.room.free_bytes,
        "total_bytes": look.room.total_bytes,
        "disk": tuple(DiskPart.model_validate(part) for part in look.disk.parts) if look.disk else (),
        "encoder": look.encoder,
        "threshold": look.in_effect.policy.threshold,
        "threshold_source": look.in_effect.policy.source,
    }


def _server(server: ServerLook) -> ServerValue:
    return ServerValue(
        product=server.state.product,
        n_bytes=server.state.n_bytes,
        most_bytes=server.state.most_bytes,
        up_s=server.state.up_s,
        queues=tuple(QueueValue.model_validate(queue) for queue in server.queues),
        chunks_per_s=dict(server.rates),
        n_bytes_in_flight=server.n_bytes_in_flight,
    )


def _process(one: ProcessView) -> ProcessValue:
    health = one.health
    return ProcessValue(name=health.name, state=health.state, restarts=health.restarts, n_bytes=one.n_bytes)
