"""One look at everything that runs: the server, the processes, the cameras, the jobs, what went wrong, and the disk.

Many may look at the same time: what was seen within the last second is shown to all.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from dashboards.web.system.disk_watch import DiskWatch
from dashboards.web.system.drops import Drop, DropWatch
from dashboards.web.system.processes import ProcessView, read_processes
from pipeline.cameras.listing import ListedCamera, listed_cameras
from pipeline.control.live.deliveries import Backlog, DeadLetter, Deliveries
from pipeline.control.overview import Overview, read_overview
from pipeline.control.work.gaps import Gap, find_gaps
from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.control.work.runs import Runs
from pipeline.disk_use import DiskUse, Room, room_on_disk
from pipeline.errors import StoreDamaged, TransportLost
from pipeline.identity.policies import PolicyInEffect, policy_in_effect
from pipeline.sightings.rows import SourceKind
from workers.metrics.rates import Rates
from workers.server_state import ServerState, read_server_state
from workers.status import Queue, WorkersStatus, queues_of, read_status
from workers.streams import RedisTransport

if TYPE_CHECKING:
    from dashboards.web.site import Site

logger = logging.getLogger(__name__)

KEPT_S = 1.0
"""What was seen so recently is shown again, in seconds."""
RATE_OVER_S = 5.0
"""Rates are told over so many seconds: soon after the page is opened, and steady enough."""
JOBS_SHOWN = 8
LIVE_GAPS_SHOWN = timedelta(days=7)
"""What cameras missed longer ago nobody can mend any more."""


@dataclass(frozen=True, slots=True)
class ServerLook:
    """The server while it answers."""

    state: ServerState
    status: WorkersStatus
    rates: Mapping[str, float]
    """Group of workers -> chunks a second; empty before there were two looks."""

    @property
    def queues(self) -> tuple[Queue, ...]:
        """What waits for which stage."""
        return queues_of(self.status.streams)

    @property
    def n_bytes_in_flight(self) -> int:
        """Between ingest and the record."""
        return sum(flight.n_bytes for flight in self.status.flights)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLook:
    """Everything at one moment."""

    at: datetime
    server: ServerLook | None
    server_problem: str
    """Why the server does not answer, in words; empty while it does."""
    processes: Sequence[ProcessView] | None
    """Of the stack on this host; None when nothing is known of one."""
    cameras: Sequence[ListedCamera]
    drops: Sequence[Drop]
    overview: Overview
    active: Sequence[RunRecord]
    """Footage in work or waiting for it."""
    troubled: Sequence[RunRecord]
    """The latest jobs that failed."""
    gaps: Sequence[Gap]
    dead: Sequence[DeadLetter]
    backlog: Sequence[Backlog]
    room: Room
    disk: DiskUse | None
    """None until it has been measured."""
    encoder: str
    in_effect: PolicyInEffect
    unreadable: Sequence[str]
    """Files of the record that cannot be read, in words."""


class Looker:
    """Looks at one site; for all threads."""

    def __init__(self, site: Site) -> None:
        """Opens nothing yet."""
        self._site = site
        self._transport = RedisTransport(site.redis_url)
        self._rates = Rates(RATE_OVER_S)
        self._disk = DiskWatch(site.data_dir)
        self._drops = DropWatch(site.data_dir)
        self._lock = threading.Lock()
        self._seen: SystemLook | None = None
        self._seen_at_s = 0.0

    def look(self) -> SystemLook:
        """How things are, at most a second ago."""
        with self._lock:
            if self._seen is None or time.monotonic() - self._seen_at_s > KEPT_S:
                self._seen = self._look(datetime.now(UTC))
                self._seen_at_s = time.monotonic()
            return self._seen

    def forget(self) -> None:
        """Look anew the next time: something was changed."""
        with self._lock:
            self._seen = None

    def _look(self, now: datetime) -> SystemLook:
        site, control = self._site, self._site.control
        runs, queue = Runs(control), Deliveries(control)
        server, problem = self._server(runs.active())
        cameras = listed_cameras(control, site.settings, now)
        return SystemLook(
            at=now,
            server=server,
            server_problem=problem,
            processes=read_processes(site.data_dir, now),
            cameras=cameras,
            drops=self._left_out(cameras, now),
            overview=read_overview(control, now),
            active=[run for run in runs.active() if run.source_kind is SourceKind.FILE],
            troubled=_still_failed(runs),
            gaps=find_gaps(control, now - LIVE_GAPS_SHOWN),
            dead=queue.dead(),
            backlog=queue.backlog(),
            room=room_on_disk(site.data_dir),
            disk=self._disk.latest(),
            encoder=site.encoder,
            in_effect=policy_in_effect(control, site.encoder, site.settings.identity),
            unreadable=site.catalogue.state().unreadable,
        )

    def _left_out(self, cameras: Sequence[ListedCamera], now: datetime) -> Sequence[Drop]:
        """Files that cannot be read are told of elsewhere, with their names."""
        try:
            return self._drops.latest([camera.name for camera in cameras], now)
        except StoreDamaged as error:
            logger.warning("what was left out is not known: %s", error)
            return ()

    def _server(self, active: Sequence[RunRecord]) -> tuple[ServerLook | None, str]:
        try:
            status = read_status(self._transport, active)
            state = read_server_state(self._site.redis_url)
        except TransportLost as error:
            return None, str(error)
        rates = self._rates.update(time.monotonic(), {name: float(n) for name, n in status.forwarded.items()})
        return ServerLook(state, status, rates), ""


def _still_failed(runs: Runs) -> Sequence[RunRecord]:
    """The latest jobs that failed, and that no newer one over the same footage has made good."""
    failed = runs.list([RunState.FAILED])[: -JOBS_SHOWN - 1 : -1]
    return [run for run in failed if runs.list(source_id=run.run.source_id)[-1].run == run.run]


@lru_cache(maxsize=2)
def looker_of(site: Site) -> Looker:
    """The looker of a site; a process has one."""
    return Looker(site)
