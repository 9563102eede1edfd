"""Taking videos into the control database: which can be read, and which were analysed before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.output import say, warn
from dashboards.cli.progress import waiting
from pipeline.errors import SourceUnreadable

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.control.work.run_records import RunRecord
    from pipeline.options import AnalysisOptions


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be analysed, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Sifted:
    """The videos that were given: those that can be read, and the others."""

    readable: tuple[Path, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of the videos that can be read."""

    runs: tuple[RunRecord, ...]
    """One for each source, in the order given; two copies of a file are one source."""
    refused: tuple[Refused, ...]

    @property
    def pending(self) -> tuple[RunRecord, ...]:
        """Those that are not over yet."""
        return tuple(run for run in self.runs if run.state.is_active)


def sift(session: Session, paths: Sequence[Path]) -> Sifted:
    """Look into each video, and say which cannot be read; raises `SourceUnreadable` when none of them can."""
    from pipeline.video.files.source import probe_source

    readable: list[Path] = []
    refused: list[Refused] = []
    for path in paths:
        try:
            probe_source(path, session.settings.sampling.largest_side)
        except SourceUnreadable as error:
            refused.append(Refused(path, str(error)))
        else:
            readable.append(path)
    if not readable:
        raise SourceUnreadable("; ".join(each.reason for each in refused))
    for each in refused:
        warn(f"left out: {each.reason}")
    return Sifted(tuple(readable), tuple(refused))


def take_in(session: Session, control: Control, videos: Sifted, start_time: datetime | None) -> Intake:
    """Queue a run for each video, or find the one that is there. Raises `SourceUnreadable`."""
    from pipeline.intake.footage import register_footage

    runs: dict[str, RunRecord] = {}
    options = session.settings.options()
    _tell_of_orientation(session, options)
    for path in videos.readable:
        with waiting(f"reading {path.name}"):
            run = register_footage(control, path, options, zone=session.zone, start_time=start_time)
        earlier = runs.get(run.run.source_id)
        if earlier is not None:
            say(f"{earlier.label} and {path.name} are the same footage, which is one source, called {run.label}")
        runs[run.run.source_id] = run
    return Intake(tuple(runs.values()), videos.refused)


def _tell_of_orientation(session: Session, options: AnalysisOptions) -> None:
    """Say it where footage that lies on its side will not be recognised."""
    from pipeline.intake.orientation import can_find_rotation

    if options.sampling.rotation is None and not can_find_rotation(session.weights_dir, options):
        say("footage is taken to be upright: to find out takes the detector yunet (`facetrail models fetch yunet`)")


def correct_starts(session: Session, control: Control, runs: Sequence[RunRecord], start_time: datetime | None) -> None:
    """Let sources that were known before begin when the user says now."""
    from dashboards.cli import owner

    for run in runs:
        if start_time is not None and run.start_ts != start_time:
            owner.set_start(session, control, run.run.source_id, start_time)
