"""Take a connection to a camera into the control database: its source, and the run that begins with it."""

from __future__ import annotations

from datetime import datetime

from pipeline.cameras.configured import Camera
from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.control.work.run_records import NewRun, RunRecord
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import NewSource, Sources
from pipeline.identity.matchers.choice import check_identity
from pipeline.identity.policies import standing_of
from pipeline.intake.footage import check_alignment
from pipeline.schemas import RunKey
from pipeline.sightings.ids import live_run_id_for
from pipeline.sightings.rows import Clock, SourceKind


def check_camera(control: Control, camera: Camera) -> None:
    """Raise `SettingsError` when what this camera sees could not be named as its options say."""
    encoder = control.encoder(camera.options.encoding.encoder)
    check_identity(control, encoder, camera.options.identity)
    check_alignment(control, encoder)


def register_live_run(control: Control, camera: Camera, began_at: datetime) -> RunRecord:
    """Queue the run of `camera` whose first picture was taken at `began_at` (UTC).

    Today's gallery names what is seen in it. Raises `SettingsError` when the data folder belongs to another encoder.
    """
    encoder = control.encoder(camera.options.encoding.encoder)
    Sources(control).upsert(_source_of(camera, began_at))
    new_run = NewRun(
        run=RunKey(camera.name, live_run_id_for(camera.name, camera.options, began_at)),
        options_json=camera.options.to_json(),
        encoder=encoder,
        gallery_version=People(control).gallery_version(),
        calibration_id=standing_of(control, encoder).calibration_id,
        start_ts=began_at,
    )
    return Runs(control).submit(new_run)


def _source_of(camera: Camera, began_at: datetime) -> NewSource:
    return NewSource(
        source_id=camera.name,
        kind=SourceKind.LIVE,
        label=camera.name,
        path=None,
        duration_s=None,
        start_ts=began_at,
        clock=Clock.LIVE,
    )
