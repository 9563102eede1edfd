"""Running stages in this process: one thread a stage, sharing one TensorFlow."""

from __future__ import annotations

import os
import platform
import signal
import threading
import uuid
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.encoders.manifest import weights_dir
from pipeline.errors import SettingsError
from workers.metrics.counting import Metrics
from workers.metrics.endpoint import metering
from workers.stack.running import find_running_stack
from workers.stages.gathering import Gathering
from workers.stages.loop import LoopOptions, Stage, StageLoop
from workers.streams import RedisTransport
from workers.together import Work, run_together
from workers.wire.transport import Transport

if TYPE_CHECKING:
    from workers.asks.examiner import Examiner
    from workers.stages.models import Models

INGEST = "ingest"
AGGREGATOR = "aggregator"
DETECTOR = "detector"
ENCODER = "encoder"
EVENTS = "events"
ASKS = "asks"
STAGES = (INGEST, DETECTOR, ENCODER, AGGREGATOR, EVENTS, ASKS)
ENCODER_BATCH = 4
"""Chunks an encoder takes at once; of footage, each is still a batch of its own for the network."""
LIVE_GATHERING = Gathering(most=16, deadline_s=0.02)
"""Sixteen cameras' chunks fill a batch; 20 ms are nothing beside the 200 ms of which a live chunk tells."""


def run_stages(stages: Sequence[str], settings: Settings) -> None:
    """Work on `stages` until SIGTERM or SIGINT; returns with nothing in hand.

    Raises `SettingsError` for stages that do not exist or cannot share a process, and whatever ends a stage.
    """
    check_stages(stages)
    url = server_url(settings)
    with metering(settings, "-".join(stages), url, is_control_host=AGGREGATOR in stages) as metrics:
        if INGEST in stages:
            _work_on_footage(url, metrics)
        else:
            _work_until_told(stages, settings, url, metrics)


def _work_on_footage(url: str, metrics: Metrics) -> None:
    from workers.footage.jobs import work_on_footage

    os.environ["FACETRAIL_REDIS_URL"] = url  # the job reads its settings anew
    work_on_footage(url, metrics)


def _work_until_told(stages: Sequence[str], settings: Settings, url: str, metrics: Metrics) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    transport = RedisTransport(url)
    run_together(_works(stages, settings, transport, stop, metrics), stop)
    transport.close()


def check_stages(stages: Sequence[str]) -> None:
    """Raise `SettingsError` unless one process can work on `stages`."""
    unknown = sorted(set(stages) - set(STAGES))
    if unknown or not stages:
        raise SettingsError(f"stage: {', '.join(unknown) or 'none'} given; there are {', '.join(STAGES)}")
    if INGEST in stages and len(set(stages)) > 1:
        raise SettingsError(f"stage: {INGEST} forks, which TensorFlow does not survive; give it a process of its own")


def server_url(settings: Settings) -> str:
    """The server that was set, or that of the stack running on the data folder; raises `SettingsError`."""
    if settings.redis_url is not None:
        return settings.redis_url.get_secret_value()
    running = find_running_stack(settings.data)
    if running is None:
        raise SettingsError(
            f"redis_url: not set, and no Facetrail runs on {settings.data}; "
            "set FACETRAIL_REDIS_URL, or start one with `facetrail up`"
        )
    return running.url


def _works(
    stages: Sequence[str], settings: Settings, transport: Transport, stop: threading.Event, metrics: Metrics
) -> list[Work]:
    works = _model_works(stages, settings, transport, stop, metrics)
    if AGGREGATOR in stages:
        works.append(_aggregator_work(settings, transport, stop, metrics))
    if EVENTS in stages:
        works.append(_delivery_work(settings, stop, metrics))
    return works


def _delivery_work(settings: Settings, stop: threading.Event, metrics: Metrics) -> Work:
    from workers.delivery.running import deliver_events

    return lambda: deliver_events(settings, server_url(settings), stop, metrics)


def _model_works(
    stages: Sequence[str], settings: Settings, transport: Transport, stop: threading.Event, metrics: Metrics
) -> list[Work]:
    """The stages that run models, which they share."""
    if not {DETECTOR, ENCODER, ASKS} & set(stages):
        return []
    from workers.stages.models import Models

    models = Models(weights_dir(settings.data), xla=settings.xla)
    examiner = _examiner(settings, models, stop, metrics) if ASKS in stages else None
    with examiner.loading() if examiner else nullcontext():
        made = _model_stages(stages, settings, models)
    works = [_loop_work(stage, settings, transport, stop, metrics) for stage in made]
    return [*works, examiner.run] if examiner else works


def _model_stages(stages: Sequence[str], settings: Settings, models: Models) -> list[Stage]:
    """Those of the stages that chunks pass, with the models of the settings' options made already."""
    from workers.messages import stage_options
    from workers.stages.detector import detector_stage
    from workers.stages.encoder import encoder_stage

    usual = stage_options(settings.options())
    made: list[Stage] = []
    if DETECTOR in stages:
        models.finder_for(usual)
        made.append(detector_stage(models.finder_for))
    if ENCODER in stages:
        models.embedder_for(usual)
        made.append(encoder_stage(models.embedder_for))
    return made


def _examiner(settings: Settings, models: Models, stop: threading.Event, metrics: Metrics) -> Examiner:
    from workers.asks.ask_streams import RedisAsks
    from workers.asks.examiner import Examiner

    return Examiner(RedisAsks(server_url(settings)), models, _consumer(ASKS), stop, metrics)


def _consumer(stage: str) -> str:
    return f"{platform.node() or 'host'}-{os.getpid()}-{stage}-{uuid.uuid4().hex[:6]}"


def _loop_work(stage: Stage, settings: Settings, transport: Transport, stop: threading.Event, metrics: Metrics) -> Work:
    options = LoopOptions(min_idle_s=settings.idle_s, metrics=metrics)
    if stage.name == ENCODER:
        options = replace(options, batch=ENCODER_BATCH, gathering=LIVE_GATHERING)
    return StageLoop(stage, transport, _consumer(stage.name), stop, options).run


def _aggregator_work(settings: Settings, transport: Transport, stop: threading.Event, metrics: Metrics) -> Work:
    from pipeline.control.database import open_control
    from pipeline.control.work.runs import Runs
    from pipeline.sightings.record.store import Store
    from pipeline.sightings.recording.recorder import Recorder
    from workers.event_streams import RedisEventLog
    from workers.footage.jobs import JobQueue, tend_runs
    from workers.live.passage import end_abandoned
    from workers.live.view_streams import RedisViews
    from workers.live.viewing import Scenes
    from workers.recording.aggregator import Aggregator, AggregatorOptions
    from workers.recording.telling import LogTeller

    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    control = open_control(settings.data, database_url)
    url = server_url(settings)
    runs, jobs = Runs(control), JobQueue(url)
    recorder = Recorder(control, Store(settings.data))
    teller = LogTeller(control, RedisEventLog(url), settings.lease_s, metrics, Scenes(RedisViews(url)))

    def tend() -> None:
        now = datetime.now(UTC)
        tend_runs(runs, jobs, now)
        end_abandoned(runs, transport, now)

    return Aggregator(
        control,
        recorder,
        transport,
        stop,
        AggregatorOptions(lease_s=settings.lease_s, metrics=metrics, teller=teller),
        tend=tend,
    ).run
