"""Taking videos into the control database: which can be read, and which were analysed before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.output import warn
from dashboards.cli.progress import waiting
from pipeline.errors import SourceUnreadable

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.control.run_records import RunRecord


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be analysed, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of the videos that were given."""

    runs: tuple[RunRecord, ...]
    """One for each source, in the order given; two copies of a file are one source."""
    refused: tuple[Refused, ...]

    @property
    def pending(self) -> tuple[RunRecord, ...]:
        """Those that are not over yet."""
        return tuple(run for run in self.runs if run.state.is_active)


def take_in(session: Session, control: Control, paths: Sequence[Path], start_time: datetime | None) -> Intake:
    """Queue a run for each video, or find the one that is there; unreadable files are refused and said.

    Raises `SourceUnreadable` when none of them can be read.
    """
    from pipeline.footage import register_footage

    runs: dict[str, RunRecord] = {}
    refused: list[Refused] = []
    options = session.settings.options()
    for path in paths:
        try:
            with waiting(f"reading {path.name}"):
                run = register_footage(control, path, options, zone=session.zone, start_time=start_time)
        except SourceUnreadable as error:
            refused.append(Refused(path, str(error)))
            continue
        runs[run.run.source_id] = run
    if not runs:
        raise SourceUnreadable("; ".join(each.reason for each in refused))
    for each in refused:
        warn(f"left out: {each.reason}")
    return Intake(tuple(runs.values()), tuple(refused))


def correct_starts(session: Session, control: Control, runs: Sequence[RunRecord], start_time: datetime | None) -> None:
    """Let sources that were known before begin when the user says now."""
    from dashboards.cli import owner

    for run in runs:
        if start_time is not None and run.start_ts != start_time:
            owner.set_start(session, control, run.run.source_id, start_time)
