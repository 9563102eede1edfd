"""Take a footage file into the control database: which source it is, when its media began, and the run to be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path

from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.control.work.runs import NewRun, RunRecord, Runs
from pipeline.control.work.sources import NewSource, Sources
from pipeline.encoders.registry import alignment_of, encoder_entry
from pipeline.errors import SettingsError
from pipeline.faces.alignment import WholePicture
from pipeline.identity.matchers.choice import check_identity
from pipeline.identity.policies import standing_of
from pipeline.intake.orientation import find_rotation
from pipeline.options import AnalysisOptions
from pipeline.schemas import RunKey
from pipeline.sightings.ids import run_id_for
from pipeline.sightings.rows import Clock, SourceKind
from pipeline.video.clock import begin_by_modification, wall_clock_start
from pipeline.video.files.source import probe_source
from pipeline.video.identity import footage_source_id


def register_footage(
    control: Control,
    path: Path,
    options: AnalysisOptions,
    *,
    zone: tzinfo,
    start_time: datetime | None = None,
    label: str | None = None,
) -> RunRecord:
    """Queue the run over the video at `path` with `options`, or return the one that is there.

    Unless `options` say which way the footage lies, that is found out here and becomes part of the run's options.
    `start_time` (in `zone` when it has none) says when a source that is new began; a known source keeps its start.
    `label` is what it is called when its file has a name of our own making. Raises `SourceUnreadable` when nothing in
    the file can be decoded, and `SettingsError` when the data folder belongs to another encoder, when that takes
    pictures whole, or when people cannot be identified as `options` say.
    """
    encoder = control.encoder(options.encoding.encoder)
    check_identity(control, encoder, options.identity)
    check_alignment(control, encoder)
    source_id = footage_source_id(path)
    called = label or path.name
    largest_side = options.sampling.largest_side
    source = _new_source(source_id, path, called, largest_side=largest_side, zone=zone, start_time=start_time)
    Sources(control).upsert(source)
    options = _with_rotation(options, path, control)
    new_run = NewRun(
        run=RunKey(source_id, run_id_for(source_id, options)),
        options_json=options.to_json(),
        encoder=encoder,
        gallery_version=People(control).gallery_version(),
        calibration_id=standing_of(control, encoder).calibration_id,
    )
    return Runs(control).submit(new_run)


def check_alignment(control: Control, encoder: str) -> None:
    """Raise `SettingsError` for an encoder to which a frame would be a face."""
    if isinstance(alignment_of(encoder_entry(encoder, control.weights_dir)), WholePicture):
        raise SettingsError(
            f"{encoder} takes whole pictures for faces, and cannot be used on footage: make a data folder with another "
            "encoder (`facetrail models list` shows them)"
        )


def _new_source(
    source_id: str, path: Path, label: str, *, largest_side: int, zone: tzinfo, start_time: datetime | None
) -> NewSource:
    info = probe_source(path, largest_side)
    at_worst = begin_by_modification(path, info.duration_s)
    start_ts, clock = wall_clock_start(label, info.created_at, start_time, zone, at_worst=at_worst)
    return NewSource(
        source_id=source_id,
        kind=SourceKind.FILE,
        label=label,
        path=str(path.resolve()),
        duration_s=info.duration_s,
        start_ts=start_ts,
        clock=Clock(clock),
    )


def _with_rotation(options: AnalysisOptions, path: Path, control: Control) -> AnalysisOptions:
    """The options with the rotation of this footage, found out where they leave it open."""
    if options.sampling.rotation is not None:
        return options
    rotation = find_rotation(path, control.weights_dir, options)
    return replace(options, sampling=replace(options.sampling, rotation=rotation))
