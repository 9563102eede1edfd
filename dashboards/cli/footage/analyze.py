"""`facetrail analyze`: footage in, sightings out, everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, EncoderFlag, JsonFlag, StartFlag, ZoneFlag
from dashboards.cli.footage.sampling import AS_SET, LookFlags, with_look_flags
from dashboards.cli.output import say, warn
from dashboards.cli.policies import warn_of_calibration
from dashboards.cli.session import Session, adopt_encoder, open_database, open_session

if TYPE_CHECKING:
    from datetime import datetime

    from dashboards.cli.footage.intake import Intake, Sifted
    from dashboards.cli.footage.results import Results
    from dashboards.cli.identities.enrolling import Enrolment
    from pipeline.control.database import Control
    from pipeline.control.work.run_records import RunRecord

EXAMPLES = examples(
    ("facetrail analyze party.mp4 --gallery people/", "people/Ada Lovelace/*.jpg, people/Bob.jpg, ..."),
    ("facetrail analyze footage/ --data office", "every video of a folder, nobody enrolled yet, a folder of its own"),
    ("facetrail analyze 'cam*.mkv' --fps 2 --start-time 2026-05-01T08:00", "several, coarser, with their wall clock"),
    ("facetrail analyze party.mp4 --json | jq '.sightings[].person_name'", "for a script"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `analyze`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(with_look_flags(analyze))


def analyze(
    videos: Annotated[
        list[Path], typer.Argument(help="Videos, folders of videos, or patterns.", metavar="VIDEO...", readable=False)
    ],
    gallery: Annotated[
        Path | None, typer.Option(help="Who is to be recognised: a folder of pictures for each person.", metavar="DIR")
    ] = None,
    look: LookFlags = AS_SET,
    start_time: StartFlag = None,
    encoder: EncoderFlag = None,
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Find out who is in videos and when, and put it on record: a table here, Parquet and an HTML report on the disk.

    It starts a server and workers of its own, unless `facetrail up` runs on the data folder; FACETRAIL_REDIS_URL names
    a server to use instead. Several files are worked on side by side. A file that was analysed before is not analysed
    again; it is only named anew when the gallery has changed.

    Ctrl-C may come at any time: what is done is on record, and the same command goes on from there.
    """
    from dashboards.cli.footage.intake import sift
    from dashboards.cli.footage.results import show_results
    from dashboards.moments import parse_moment
    from pipeline.intake.videos import list_videos

    flags = look.sections(encoder=encoder)
    session = open_session(data=data, time_zone=time_zone, **flags)
    begins = None if start_time is None else parse_moment(start_time, "--start-time", session.zone)
    found = sift(session, list_videos(videos))
    with open_database(session) as control:
        session = adopt_encoder(session, control)
        enrolment = None if gallery is None else _enrol(session, control, gallery)
        results = _analyse(session, control, found, begins, enrolment)
    show_results(session, results, as_json=as_json)
    raise typer.Exit(results.exit_code)


def _enrol(session: Session, control: Control, folder: Path) -> Enrolment:
    from dashboards.cli.identities.enrolling import enrol_folder

    enrolment = enrol_folder(session, control, folder)
    for verdict in enrolment.verdicts:
        if verdict.is_fault:
            warn(f"{folder.name}/{verdict.person}/{verdict.image} is not used: {verdict.message}")
    usable = sum(verdict.is_in_gallery for verdict in enrolment.verdicts)
    say(f"gallery: {enrolment.n_people} people, {usable} pictures (version {enrolment.gallery_version})")
    return enrolment


def _analyse(
    session: Session, control: Control, videos: Sifted, begins: datetime | None, enrolment: Enrolment | None
) -> Results:
    from dashboards.cli.footage.intake import correct_starts, take_in
    from dashboards.cli.footage.running import work_off

    if enrolment is None:
        _say_who_is_enrolled(control)
    warn_of_calibration(control, control.encoder(session.settings.encoding.encoder))
    intake = take_in(session, control, videos, begins)
    ended = {run.run.run_id: run for run in work_off(session, control, intake.pending)}
    runs = [ended.get(run.run.run_id, run) for run in intake.runs]
    complete = [run for run in runs if run.state.is_complete]
    correct_starts(session, control, complete, begins)
    _name_anew(session, control, complete, intake)
    return _gather(session, control, runs, intake, enrolment)


def _say_who_is_enrolled(control: Control) -> None:
    from pipeline.control.gallery.people import People

    n_people = len(People(control).list_people())
    say(f"gallery: {n_people} people" if n_people else "nobody is enrolled, so that nobody is named: --gallery DIR")


def _name_anew(session: Session, control: Control, complete: Sequence[RunRecord], intake: Intake) -> None:
    """Name by the gallery and the identity settings of today what was analysed before, and say so."""
    from dashboards.cli import owner
    from pipeline.control.gallery.people import People

    version = People(control).gallery_version()
    pending = {run.run.run_id for run in intake.pending}
    for run in complete:
        is_old = run.run.run_id not in pending
        if is_old or run.gallery_version != version:
            owner.refresh_sightings(session, control, run.run.source_id, version)
        if is_old:
            say(f"{run.label}: analysed before" + (", named anew" if run.gallery_version != version else ""))


def _gather(
    session: Session, control: Control, runs: Sequence[RunRecord], intake: Intake, enrolment: Enrolment | None
) -> Results:
    from dashboards.cli.footage.results import Results
    from dashboards.cli.record.pages import default_path, write_report
    from pipeline.control.work.runs import Runs
    from pipeline.reports.gathering import describe_problem
    from pipeline.sightings.filtering import SightingFilter
    from pipeline.sightings.reading import read_sightings

    pending = {run.run.run_id for run in intake.pending}
    found = SightingFilter(source_ids=frozenset(run.run.source_id for run in runs))
    report = default_path(session.data_dir, found.source_ids)
    if any(run.state.is_complete for run in runs):
        write_report(session, control, found, report)
    problems = {run.run.run_id: describe_problem(Runs(control), run) for run in runs}
    return Results(
        runs=runs,
        done_before=frozenset(run.run.source_id for run in runs if run.run.run_id not in pending),
        refused=intake.refused,
        problems={run_id: problem for run_id, problem in problems.items() if problem},
        enrolment=enrolment,
        reading=read_sightings(control, found),
        report=report if report.is_file() else None,
    )
