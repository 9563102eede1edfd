"""Changing a source's record from the command line, as its owner for the moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.sightings.recording.recorder import Recorder


def refresh_sightings(session: Session, control: Control, source_id: str, gallery_version: int) -> int:
    """Name the source's sightings by that gallery and the session's identity settings; returns how many there are.

    Raises `InputError` while the source is being analysed, and `SettingsError` when people cannot be identified so.
    """
    from pipeline.control.work.runs import Runs
    from pipeline.identity.matchers.choice import check_identity
    from pipeline.options import AnalysisOptions
    from workers.recording.ownership import owning

    with owning(control, source_id) as lease:
        runs = Runs(control)
        for run in runs.list(source_id=source_id):
            check_identity(control, run.encoder, session.settings.identity)
            options = replace(AnalysisOptions.from_json(run.options_json), identity=session.settings.identity)
            runs.set_options(run.run.run_id, options.to_json())
        return _recorder(session, control).refresh_sightings(lease, source_id, gallery_version)


def set_start(session: Session, control: Control, source_id: str, start_ts: datetime) -> None:
    """Let the source's media begin at `start_ts`, UTC.

    Raises `InputError` for a camera, and while the source is being analysed.
    """
    from workers.recording import starting

    starting.set_start(control, source_id, start_ts)


def _recorder(session: Session, control: Control) -> Recorder:
    from pipeline.sightings.record.store import Store
    from pipeline.sightings.recording.recorder import Recorder

    return Recorder(control, Store(session.data_dir))
