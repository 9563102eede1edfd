"""The process that takes footage in: it watches folders, and looks into what came by upload or choice.

Files of strangers are opened here, and not in the process of the pages.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Iterable
from datetime import tzinfo

from pipeline.config import Settings, WatchFolderSettings
from pipeline.control.database import Control, open_control
from pipeline.control.work.arrivals import Arrival, Arrivals, Origin
from pipeline.control.work.run_records import RunRecord
from pipeline.errors import InputError, TransportLost
from pipeline.intake.taking import Taken, take_in
from pipeline.zones import zone_named
from workers.footage.submission import hand_over
from workers.footage.watching import FolderRule, FolderWatcher, waiting_of
from workers.recording.starting import set_start
from workers.timing import Every

logger = logging.getLogger(__name__)

LOOK_S = 0.5
"""Between two looks at the list of arrivals, in seconds: what was uploaded is looked into at once."""
FOLDERS_S = 2.0
"""Between two looks at watched folders, in seconds."""
START_WAIT_S = 1.0
"""How long the start of known footage may be somebody else's to change, in seconds."""


class Intake:
    """Takes in what came, and hands it to the workers."""

    def __init__(self, control: Control, settings: Settings, url: str | None) -> None:
        """`url` is of the server to hand runs to; with None they wait for one."""
        self._control = control
        self._settings = settings
        self._zone: tzinfo = zone_named(settings.time_zone)
        self._url = url

    def take_all(self, arrivals: Iterable[Arrival], stop: threading.Event) -> list[Taken]:
        """Take in these, one by one, until `stop` is set; raises what is no file's fault."""
        taken: list[Taken] = []
        for arrival in arrivals:
            if stop.is_set():
                break
            taken.append(self.take(arrival))
        return taken

    def take(self, arrival: Arrival) -> Taken:
        """Take in one; raises what is not the file's fault."""
        taken = take_in(self._control, self._settings, self._zone, arrival)
        if taken.run is None:
            logger.info("arrival %s is refused", arrival.arrival_id)
            return taken
        logger.info("arrival %s is %s", arrival.arrival_id, taken.run.run.source_id)
        self._hand_over(taken.run)
        self._correct_start(arrival, taken.run)
        return taken

    def _hand_over(self, run: RunRecord) -> None:
        """Without a server, or with one that is away, an aggregator finds the run by itself."""
        if self._url is None or not run.state.is_active:
            return
        try:
            hand_over(self._url, [run])
        except TransportLost as error:
            logger.warning("%s", error)

    def _correct_start(self, arrival: Arrival, run: RunRecord) -> None:
        """Footage that was known before begins when its sender says now."""
        if arrival.start_ts is None or arrival.start_ts == run.start_ts:
            return
        try:
            set_start(self._control, run.run.source_id, arrival.start_ts, wait_s=START_WAIT_S)
        except InputError as error:
            logger.warning("%s keeps its start: %s", run.run.source_id, error)


def run_intake(settings: Settings, url: str) -> None:
    """Take footage in until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    control = open_control(settings.data, database_url)
    try:
        tend_arrivals(control, settings, url, stop)
    finally:
        control.close()


def tend_arrivals(control: Control, settings: Settings, url: str | None, stop: threading.Event) -> None:
    """Take in uploads, choices, and what comes into the settings' folders, until `stop` is set."""
    intake = Intake(control, settings, url)
    watchers = [FolderWatcher(control, _rule(folder)) for folder in settings.watch_folders]
    look_now = Every(FOLDERS_S)
    while True:
        if look_now.is_due():
            for watcher in watchers:
                watcher.look(time.monotonic())
        intake.take_all(_sent(control), stop)
        intake.take_all(waiting_of(control, watchers), stop)
        if stop.wait(LOOK_S):
            return


def _sent(control: Control) -> list[Arrival]:
    """Uploads and choices; what `facetrail watch` found is its own to take in."""
    return list(Arrivals(control).waiting({Origin.UPLOAD, Origin.CHOICE}))


def _rule(folder: WatchFolderSettings) -> FolderRule:
    return FolderRule(
        folder=folder.path,
        recursive=folder.recursive,
        settle_s=folder.settle_s,
        new_only=folder.new_only,
        move_to=folder.move_to,
    )
