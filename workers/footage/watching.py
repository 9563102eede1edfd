"""Watching folders for footage: what is whole goes on the list of arrivals, once."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.control.audit import current_user
from pipeline.control.database import Control
from pipeline.control.work.arrivals import Arrival, Arrivals, ArrivalState, NewArrival, Origin
from pipeline.errors import SourceUnreadable, StoreFull
from pipeline.intake.settling import NOTHING_SEEN, FileFacts, list_folder, settle
from pipeline.options import SamplingOptions
from pipeline.video.files.source import probe_source

logger = logging.getLogger(__name__)

MOST_NAMES = 10_000
"""Files of one name that a folder may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRule:
    """How one folder is watched."""

    folder: Path
    recursive: bool = False
    settle_s: float = 10.0
    """A file that has not changed for so long is whole, in seconds."""
    new_only: bool = False
    """Leave out what was there when it was watched for the first time."""
    move_to: Path | None = None
    """Where files go before they are analysed; None leaves them where they are."""
    options_json: str = "{}"
    """What of the settings is otherwise for this footage."""


class FolderWatcher:
    """Looks at one folder again and again; what it has dealt with is in the control database."""

    def __init__(self, control: Control, rule: FolderRule) -> None:
        self._arrivals = Arrivals(control)
        self._rule = replace(rule, folder=rule.folder.resolve())
        self._state = NOTHING_SEEN
        self._dealt: frozenset[FileFacts] = frozenset()
        self._is_away = False

    @property
    def is_quiet(self) -> bool:
        """Whether every file that was seen is whole."""
        return self._state.is_quiet

    def owns(self, arrival: Arrival) -> bool:
        """Whether an arrival is from this folder."""
        places = (
            [self._rule.folder] if self._rule.move_to is None else [self._rule.folder, self._rule.move_to.resolve()]
        )
        return arrival.origin is Origin.WATCH and any(arrival.path.is_relative_to(place) for place in places)

    def look(self, now_s: float) -> Sequence[Arrival]:
        """The files that are whole now and were never dealt with, on the list; a folder that is away gives none."""
        try:
            listing = list_folder(self._rule.folder, recursive=self._rule.recursive)
        except (SourceUnreadable, OSError) as error:
            self._say_once(str(error))
            return []
        self._is_away = False
        self._leave_out_the_old(listing)
        self._state = settle(self._state, listing, now_s, self._rule.settle_s)
        fresh = [facts for facts in self._state.settled if facts not in self._dealt]
        self._dealt = frozenset(self._state.settled)
        return [self._note(facts) for facts in fresh if not self._knows(facts)]

    def _note(self, facts: FileFacts) -> Arrival:
        moved = self._move(facts)
        return self._arrivals.note(self._arrival(moved, ArrivalState.WAITING))

    def _knows(self, facts: FileFacts) -> bool:
        return self._arrivals.knows(facts.path, facts.size, facts.mtime_ns)

    def _leave_out_the_old(self, listing: Sequence[FileFacts]) -> None:
        """At the first look ever, note what is there as left out; and that there was a first look."""
        if not self._rule.new_only or self._arrivals.knows(self._rule.folder, 0, 0):
            return
        for facts in (*listing, FileFacts(self._rule.folder, 0, 0)):
            self._arrivals.note(self._arrival(facts, ArrivalState.SKIPPED))

    def _arrival(self, facts: FileFacts, state: ArrivalState) -> NewArrival:
        return NewArrival(
            path=facts.path,
            label=facts.path.name,
            origin=Origin.WATCH,
            who=current_user(),
            size=facts.size,
            mtime_ns=facts.mtime_ns,
            options_json=self._rule.options_json,
            state=state,
        )

    def _move(self, facts: FileFacts) -> FileFacts:
        """The file where it is to stay: what cannot be read is left where it is."""
        if self._rule.move_to is None or not _opens(facts.path):
            return facts
        target = _free_name(self._rule.move_to.resolve(), facts.path.name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(facts.path, target)
        except OSError as error:
            raise StoreFull(f"{facts.path.name} cannot be moved to {target.parent}: {error.strerror}") from error
        status = target.stat()
        return FileFacts(target, status.st_size, status.st_mtime_ns)

    def _say_once(self, problem: str) -> None:
        if not self._is_away:
            logger.warning("%s", problem)
        self._is_away = True


def waiting_of(control: Control, watchers: Sequence[FolderWatcher]) -> list[Arrival]:
    """The files of these folders that wait to be taken in, also from before a restart."""
    return [one for one in Arrivals(control).waiting({Origin.WATCH}) if any(watcher.owns(one) for watcher in watchers)]


def _opens(path: Path) -> bool:
    try:
        probe_source(path, SamplingOptions().largest_side)
    except SourceUnreadable:
        return False
    return True


def _free_name(folder: Path, name: str) -> Path:
    """A path in `folder` that is not taken: `clip.mp4`, else `clip-2.mp4`, ..."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 # two parts of a name at once
    names = (name, *(f"{stem}-{number}{suffix}" for number in range(2, MOST_NAMES)))
    return next(folder / one for one in names if not (folder / one).exists())
