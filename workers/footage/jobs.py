"""Jobs: footage to be ingested, queued on RQ and done by forking workers; hides RQ.

The control database is the truth about every run. A job says no more than "look after this run": done twice, or for a
run that is over, it does nothing; one that was lost with the server is queued again by `tend_runs`.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from datetime import datetime, timedelta
from typing import Any

from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from pipeline.config import load_settings
from pipeline.control.database import open_control
from pipeline.control.work.run_records import RunRecord, RunState
from pipeline.control.work.runs import Runs
from pipeline.errors import SettingsError, TransportLost
from pipeline.sightings.rows import SourceKind
from workers.footage.ingest import ORPHANED_S, Ingest
from workers.metrics.counting import UNCOUNTED, Metrics
from workers.metrics.endpoint import job_metrics
from workers.stack.leash import die_with_parent
from workers.streams import RedisTransport, connect, errors_translated

logger = logging.getLogger(__name__)

QUEUE = "ft-footage"
NO_TIMEOUT = -1
MOST_ATTEMPTS = 50
"""Ingests of one run that may end without a word before it counts as failed."""
UNTENDED_S = 2.0
"""A run that is queued for this long, and no job waits for it, has lost its job."""
WORKER_S = 60
"""A worker without a sign of life for this long is forgotten; it gives one every 45 s even when nothing is to do."""
MEGABYTE = 1 << 20


class JobQueue:
    """The queue of footage to be ingested; a job's id is its run's."""

    def __init__(self, url: str) -> None:
        self._queue = Queue(QUEUE, connection=connect(url), serializer=JSONSerializer)

    def enqueue(self, run_id: str) -> None:
        """Ask for the run to be ingested; raises `TransportLost`."""
        with errors_translated():
            self._queue.enqueue_call(
                _name_of_job(), args=[run_id], job_id=run_id, timeout=NO_TIMEOUT, result_ttl=0, failure_ttl=0
            )

    def waiting(self) -> frozenset[str]:
        """The runs that jobs wait for; raises `TransportLost`."""
        with errors_translated():
            return frozenset(self._queue.get_job_ids())


def tend_runs(runs: Runs, jobs: JobQueue, now: datetime) -> None:
    """Queue again the runs whose ingest died, or whose job was lost with the server."""
    for record in runs.requeue_orphans(ORPHANED_S, now):
        logger.warning("%s has no ingest any more: queued again", record.run.source_id)
        if record.attempts >= MOST_ATTEMPTS:
            runs.fail(record.run.run_id, f"the process that reads the file ended {record.attempts} times")
    queued = [record for record in runs.list([RunState.QUEUED]) if record.source_kind is SourceKind.FILE]
    waiting = jobs.waiting() if queued else frozenset()
    for record in queued:
        if record.run.run_id not in waiting and _is_untended(record, now):
            jobs.enqueue(record.run.run_id)


def _is_untended(record: RunRecord, now: datetime) -> bool:
    return record.attempts > 0 or now - record.updated_at > timedelta(seconds=UNTENDED_S)


def ingest_footage(run_id: str) -> None:
    """Bring one run from its file to the record; RQ calls it in a process of its own."""
    from pipeline.video.chunks import read_chunks

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settings = load_settings()
    if settings.redis_url is None:
        raise SettingsError("redis_url: an ingest worker needs it")
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    control = open_control(settings.data, database_url)
    transport = RedisTransport(settings.redis_url.get_secret_value())
    Ingest(Runs(control), transport, read_chunks, settings.credit_mb * MEGABYTE, stop, job_metrics(settings)).run(
        run_id
    )
    transport.close()
    control.close()


class FootageWorker(Worker):  # type: ignore[misc] # RQ is untyped to us
    """An RQ worker that does footage jobs only, passes SIGTERM on to its job, and outlives the server."""

    metrics: Metrics = UNCOUNTED

    def heartbeat(self, *arguments: Any, **options: Any) -> None:
        """Also tell our own metrics."""
        self.metrics.beat("ingest")
        super().heartbeat(*arguments, **options)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the forked process: end with the worker, however it ends."""
        die_with_parent(os.getppid())
        super().main_work_horse(job, queue)

    def perform_job(self, job: Job, queue: Queue, execution: Any) -> bool:
        """Refuse what is not ours: a queue may be written by others."""
        if job.func_name != _name_of_job() or _has_callbacks(job):
            logger.error("a job that asks for %s is refused", job.func_name)
            return False
        return bool(super().perform_job(job, queue, execution))

    def maintain_heartbeats(self, job: Job, execution: Any) -> None:
        """A server that is away is the ingest's to wait for; the worker must not end over it."""
        try:
            with errors_translated():
                super().maintain_heartbeats(job, execution)
        except TransportLost as error:
            logger.warning("the ingest worker waits for the server: %s", error)

    def handle_warm_shutdown_request(self) -> None:
        """Let the job finish its chunk and leave."""
        if self.horse_pid:
            self.kill_horse(signal.SIGTERM)


def work_on_footage(url: str, metrics: Metrics = UNCOUNTED) -> None:
    """Do footage jobs until SIGTERM; what is done in between is queued again.

    Raises `TransportLost` when there is no server to begin with.
    """
    queue = Queue(QUEUE, connection=connect(url), serializer=JSONSerializer)
    with errors_translated():
        worker = FootageWorker([queue], connection=queue.connection, serializer=JSONSerializer, worker_ttl=WORKER_S)
        worker.metrics = metrics
        worker.work(logging_level="WARNING")


def _name_of_job() -> str:
    return f"{__name__}.{ingest_footage.__name__}"


def _has_callbacks(job: Job) -> bool:
    names = ("_success_callback_name", "_failure_callback_name", "_stopped_callback_name")
    return any(isinstance(getattr(job, name, None), str) for name in names)
