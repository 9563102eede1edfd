"""Naming the past anew, run by run, by whoever owns the source: an aggregator what it reads, the asker the rest.

    ask_relabelling(control, who, identity, wanted=None) -> request_id          what is wished for
    carry_out(control, recorder, request_id, stop) -> Iterator[RelabelProgress]   the asker's part, until all is done
    Relabeller(control, recorder).carry_on(task, lease, budget_s)                the aggregator's, between two batches

Each run is one step, which the database notes: who goes on after somebody who was killed begins at the first run that
is not noted, and doing a run again changes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import msgspec

from pipeline.control.correcting.relabelling import Relabellings, RelabelProgress, RelabelTask, RunsOfSources
from pipeline.control.database import Control, Lease
from pipeline.control.gallery.people import People
from pipeline.control.work.leases import Leases
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import Sources
from pipeline.errors import LeaseLost, PipelineError
from pipeline.identity.matchers.choice import check_identity
from pipeline.options import AnalysisOptions, IdentityOptions
from pipeline.schemas import RunKey
from pipeline.sightings.recording.recorder import Recorder
from workers.recording.ownership import Ownership

logger = logging.getLogger(__name__)

SLICE_S = 0.2
"""How long an aggregator names the past before it looks at its messages again; a run that was begun is finished."""
ASKERS_SLICE_S = 0.5
"""How long an asker goes on before it tells how far it is."""
PATIENCE_S = 5.0
"""A source at which nothing was done for so long has lost its asker: any aggregator takes it."""
ASK_S = 0.1
"""Between two looks at what others are doing, in seconds."""


def ask_relabelling(control: Control, who: str, identity: IdentityOptions, wanted: RunsOfSources | None = None) -> int:
    """Wish that the past be named by today's gallery, and as people corrected it; returns the number of the wish.

    `wanted` are the sources that it is about, with the runs of each or None for all; without it all
    sources are. Raises `SettingsError` when people cannot be identified as `identity` says.
    """
    known: RunsOfSources = {source.source_id: None for source in Sources(control).list()}
    meant = known if wanted is None else {source_id: wanted[source_id] for source_id in known if source_id in wanted}
    for encoder in {run.encoder for run in Runs(control).list()}:
        check_identity(control, encoder, identity)
    identity_json = msgspec.json.encode(asdict(identity)).decode()
    return Relabellings(control).ask(who, People(control).gallery_version(), identity_json, meant)


class Relabeller:
    """Carries out what was wished for the sources of which the caller holds the lease."""

    def __init__(self, control: Control, recorder: Recorder) -> None:
        self._runs = Runs(control)
        self._wishes = Relabellings(control)
        self._recorder = recorder

    def tasks(self) -> list[RelabelTask]:
        """What waits."""
        return self._wishes.tasks()

    def carry_on(self, task: RelabelTask, lease: Lease, budget_s: float) -> None:
        """Name runs of the task's source until they are all named, or until the time is used up; one at least.

        Raises `LeaseLost`. Whatever else goes wrong is noted, and ends the task.
        """
        deadline = time.monotonic() + budget_s
        try:
            self._name_runs(task, lease, deadline)
        except LeaseLost:
            raise
        except PipelineError as error:
            logger.warning("%s could not be relabelled: %s", task.source_id, error)
            self._wishes.finish(task, problem=str(error))

    def _name_runs(self, task: RelabelTask, lease: Lease, deadline: float) -> None:
        self._pin(task)
        shown = self._recorder.runs_shown(lease)
        runs = [run for run in shown if task.run_ids is None or run.run_id in task.run_ids]
        for run in runs[task.n_runs_done :]:
            task = self._name(task, lease, run)
            self._wishes.advance(task, len(runs))
            if time.monotonic() >= deadline and task.n_runs_done < len(runs):
                return
        self._wishes.finish(task)
        logger.info("%s is relabelled: %s sightings changed", task.source_id, task.n_changed)

    def _pin(self, task: RelabelTask) -> None:
        """Let the source's runs be named so from now on, those that have nothing in the record yet included."""
        identity = msgspec.json.decode(task.identity_json, type=IdentityOptions)
        records = self._runs.list(source_id=task.source_id)
        for record in (each for each in records if task.run_ids is None or each.run.run_id in task.run_ids):
            options = replace(AnalysisOptions.from_json(record.options_json), identity=identity).to_json()
            if options != record.options_json:
                self._runs.set_options(record.run.run_id, options)
            if record.state.is_active and record.gallery_version < task.gallery_version:
                self._runs.set_gallery(record.run.run_id, task.gallery_version)

    def _name(self, task: RelabelTask, lease: Lease, run: RunKey) -> RelabelTask:
        done = self._recorder.relabel_run(lease, run, task.gallery_version)
        return replace(
            task,
            n_runs_done=task.n_runs_done + 1,
            n_sightings=task.n_sightings + done.n_sightings,
            n_changed=task.n_changed + done.n_changed,
        )


def neglected(tasks: Sequence[RelabelTask], now: datetime) -> set[str]:
    """The sources that wait although somebody should have been at them."""
    return {task.source_id for task in tasks if now - task.updated_at >= timedelta(seconds=PATIENCE_S)}


def carry_out(
    control: Control, recorder: Recorder, request_id: int, stop: threading.Event | None = None
) -> Iterator[RelabelProgress]:
    """Carry a wish out as far as nobody else owns its sources, and wait for the owners of the others.

    Yields how far it is, the last time when it is done, or when `stop` was set. Raises `NotFound` for an unknown wish.
    """
    stop = stop or threading.Event()
    wishes, relabeller, ownership = Relabellings(control), Relabeller(control, recorder), Ownership(Leases(control))
    with ownership.renewing():
        try:
            while True:
                progress = wishes.progress(request_id)
                yield progress
                if progress.is_done or stop.is_set():
                    return
                if not _work_on_one(relabeller, ownership, progress.waiting):
                    stop.wait(ASK_S)
        finally:
            ownership.follow([])


def _work_on_one(relabeller: Relabeller, ownership: Ownership, waiting: Sequence[str]) -> bool:
    """Go on with the source at hand, or with the first that can be had; False when others own them all."""
    tasks = {task.source_id: task for task in relabeller.tasks()}
    open_sources = [source_id for source_id in waiting if source_id in tasks]
    ownership_kept = ownership.owned().keys() & set(open_sources)
    for source_id in set(ownership.owned()) - ownership_kept:
        ownership.release(source_id)
    for source_id in sorted(ownership_kept) or open_sources:
        if source_id in ownership_kept or ownership.acquire(source_id):
            return _carry_on_owned(relabeller, ownership, tasks[source_id])
    return False


def _carry_on_owned(relabeller: Relabeller, ownership: Ownership, task: RelabelTask) -> bool:
    lease = ownership.owned().get(task.source_id)
    if lease is None:
        return False
    try:
        relabeller.carry_on(task, lease, ASKERS_SLICE_S)
    except LeaseLost as error:
        logger.warning("%s", error)
        ownership.forget(task.source_id)
    return True
