"""Where a process's figures go: to the stack that started it, behind an endpoint of its own, or nowhere.

with metering(settings, "detector", looks) as metrics:    a worker process
with showing(settings, stack):                            `facetrail up`, for all that it started
with showing_children(settings, folder, health):          a supervisor of a few, for those that count into `folder`
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.errors import TransportLost
from workers.metrics.counting import UNCOUNTED, Metrics
from workers.streams import RedisTransport

if TYPE_CHECKING:
    from workers.metrics.files import Level
    from workers.stack.running import RunningStack
    from workers.stack.supervisor import StackHealth

logger = logging.getLogger(__name__)

SILENCE_S = 120.0
"""A worker without a sign of life for this long hangs; fetching and building a model may take a minute."""

Look = Callable[[], "Sequence[Level]"]


@contextmanager
def metering(settings: Settings, name: str, url: str, *, is_control_host: bool = False) -> Iterator[Metrics]:
    """The metrics of a worker process called `name`, for as long as it works.

    With `is_control_host` its endpoint also shows the queues of the server at `url`, the jobs and the disk. Raises
    `SettingsError` when the endpoint's port cannot be had.
    """
    if settings.metrics_port is None:
        yield UNCOUNTED
        return
    from workers.metrics.files import FileMetrics, child_environment, metrics_of_environment

    given = metrics_of_environment(os.environ)
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="facetrail-metrics-") as temporary, ExitStack() as stack:
        folder = Path(temporary)
        os.environ.update(child_environment(folder, name))  # a process forked for a job counts there as well
        metrics = FileMetrics(folder, name)
        looks = [stack.enter_context(_system_looks(settings, url))] if is_control_host else []
        stack.enter_context(_endpoint(settings, folder, looks, lambda: metrics.beats.problem(SILENCE_S)))
        yield metrics


def job_metrics(settings: Settings) -> Metrics:
    """Where a process counts that a worker forked: beside the worker, under a name of its own."""
    if settings.metrics_port is None:
        return UNCOUNTED
    from workers.metrics.files import NAME_VARIABLE, metrics_of_environment

    name = f"{os.environ.get(NAME_VARIABLE, 'worker')}-job"
    return metrics_of_environment({**os.environ, NAME_VARIABLE: name}) or UNCOUNTED


@contextmanager
def showing(settings: Settings, stack: RunningStack) -> Iterator[int | None]:
    """An endpoint for a whole running stack, if the settings ask for one; gives its port."""
    if settings.metrics_port is None:
        yield None
        return
    from workers.metrics.state import process_levels
    from workers.stack.running import metrics_dir

    folder = metrics_dir(settings.data)
    with _system_looks(settings, stack.url) as system:
        looks = [system, lambda: process_levels(stack.health().children)]
        with _endpoint(settings, folder, looks, lambda: _stack_problem(stack)) as port:
            yield port


@contextmanager
def showing_children(settings: Settings, folder: Path, health: Callable[[], StackHealth]) -> Iterator[int | None]:
    """An endpoint for children that count into `folder`, if the settings ask for one; gives its port."""
    if settings.metrics_port is None:
        yield None
        return
    from workers.metrics.state import process_levels

    looks = [lambda: process_levels(health().children)]
    with _endpoint(settings, folder, looks, lambda: health().problem) as port:
        yield port


@contextmanager
def _endpoint(
    settings: Settings, folder: Path, looks: Sequence[Look], problem: Callable[[], str | None]
) -> Iterator[int]:
    from workers.metrics.cameras import CameraRates
    from workers.metrics.files import render
    from workers.metrics.serving import Pages, serving

    everything = [CameraRates(folder).read, *looks]
    pages = Pages(lambda: render(folder, [level for look in everything for level in look()]), problem)
    with serving(settings.metrics_host, settings.metrics_port or 0, pages) as port:
        logger.info("metrics at http://%s:%s/metrics", settings.metrics_host, port)
        yield port


@contextmanager
def _system_looks(settings: Settings, url: str) -> Iterator[Look]:
    from pipeline.control.database import open_control
    from workers.metrics.state import SystemState

    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    with (
        closing(open_control(settings.data, database_url)) as control,
        closing(RedisTransport(url)) as transport,
    ):
        yield SystemState(control, transport).read


def _stack_problem(stack: RunningStack) -> str | None:
    problem = stack.health().problem
    if problem is not None:
        return problem
    with closing(RedisTransport(stack.url)) as transport:
        try:
            transport.ping()
        except TransportLost as error:
            return str(error)
    return None
